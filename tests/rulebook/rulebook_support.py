"""The shipped rule book, the vocabulary it is typed against, and small books of one's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from advisor.documents import read_yaml, rules_folder
from advisor.domain.predicate import OPERATORS, All, Atom, Not, Predicate, Value
from advisor.domain.predicate import Any as AnyOf
from advisor.domain.problem import InputError
from advisor.domain.requirements import Kind, NeedType
from advisor.domain.rules import RuleBook
from advisor.domain.version import BrokerVersion
from advisor.requirements import derived_needs, vocabulary
from advisor.rulebook import load_rule_book

VERSIONS = tuple(BrokerVersion(major, minor) for major in (3, 4) for minor in range(14))


@cache
def needs() -> Mapping[str, NeedType]:
    return {**vocabulary(), **derived_needs()}


@cache
def check_files() -> Mapping[str, Mapping[str, Any]]:
    """Every shipped check file by id, as plain data."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted((rules_folder() / "checks").glob("*.yaml")):
        data = read_yaml(path).data
        assert isinstance(data, dict)
        found[path.stem] = data
    return found


@cache
def shipped() -> RuleBook:
    return load_rule_book([rules_folder()], needs=needs(), checks=check_files(), trusted=True)


def derive(answers: Mapping[str, Value]) -> Mapping[str, Value]:
    rate, size = answers["messages_per_second"], answers["message_bytes"]
    assert isinstance(rate, (int, float)) and isinstance(size, (int, float))
    return {"megabytes_per_second": rate * size / 1e6}


OPTION = {
    "schema": "option/1",
    "id": "rabbitmq.classic-queue",
    "title": "A queue",
    "family": "rabbitmq",
    "simplicity": 1,
    "summary": "A queue.",
    "sources": [{"article": "Somewhere"}],
}
CRITERION = {
    "schema": "criterion/1",
    "id": "replay",
    "title": "Replay",
    "question": "Again?",
    "why": "Because.",
    "side": "log",
    "sources": [{"article": "Somewhere"}],
    "needs": [{"id": "wanted", "when": ["replay", "==", "recent"], "level": "must"}],
    "claims": [
        {
            "id": "forgets",
            "option": "rabbitmq.classic-queue",
            "strength": -1,
            "says": "It forgets.",
            "source": {"article": "Somewhere"},
            "checks": ["read-again"],
        }
    ],
    "examples": [{"given": {"replay": "recent"}, "level": "must", "fires": "wanted"}],
}
CHECKS = ("read-again", "kept-for-7-days")


def fresh(data: Mapping[str, Any]) -> Any:
    """A copy to spoil."""
    return json.loads(json.dumps(data))


class Folder:
    """A folder of rules being written: files of JSON, which is YAML too, one key a line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for part in ("options", "criteria"):
            (path / part).mkdir(parents=True)
        (path / "conventions.yaml").write_bytes((rules_folder() / "conventions.yaml").read_bytes())
        self.write("options/rabbitmq.classic-queue.yaml", OPTION)
        self.write("criteria/replay.yaml", CRITERION)

    def write(self, name: str, data: object) -> Path:
        path = self.path / name
        path.write_text(data if isinstance(data, str) else json.dumps(data, indent=1))
        return path

    def load(self, *, trusted: bool = False, before: tuple[Path, ...] = ()) -> RuleBook:
        folders = [*before, self.path]
        return load_rule_book(folders, needs=needs(), checks=CHECKS, trusted=trusted)

    def problems(self, *, trusted: bool = False) -> list[str]:
        """What is said of it, the folder's own path left out."""
        try:
            self.load(trusted=trusted)
        except InputError as error:
            return [str(problem).replace(f"{self.path}/", "") for problem in error.problems]
        return []


def values(need: NeedType) -> st.SearchStrategy[Any]:
    """Answers that a need may have; numbers often at the literals of the shipped rules."""
    match need.kind:
        case Kind.BOOLEAN:
            return st.booleans()
        case Kind.CHOICE:
            return st.sampled_from(need.choices)
        case Kind.LIST:
            return st.lists(st.sampled_from(need.choices), unique=True).map(tuple)
        case Kind.VERSION:
            return st.sampled_from(VERSIONS)
        case Kind.NUMBER:
            low, high = need.least or 0, need.greatest or 1e9
            if need.whole_numbers:
                return st.integers(int(low), int(high))
            return st.floats(low, high)


def answers() -> st.SearchStrategy[Mapping[str, Any]]:
    return st.fixed_dictionaries({name: values(need) for name, need in needs().items()})


def predicates(*names: str) -> st.SearchStrategy[Predicate]:
    """Conditions over the named needs, nested and negated."""
    atoms = st.sampled_from(names).flatmap(lambda name: _atoms(needs()[name]))
    return st.recursive(
        atoms,
        lambda inner: (
            st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts)))
            | st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts)))
            | inner.map(Not)
        ),
        max_leaves=8,
    )


def _atoms(need: NeedType) -> st.SearchStrategy[Predicate]:
    scalar = st.sampled_from(need.choices) if need.kind is Kind.LIST else values(need)
    listed = st.lists(scalar, min_size=1, max_size=3, unique=True).map(
        lambda members: Atom(need.name, "in", tuple(members))
    )
    if need.kind is Kind.LIST:
        return listed
    ordered = need.kind in (Kind.NUMBER, Kind.VERSION)
    plain = st.sampled_from(
        [name for name in OPERATORS if name != "in"] if ordered else ["==", "!="]
    )
    return listed | st.builds(lambda name, value: Atom(need.name, name, value), plain, scalar)
