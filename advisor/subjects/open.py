"""Opens the session of an address; a technology's package is imported when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any
from uuid import uuid4

from advisor.checks.session import Session
from advisor.domain.version import BrokerVersion
from advisor.subjects.address import Address

PACKAGES: Mapping[str, str] = {
    "rabbitmq": "advisor.subjects.rabbitmq",
    "kafka": "advisor.subjects.kafka",
    "none": "advisor.subjects.no_broker",
}


class NotPerformed(Exception):  # noqa: N818
    """Nobody can perform this design here: its claims stay documented."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def performs(option: str) -> bool:
    """Whether there is a session for the option."""
    return option in _supported(option)


def variants(option: str) -> Mapping[str, str]:
    """The variants of an option that its session has, each with one line; {} if it has none."""
    if not performs(option):
        return {}
    every: Mapping[str, Mapping[str, str]] = _package(option).VARIANTS
    return every.get(option, {})


def open_session(address: Address, variant: str | None = None) -> Session:
    """A fresh installation of the design; raises NotPerformed where there is no session for it."""
    if not performs(address.option):
        raise NotPerformed(f"the tool cannot run {address.option}")
    if variant is not None and variant not in variants(address.option):
        raise NotPerformed(f"{address.option} has no variant {variant}")
    package = _package(address.option)
    opened: Session
    if address.where == "live":
        client = _live_client(address)
        fresh = f"advisor-{uuid4().hex[:12]}"
        opened = package.open_session(address.option, variant, client, prefix=fresh)
        return opened
    make_client: Callable[[BrokerVersion], Any] | None = getattr(package, "model_client", None)
    if make_client is None:
        opened = package.open_session(address.option, variant)
    elif address.version is None:
        raise NotPerformed(f"{address} lacks the broker's version, as in {address}@1.0")
    else:
        opened = package.open_session(address.option, variant, make_client(address.version))
    return opened


def located(address: Address) -> Address:
    """A live address with the version that its broker says it is; others as they are."""
    if address.where != "live":
        return address
    client = _live_client(address)
    version: BrokerVersion = client.version
    release = getattr(client, "full_version", str(version))
    client.close()
    return replace(address, version=version, release=release)


def _live_client(address: Address) -> Any:
    make: Callable[[str, str | None], Any] | None
    make = getattr(_package(address.option), "reach", None)
    if make is None:
        raise NotPerformed(f"{address.technology} is not run on a live broker")
    try:
        return make(address.host or "", address.login)
    except ImportError as error:
        wanted = "pip install 'messaging-advisor[live]'"
        raise NotPerformed(f"a live broker needs {error.name}: {wanted}") from None
    except (ConnectionError, ValueError) as error:
        raise NotPerformed(f"{address.host}: {error}") from None


def _package(option: str) -> ModuleType:
    return import_module(PACKAGES[option.partition(".")[0]])


@cache
def _supported(option: str) -> frozenset[str]:
    if option.partition(".")[0] not in PACKAGES:
        return frozenset()
    return frozenset(_package(option).SUPPORTED_OPTIONS)
