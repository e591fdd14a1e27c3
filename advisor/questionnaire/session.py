"""One requirements file while it is filled in: its answers, what contradicts them, what is open.

The text is that of the file, changed only where an answer stands; taking an answer back gives
the text as it would be without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from advisor.advise.court import Court
from advisor.advise.plausible import plausible
from advisor.advise.problem import system_problem
from advisor.decision.cases import Cases, Key
from advisor.documents import Data, Document, read_yaml
from advisor.domain.problem import InputError, Problem
from advisor.domain.requirements import Answer, NeedType, Requirements
from advisor.questionnaire.answer import UNKNOWN
from advisor.questionnaire.choosing import Status, status_of
from advisor.questionnaire.possible import cases_of
from advisor.requirements import render, team_path, vocabulary
from advisor.requirements.editing import Edit, Place, edited
from advisor.requirements.loading import Reading

HEADING = "Written by advisor ask."


def new_document(path: Path, system: str, workload: str) -> Document:
    """A file that says nothing yet but the names."""
    text = render(system=system, team={}, workloads=[{"name": workload}], heading=(HEADING,))
    return read_yaml(path, text=text.encode("utf-8"))


class Session:
    """Answers given to one file; ``document`` is the file as it would be written now.

    Raises InputError for a document that is not a sound requirements file.
    """

    def __init__(self, document: Document, court: Court) -> None:
        self.court = court
        self.base = document
        self.document = document
        self.given: dict[Key, Data] = {}
        self._added: list[str] = []
        self._reading = _sound(document)
        self._ranks = _ranks(court)

    @property
    def requirements(self) -> Requirements:
        """What the file says now."""
        return self._reading.requirements()

    @property
    def names(self) -> tuple[str, ...]:
        """The workloads, in order."""
        return tuple(one.name for one in self._reading.workloads)

    def need(self, key: Key) -> NeedType:
        return vocabulary()[key[1]]

    def answers(self, place: int | None) -> Mapping[str, Answer]:
        """Those of one workload, or of the team."""
        requirements = self.requirements
        return requirements.team if place is None else requirements.workloads[place].answers

    def answered(self) -> list[Key]:
        """Every need that the file states or calls unknown itself, in the file's order."""
        data = self.document.data
        return [
            key
            for place in (None, *range(len(self.names)))
            for name, need in vocabulary().items()
            if need.of_team is (place is None)
            and _stands(data, _place_of(key := (place, name))) is not None
        ]

    def value(self, key: Key) -> Data:
        """What stands in the file for this need, None if nothing does."""
        return _stands(self.document.data, _place_of(key))

    def answer(self, key: Key, value: Data) -> list[Problem]:
        """Write the answer; gives what it contradicts, and then leaves everything as it was."""
        return self._try({**self.given, key: value})

    def change(self, key: Key, value: Data) -> tuple[list[Problem], list[Key]]:
        """As ``answer``, but other answers given here that contradict it are taken back.

        Gives those: they are to be asked again.
        """
        problems = self.answer(key, value)
        dropped: list[Key] = []
        for other in reversed([one for one in self.given if one != key]):
            if not problems:
                break
            kept = {k: v for k, v in self.given.items() if k not in (other, key, *dropped)}
            fewer = self._try({**kept, key: value})
            if len(fewer) < len(problems):
                dropped.append(other)
                problems = fewer
        return (problems, []) if problems else ([], dropped)

    def withdraw(self, key: Key) -> None:
        """Take an answer given here back."""
        problems = self._try({k: v for k, v in self.given.items() if k != key})
        if problems:
            raise InputError(*problems)

    def add_workload(self, name: str) -> int:
        """One more workload of this name; gives its place."""
        self._added.append(name)
        self._try(self.given)
        return len(self.names) - 1

    def status(self, *, designs: bool = True) -> Status:
        """What to ask next, or that nothing can change the result."""
        return status_of(self.world(), self._ranks, designs=designs)

    def implausible(self) -> list[Key]:
        """What was left out and is not varied, since the conventions hold it implausible."""
        problem = system_problem(self.requirements, self.court)
        pairs = zip(problem.workloads, plausible(problem).workloads, strict=True)
        return [
            (place, name)
            for place, (before, after) in enumerate(pairs)
            for name in before.answers.unsaid
            if name not in after.answers.unsaid and name in before.answers.cells
        ]

    def world(self) -> Cases:
        """Everything that can still be the case."""
        problem = plausible(system_problem(self.requirements, self.court))
        return cases_of(problem)

    def verdicts(self) -> list[str]:
        """The verdict of each workload with all that was left out as it is assumed."""
        world = self.world()
        return [one.verdict for one in world.outcome(world.first).workloads]

    def _try(self, given: Mapping[Key, Data]) -> list[Problem]:
        first = len(_list(_mapping(self.base.data).get("workloads")))
        edits = [
            Edit(("workloads", first + k), {"name": name}) for k, name in enumerate(self._added)
        ]
        edits += [Edit(_place_of(key), self._levelled(key, value)) for key, value in given.items()]
        document = edited(self.base, edits)
        reading = Reading(document)
        if not reading.problems:
            self.document, self._reading, self.given = document, reading, dict(given)
        return reading.problems

    def _levelled(self, key: Key, value: Data) -> Data:
        """With the level that the need has in the file, where it can keep one."""
        before = _stands(self.base.data, _place_of(key))
        keeps = isinstance(before, dict) and "level" in before and value != UNKNOWN
        if not keeps or isinstance(value, dict) or _as_value(value) in self.need(key).not_needed:
            return value
        assert isinstance(before, dict)
        return {"value": value, "level": before["level"]}


def _sound(document: Document) -> Reading:
    reading = Reading(document)
    if reading.problems:
        raise InputError(*reading.problems)
    return reading


def _place_of(key: Key) -> Place:
    place, name = key
    if place is None:
        return ("team", *team_path(name))
    return ("workloads", place, "needs", name)


def _stands(data: Data, place: Sequence[str | int]) -> Data:
    for step in place:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def _mapping(data: Data) -> dict[str, Data]:
    return data if isinstance(data, dict) else {}


def _list(data: Data) -> list[Data]:
    return data if isinstance(data, list) else []


def _as_value(data: Data) -> object:
    return tuple(data) if isinstance(data, list) else data


def _ranks(court: Court) -> dict[str, int]:
    """How commonly a need is left unsaid: the rank of the first criterion that reads it."""
    ranks: dict[str, int] = {}
    for criterion in court.library.book.criteria:
        if criterion.unsaid_rank is not None:
            for name in court.library.rules.reads[criterion.id]:
                ranks[name] = min(ranks.get(name, criterion.unsaid_rank), criterion.unsaid_rank)
    return ranks
