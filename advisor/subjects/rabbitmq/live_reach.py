"""Finds a live broker from an address and a known URL; a login is used and never told."""

from __future__ import annotations

from urllib.parse import urlsplit

from advisor.subjects.rabbitmq.live_client import LiveClient
from advisor.subjects.rabbitmq.live_link import ClosedError, LostError


def reach(host: str, login: str | None, known_url: str | None) -> LiveClient:
    """A client on ``host``, with the login of ``known_url`` if none is given.

    ConnectionError, in words without the login, if nobody answers or lets us in.
    """
    scheme, found = "amqp", login
    if known_url is not None:
        parts = urlsplit(known_url)
        scheme = parts.scheme or scheme
        found = found or parts.netloc.rpartition("@")[0]
    place, slash, virtual_host = host.partition("/")
    url = f"{scheme}://{found or 'guest:guest'}@{place}/{virtual_host if slash else '%2F'}"
    try:
        return LiveClient(url)
    except (LostError, ClosedError) as error:
        raise ConnectionError(str(error)) from None
