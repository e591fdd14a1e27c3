"""Runtime parameters of a virtual host: its shovels and federation upstreams.

A parameter that is set again replaces the one before, and its links begin anew; a shovel that has
moved all that it was to move removes its own. A virtual host that goes takes its links along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.models.rabbitmq.federation import Federation, check_upstream
from advisor.models.rabbitmq.message import Table
from advisor.models.rabbitmq.policy import RefusedParameterError
from advisor.models.rabbitmq.shovel import Shovel, check_shovel

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker

SHOVEL = "shovel"
UPSTREAM = "federation-upstream"


class Parameters:
    """What ``rabbitmqctl set_parameter`` has set; RefusedParameterError where it says no."""

    __slots__ = ("_broker", "federation", "shovels")

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.federation = Federation(broker)
        self.shovels: dict[str, Shovel] = {}

    def set(self, component: str, name: str, value: Table) -> None:
        if component == SHOVEL:
            check_shovel(value)
            self._stop(name)
            self.shovels[name] = Shovel(self._broker, name, value, lambda: self._stop(name))
            self.shovels[name].start()
        elif component == UPSTREAM:
            check_upstream(value)
            self.federation.upstreams[name] = value
            self.federation.look()
        else:
            raise RefusedParameterError(f"no component {component!r}")

    def clear(self, component: str, name: str) -> None:
        if component == SHOVEL and name in self.shovels:
            self._stop(name)
        elif component == UPSTREAM and name in self.federation.upstreams:
            del self.federation.upstreams[name]
            self.federation.look()
        else:
            raise RefusedParameterError(f"no parameter {name!r}")

    def _stop(self, shovel: str) -> None:
        found = self.shovels.pop(shovel, None)
        if found is not None:
            found.stop()

    def stop(self) -> None:
        """The virtual host goes."""
        for name in list(self.shovels):
            self._stop(name)
        self.federation.stop()
