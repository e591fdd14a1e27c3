"""Finds a live broker from an address and a known URL; a login is used and never told."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from advisor.subjects.rabbitmq.live_client import LiveClient
from advisor.subjects.rabbitmq.live_link import ClosedError, LostError


def reach(host: str, login: str | None, known_url: str | None) -> LiveClient:
    """A client on ``host``, with the login of ``known_url`` if none is given.

    ConnectionError, in words without the login, if nobody answers or lets us in.
    """
    scheme, found = "amqp", _encoded(login)
    if known_url is not None:
        parts = urlsplit(known_url)
        scheme = parts.scheme or scheme
        found = found or parts.netloc.rpartition("@")[0]
    place, slash, virtual_host = host.partition("/")
    url = f"{scheme}://{found or 'guest:guest'}@{place}/{virtual_host if slash else '%2F'}"
    try:
        return LiveClient(url)
    except ValueError:
        # its words would be parts of the login
        unread = "the URL in the environment or the address cannot be read"
        raise ConnectionError(f"{unread}; percent-encode what is special in a password") from None
    except (LostError, ClosedError) as error:
        raise ConnectionError(str(error)) from None


def _encoded(login: str | None) -> str | None:
    """As a URL has it; what is percent-encoded already stays."""
    if login is None:
        return None
    name, _, password = login.partition(":")
    return f"{quote(name, safe='%')}:{quote(password, safe='%')}"
