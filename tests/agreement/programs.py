"""Programs that a broker and its model both run, the rows that they show, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from advisor.domain.version import BrokerVersion

Write = Callable[[Any], None]
ALWAYS = BrokerVersion(0, 0)
NEVER = BrokerVersion(1000, 0)


@dataclass(frozen=True)
class Difference:
    """The first step where broker and model parted, with what each showed."""

    number: int
    step: Any
    broker: Any
    model: Any


Verdict = Difference | str | None
"""None: agreed. A text: why it was not run, or the gap of the model that it met."""


@dataclass(frozen=True)
class Program:
    """One program; a row may have several. ``nodes`` it needs; it is for versions from ``since``
    on and before ``before``."""

    row: str
    name: str
    write: Write
    nodes: int = 1
    since: BrokerVersion = ALWAYS
    before: BrokerVersion = NEVER

    def not_for(self, version: BrokerVersion) -> str | None:
        """Why it is not run on this version, None where it is."""
        if version < self.since:
            return f"since {self.since}"
        return f"before {self.before}" if version >= self.before else None

    def __str__(self) -> str:
        return f"{self.row} {self.name}"


class Rows:
    """The programs of one part of the catalogue, and the rows that cannot be run, with why."""

    def __init__(self) -> None:
        self.programs: list[Program] = []
        self.not_run: dict[str, str] = {}

    def __call__(
        self, row: str, *, nodes: int = 1, since: str | None = None, before: str | None = None
    ) -> Callable[[Write], Write]:
        def keep(write: Write) -> Write:
            first = ALWAYS if since is None else BrokerVersion.parse(since)
            end = NEVER if before is None else BrokerVersion.parse(before)
            self.programs.append(Program(row, write.__name__, write, nodes, first, end))
            return write

        return keep


class Kept(Protocol):
    """What a broker showed once, to hold other models against it without the broker."""

    @property
    def name(self) -> str: ...

    @property
    def operations(self) -> int:
        """How many steps it had."""

    def verdict(self) -> Verdict:
        """What comes of the model of now."""


@dataclass(frozen=True)
class Result:
    """What came of one program; ``operations`` is how many steps it had."""

    program: Program
    verdict: Verdict
    operations: int = 0
    kept: Kept | None = None


class Place(Protocol):
    """A running broker or cluster of one version."""

    full_version: str

    def run(self, programs: Sequence[Program], together: int) -> list[Result]:
        """One result for each, in order; so many side by side, so that their waiting overlaps."""


class System(Protocol):
    """A broker with its programs: what ``kafka_system`` and ``rabbitmq_system`` offer."""

    VERSIONS: Sequence[str]
    PARTS: Sequence[Rows]
    TOGETHER: int

    def generated(self, seed: int) -> Program:
        """The program of a seed, the same on every machine."""

    def place(self, version: str, nodes: int, given: Any) -> AbstractContextManager[Place]:
        """Starts it, or takes what runs already as ``given`` says, and ends what it started."""

    def described(self, step: Any) -> str:
        """One step in words."""
