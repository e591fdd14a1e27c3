"""What a change of the rules would change, as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from advisor.domain.predicate import Value
from advisor.reports.blocks import Block, Heading, Page, Paragraph, Table


class Difference(Protocol):
    """A profile that is decided otherwise: what it states, and both winners."""

    @property
    def stated(self) -> Mapping[str, Value]: ...

    @property
    def before(self) -> str: ...

    @property
    def after(self) -> str: ...


def difference_page(
    found: Sequence[Difference | None], *, seed: int, examples_max: int = 5
) -> Page:
    """How many profiles change their winner, from what to what, with the plainest examples."""
    return tuple(_blocks(found, seed, examples_max))


def _blocks(found: Sequence[Difference | None], seed: int, examples_max: int) -> Iterator[Block]:
    changed = [one for one in found if one is not None]
    yield Heading("Rules compared", 1)
    yield Paragraph(
        f"{len(changed)} of {len(found)} drawn profiles change their winner (seed {seed})."
    )
    if not changed:
        return
    moves = Counter((one.before, one.after) for one in changed)
    rows = sorted(moves.items(), key=lambda row: (-row[1], row[0]))
    yield Table(("before", "after", "profiles"), tuple((*move, str(n)) for move, n in rows))
    yield Heading("Examples, those that state least first", 2)
    plainest = sorted(changed, key=lambda one: (len(one.stated), str(one.stated)))[:examples_max]
    yield Table(
        ("stated", "before", "after"),
        tuple((_stated(one.stated), one.before, one.after) for one in plainest),
    )


def _stated(stated: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} {_text(value)}" for name, value in stated.items())


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"[{', '.join(value)}]" if isinstance(value, tuple) else str(value)
