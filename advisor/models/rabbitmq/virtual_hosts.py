"""Virtual hosts and logins: who gets in, and where to.

Keeps: each virtual host has exchanges, queues and policies of its own on the same nodes; a wrong
password closes the connection with 403, a virtual host that does not exist with 530; removing one
closes its connections. Leaves out permissions (every user may do everything) and tags.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from advisor.models.rabbitmq.replies import connection_error

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker

DEFAULT = "/"
GUEST = "guest"


class VirtualHosts:
    """All virtual hosts of a cluster; ``make`` gives an empty one beside them.

    ``elsewhere`` has those of other clusters on the same kernel, by the host that links name.
    """

    __slots__ = ("_make", "by_name", "elsewhere", "passwords")

    def __init__(self, default: Broker, make: Callable[[], Broker]) -> None:
        self.by_name: dict[str, Broker] = {DEFAULT: default}
        self.passwords = {GUEST: GUEST}
        self.elsewhere: dict[str, VirtualHosts] = {}
        self._make = make

    def enter(self, name: str, user: str = GUEST, password: str = GUEST) -> Broker:
        """The virtual host, for a user who may come in."""
        if self.passwords.get(user) != password:
            raise connection_error(403, f"login was refused for user {user!r}")
        found = self.by_name.get(name)
        if found is None:
            raise connection_error(530, f"virtual host {name!r} not found")
        return found

    def name_of(self, broker: Broker) -> str:
        """The other way round."""
        return next(name for name, one in self.by_name.items() if one is broker)

    def add(self, name: str) -> None:
        """Make it; one that is there stays as it is."""
        if name not in self.by_name:
            self.by_name[name] = self._make()

    def remove(self, name: str) -> bool:
        """Forget all it has and end its connections; whether there was one."""
        broker = self.by_name.pop(name, None)
        if broker is None:
            return False
        broker.parameters.stop()
        broker.cluster.virtual_hosts.remove(broker)
        for queue in list(broker.queues):
            broker.remove_queue(queue)
        for connection in list(broker.connections):
            connection.drop()
        return True
