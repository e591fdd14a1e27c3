"""Where a design is run: ``model:rabbitmq.quorum-queue@4.3`` or ``live:kafka.topic@host:9092``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from advisor.domain.version import BrokerVersion

_FORM = re.compile(r"(model|live):([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)(?:@(.+))?")

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+)(:\d{1,5})?(/.*)?")


@dataclass(frozen=True, slots=True)
class Address:
    """``version`` on a model of a broker, ``host`` (``name:port``) on a live one.

    ``login`` is ``name:password`` where the address had it before the host; it is never shown.
    ``release`` is the full version of a live broker, once it was asked.
    A design without a broker has none of them, and is a model though it is really run.
    """

    where: Literal["model", "live"]
    option: str
    version: BrokerVersion | None = None
    host: str | None = None
    login: str | None = field(default=None, repr=False)
    release: str | None = None

    @classmethod
    def parse(cls, text: str) -> Address:
        """Raises ValueError with what was expected."""
        matched = _FORM.fullmatch(text)
        if matched is None:
            shown = re.sub(r"@.*@", "@...@", text)
            raise ValueError(f"{shown!r} is not an address such as model:rabbitmq.quorum-queue@4.3")
        where, technology, design, tail = matched.groups()
        option = f"{technology}.{design}"
        if where == "live":
            if tail is None:
                raise ValueError(f"{text!r} lacks the host, as in live:{option}@localhost:5672")
            login, _, host = tail.rpartition("@")
            if _HOST.fullmatch(host) is None:
                # it is not shown, since it may be a login without a host
                raise ValueError(f"what follows live:{option}@ is no host such as localhost:5672")
            return cls("live", option, host=host, login=login or None)
        return cls("model", option, BrokerVersion.parse(tail) if tail else None)

    @property
    def technology(self) -> str:
        """The part of the option before the dot."""
        return self.option.partition(".")[0]

    def __str__(self) -> str:
        tail = self.host or self.version
        return f"{self.where}:{self.option}" + (f"@{tail}" if tail else "")
