"""Reads a requirements file: every need stated, assumed or unknown, every fault with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from advisor.documents import Data, Document, check_schema, did_you_mean, quoted, read_yaml
from advisor.domain.problem import InputError, Problem, UnreadableError
from advisor.domain.requirements import Answer, NeedType, Requirements, Standing, Workload
from advisor.domain.version import BrokerVersion
from advisor.requirements.answers import stated, unstated
from advisor.requirements.contradictions import clipped, contradictions, upside_down
from advisor.requirements.versions import version_bounds
from advisor.requirements.vocabulary import SCHEMA, UNKNOWN, as_value, team_names, vocabulary

Place = tuple[str | int, ...]


def load_requirements(path: Path) -> Requirements:
    """The requirements in ``path``; raises InputError with everything that is wrong in it."""
    reading = Reading(read_yaml(path))
    if reading.problems:
        raise InputError(*reading.problems)
    return reading.requirements()


def validate(path: Path) -> list[Problem]:
    """Everything that is wrong in ``path``; raises UnreadableError if it cannot be read."""
    try:
        return Reading(read_yaml(path)).problems
    except UnreadableError:
        raise
    except InputError as error:
        return list(error.problems)


class Reading:
    """One document, read as far as it is sound; ``problems`` in the order of the file."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data = _mapping(document.data)
        self.team = self._team()
        self.workloads = [
            self._workload(index, _mapping(entry))
            for index, entry in enumerate(_entries(self.data.get("workloads")))
        ]
        found = list(self._meaning())
        places = {problem.position for problem in found}
        shape = check_schema(document, SCHEMA)
        found += [problem for problem in shape if problem.position not in places]
        self.problems = sorted(found)

    def requirements(self) -> Requirements:
        return Requirements(
            system=str(self.data["system"]),
            team=self.team,
            workloads=tuple(self.workloads),
            digest=sha256(self.document.content).hexdigest(),
            file=self.document.file,
        )

    def _team(self) -> dict[str, Answer]:
        given = dict(_leaves(_mapping(self.data.get("team"))))
        answers = {}
        for path, name in team_names().items():
            need = vocabulary()[name]
            position = self.document.position("team", *path)
            if path in given:
                answers[name] = stated(need, given[path], position)
            else:
                answers[name] = unstated(need, {}, Standing.ASSUMED, position)
        return answers

    def _workload(self, index: int, entry: Mapping[str, Data]) -> Workload:
        place: Place = ("workloads", index)
        weight = entry.get("weight", 1)
        return Workload(
            name=str(entry.get("name", "")),
            weight=int(weight) if isinstance(weight, int | float) else 1,
            feeds=tuple(str(name) for name in _entries(entry.get("feeds"))),
            answers=self._answers(place, entry),
            position=self.document.position(*place),
        )

    def _answers(self, place: Place, entry: Mapping[str, Data]) -> dict[str, Answer]:
        given = _mapping(entry.get("needs"))
        rest = Standing.STATED if entry.get("rest") == "not_needed" else Standing.ASSUMED
        answers: dict[str, Answer] = {}
        for name, need in _needs_of_workloads().items():
            position = self.document.position(*place, "needs", name)
            if name in given:
                answers[name] = stated(need, given[name], position)
            else:
                answers[name] = unstated(need, answers, rest, position)
        return clipped(answers, vocabulary())

    def _meaning(self) -> Iterator[Problem]:
        """What the schema cannot say."""
        shown = {name: path[-1] for path, name in team_names().items()}
        yield from upside_down(self.team, shown)
        yield from self._versions()
        yield from self._names()
        for index, workload in enumerate(self.workloads):
            entry = _mapping(_entries(self.data["workloads"])[index])
            written = _mapping(entry.get("needs"))
            yield from self._levels(("workloads", index, "needs"), written)
            yield from contradictions(workload.answers, self.team, vocabulary(), written)

    def _versions(self) -> Iterator[Problem]:
        for path, name in team_names().items():
            version = self.team[name].value
            if not isinstance(version, BrokerVersion):
                continue
            oldest, newest = version_bounds(name)
            if not oldest <= version <= newest:
                message = f"{quoted(path[-1])} must be a version from {oldest} to {newest}"
                nearest = oldest if version < oldest else newest
                hint = f'the nearest is "{nearest}"'
                yield Problem(self.team[name].position, f"{message}, not {version}", hint)

    def _names(self) -> Iterator[Problem]:
        first: dict[str, int] = {}
        for index, workload in enumerate(self.workloads):
            place = self.document.position("workloads", index, "name")
            if workload.name in first:
                line = self.document.position("workloads", first[workload.name], "name").line
                message = f"two workloads are named {quoted(workload.name)}"
                yield Problem(place, message, f"the first in line {line}")
            first.setdefault(workload.name, index)
        for index, workload in enumerate(self.workloads):
            for number, target in enumerate(workload.feeds):
                place = self.document.position("workloads", index, "feeds", number)
                if target == workload.name:
                    yield Problem(place, f"the workload {quoted(target)} feeds itself")
                elif target not in first:
                    hint = did_you_mean(target, [name for name in first if name != workload.name])
                    yield Problem(place, f"no workload is named {quoted(target)}", hint)

    def _levels(self, place: Place, written: Mapping[str, Data]) -> Iterator[Problem]:
        for name, data in written.items():
            need = vocabulary().get(name)
            if need is None or not isinstance(data, dict) or "value" not in data:
                continue
            position = self.document.position(*place, name, "value")
            if data["value"] == UNKNOWN:
                message = f"{quoted(name)} has a level although its value is unknown"
                yield Problem(position, message, "write it as unknown, without a level")
            elif _asks_for_nothing(need, data["value"]):
                message = f"{quoted(name)} has a level although this value asks for nothing"
                yield Problem(position, message, "leave the level out")


def _needs_of_workloads() -> Mapping[str, NeedType]:
    return {name: need for name, need in vocabulary().items() if not need.of_team}


def _asks_for_nothing(need: NeedType, data: Data) -> bool:
    value = as_value(data)
    return any(type(value) is type(none) and value == none for none in need.not_needed)


def _leaves(team: Mapping[str, Data]) -> Iterator[tuple[tuple[str, ...], Data]]:
    for name, data in team.items():
        if isinstance(data, dict) and name in ("hardware", "broker_versions"):
            yield from (((name, inner), value) for inner, value in data.items())
        else:
            yield (name,), data


def _mapping(data: Data) -> Mapping[str, Data]:
    return data if isinstance(data, dict) else {}


def _entries(data: Data) -> list[Data]:
    return data if isinstance(data, list) else []
