"""Answers from a file instead of a person, and the key that is missing among them.

An answers file is a flat mapping: ``system``, ``workload`` (the name of the flow) and needs by
their names; those of the team too (``operations``, ``kafka_version``, ``hardware_nodes``). Needs
of several flows stand under ``workloads``, by the name of the flow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from advisor.decision.cases import Key
from advisor.documents import Data, Document, did_you_mean, quoted, read_yaml
from advisor.domain.problem import InputError, Position, Problem
from advisor.questionnaire.choosing import Status
from advisor.questionnaire.interview import favours
from advisor.questionnaire.session import Session, new_document
from advisor.requirements import vocabulary

_SYSTEM, _WORKLOAD, _WORKLOADS = "system", "workload", "workloads"


@dataclass(frozen=True, slots=True)
class Answers:
    """An answers file. ``needs`` by workload; None for those of the team, "" for the only flow."""

    document: Document
    system: str | None
    workload: str | None
    needs: Mapping[str | None, Mapping[str, Data]]

    def problem(self, place: tuple[str, ...], message: str, hint: str = "") -> Problem:
        return Problem(self.document.key_position(*place), message, hint)


def read_answers(path: Path) -> Answers:
    """The answers in ``path``; raises InputError with every key that does not exist."""
    document = read_yaml(path)
    data = document.data
    if not isinstance(data, dict):
        raise InputError(document.problem((), "must be a mapping from needs to answers"))
    flows = data.get(_WORKLOADS, {})
    if not isinstance(flows, dict) or not all(isinstance(own, dict) for own in flows.values()):
        raise InputError(
            document.problem((_WORKLOADS,), "must be a mapping from flows to their needs")
        )
    problems = list(_unknown(document, data, flows))
    if problems:
        raise InputError(*problems)
    needs: dict[str | None, dict[str, Data]] = {None: {}, "": {}}
    for name, value in data.items():
        if name not in (_SYSTEM, _WORKLOAD, _WORKLOADS):
            needs[None if vocabulary()[name].of_team else ""][name] = value
    for flow, own in flows.items():
        needs[flow] = dict(own) if isinstance(own, dict) else {}
    return Answers(document, _text(document, _SYSTEM), _text(document, _WORKLOAD), needs)


def _unknown(
    document: Document, data: Mapping[str, Data], flows: Mapping[str, Data]
) -> Iterator[Problem]:
    every = list(vocabulary())
    own = [name for name in every if not vocabulary()[name].of_team]
    for name in data:
        if name not in (_SYSTEM, _WORKLOAD, _WORKLOADS, *every):
            hint = did_you_mean(name, [_SYSTEM, _WORKLOAD, _WORKLOADS, *every])
            yield Problem(document.key_position(name), f"there is no need {quoted(name)}", hint)
    for flow, needs in flows.items():
        for name in needs if isinstance(needs, dict) else ():
            if name not in own:
                message = f"a flow has no need {quoted(name)}"
                place = document.key_position(_WORKLOADS, flow, name)
                yield Problem(place, message, did_you_mean(name, own))


def _text(document: Document, name: str) -> str | None:
    data = document.data
    value = data.get(name) if isinstance(data, dict) else None
    if value is not None and not isinstance(value, str):
        raise InputError(document.problem((name,), f"{quoted(name)} must be text"))
    return value


def document_of(answers: Answers | None, output: Path, source: str) -> Document:
    """A new file with the names that the answers give; InputError names the missing key."""
    names = list(answers.needs) if answers else []
    flow = answers.workload if answers else None
    if flow is None:
        flow = next((name for name in names if name), None)
    for key, value in ((_SYSTEM, answers.system if answers else None), (_WORKLOAD, flow)):
        if value is None:
            raise InputError(_missing(answers, source, key, "a new file needs its name"))
    assert answers is not None and answers.system is not None and flow is not None
    return new_document(output, answers.system, flow)


def apply(session: Session, answers: Answers) -> None:
    """Give every answer; raises InputError for one that cannot be, at its place."""
    for flow, needs in answers.needs.items():
        place = _place(session, answers, flow) if needs else None
        for name, value in needs.items():
            problems = session.answer((place, name), value)
            if problems:
                here = (name,) if flow in (None, "") else (_WORKLOADS, str(flow), name)
                raise InputError(
                    *(answers.problem(here, one.message, one.hint) for one in problems)
                )


def _place(session: Session, answers: Answers, flow: str | None) -> int | None:
    if flow is None:
        return None
    if flow == "":
        flow = answers.workload or session.names[0]
        if answers.workload is None and len(session.names) > 1:
            message = "the file has several flows: say which, under workloads"
            raise InputError(Problem(answers.document.position(), message))
    if flow not in session.names:
        return session.add_workload(flow)
    return session.names.index(flow)


def missing(session: Session, answers: Answers | None, source: str, status: Status) -> Problem:
    """The key to answer next; for a status that leaves something open."""
    if status.question is not None:
        key = status.question.key
        return _missing(answers, source, _named(session, key), favours(status.question))
    key = status.left_out[0]
    return _missing(answers, source, _named(session, key), "it is not proven that it cannot matter")


def is_open(status: Status) -> bool:
    """Whether some answer may still change the result."""
    return status.question is not None or (
        not (status.verdict and status.design) and bool(status.left_out)
    )


def _named(session: Session, key: Key) -> str:
    place, name = key
    if place is None or len(session.names) == 1:
        return name
    return f"{_WORKLOADS}.{session.names[place]}.{name}"


def _missing(answers: Answers | None, source: str, key: str, because: str) -> Problem:
    place = Position(answers.document.file if answers else source)
    hint = f"{because.rstrip('.')}; answer unknown if nobody knows"
    return Problem(place, f"the answer {quoted(key)} is missing", hint)
