"""Reads check files (schema check/1): every fault a problem with its place and the way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from advisor.checks import forms
from advisor.checks.check import Check, Duration, Step
from advisor.checks.forms import STEPS
from advisor.checks.measures import LISTS, NAMED, PLAIN
from advisor.checks.names import dangling
from advisor.checks.plan import plan_from
from advisor.checks.session import Plan
from advisor.documents import Document, nearest, read_yaml
from advisor.domain.predicate import OPERATORS, All, Atom, Not, Predicate
from advisor.domain.predicate import Any as AnyOf
from advisor.domain.problem import InputError, Problem

KEYS = ("schema", "id", "kind", "title", "property", "why", "plan", "steps", "held_when")
OPTIONAL = ("durations", "target_plan")
KINDS = ("scenario", "bridge")


def load_checks(folders: Iterable[Path]) -> Mapping[str, Check]:
    """All scenario and bridge checks of the folders by id; a later folder replaces an id.

    Capacity checks are another layer's. Raises InputError with every problem of every file.
    """
    checks: dict[str, Check] = {}
    problems: list[Problem] = []
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            document = read_yaml(path)
            if isinstance(document.data, dict) and document.data.get("kind") == "capacity":
                continue
            try:
                check = load_check(document)
            except InputError as error:
                problems.extend(error.problems)
                continue
            if check.id != path.stem:
                problems.append(document.problem(("id",), f"the file is named {path.name}"))
            checks[check.id] = check
    if problems:
        raise InputError(*problems)
    return checks


def load_check(document: Document) -> Check:
    """One check; InputError with every problem of the file."""
    return _Loader(document).check()


class _Loader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self.durations: dict[str, Duration] = {}

    def fault(self, path: forms.Path, message: str, hint: str = "") -> None:
        self.problems.append(self.document.problem(path, message, hint))

    def unknown(
        self, path: forms.Path, what: str, word: object, candidates: Mapping[str, Any]
    ) -> None:
        close = nearest(str(word), list(candidates))
        hint = f"did you mean {close}?" if close else "one of " + ", ".join(candidates)
        is_key = bool(path) and path[-1] == word
        position = self.document.key_position(*path) if is_key else self.document.position(*path)
        self.problems.append(Problem(position, f"unknown {what} {word!r}", hint))

    def keys(
        self,
        given: Mapping[str, Any],
        known: Iterable[str],
        required: Iterable[str],
        path: forms.Path,
    ) -> None:
        """Unknown keys, and missing ones unless an unknown one stands for it."""
        words = dict.fromkeys(known)
        strangers = [key for key in given if key not in words]
        for key in strangers:
            self.unknown((*path, key), "key", key, words)
        meant = {nearest(key, list(words)) for key in strangers}
        for key in required:
            if key not in given and key not in meant:
                self.fault(path, f"the key {key} is missing")

    def check(self) -> Check:
        data = self._head()
        self._read_durations(data["durations"])
        plans = [
            None if data[key] is None else plan_from(self, data[key], (key,), live=live)
            for key, live in (("plan", False), ("plan", True), ("target_plan", False))
        ]
        steps = self._steps(data["steps"])
        held_when = self._predicate(data["held_when"], ("held_when",))
        plan = plans[0]
        if plan is not None and not self.problems:
            self._cross_check(plan, plans[2], steps, held_when)
        if self.problems or plan is None:
            raise InputError(*sorted(set(self.problems)))
        return Check(
            id=data["id"],
            kind=data["kind"],
            title=data["title"],
            property=data["property"],
            why=data["why"],
            plan=plan,
            live_plan=plans[1],
            target_plan=plans[2],
            steps=steps,
            held_when=held_when,
            durations=self.durations,
            position=self.document.position(),
        )

    def _head(self) -> dict[str, Any]:
        """The top level with every key; problems of the simple ones are noted, missing ones end."""
        data = self.document.data
        if not isinstance(data, dict):
            raise InputError(self.document.problem((), "expected a check"))
        self.keys(data, (*KEYS, *OPTIONAL), KEYS, ())
        for key in ("id", "title", "property", "why"):
            if key in data:
                forms.text(self, data[key], (key,))
        if data.get("schema", "check/1") != "check/1":
            self.fault(("schema",), "expected check/1")
        if data.get("kind", "scenario") not in KINDS:
            self.unknown(("kind",), "kind", data["kind"], dict.fromkeys(KINDS))
        if data.get("kind") == "bridge" and "target_plan" not in data:
            self.fault((), "a bridge check needs a target_plan")
        if any(key not in data for key in KEYS):
            raise InputError(*sorted(set(self.problems)))
        return dict.fromkeys(OPTIONAL) | data

    def _read_durations(self, data: Any) -> None:
        if data is None:
            return
        if not isinstance(data, dict):
            self.fault(("durations",), "expected names with {ms: ..., live: ...}")
            return
        for name, value in data.items():
            path = ("durations", name)
            if not isinstance(value, dict) or not {"ms"} <= set(value) <= {"ms", "live"}:
                self.fault(path, "expected {ms: ..., live: ...}", "leave live out where none is")
                self.durations[name] = Duration(0, None)
                continue
            ms = forms.whole(self, value["ms"], (*path, "ms"))
            live = forms.duration(self, value["live"], (*path, "live")) if "live" in value else None
            self.durations[name] = Duration(ms or 0, None if live is None else live.live_ms)

    def _steps(self, data: Any) -> tuple[Step, ...]:
        if not isinstance(data, list) or not data:
            self.fault(("steps",), "expected a list of steps")
            return ()
        steps = (self._step(one, ("steps", at)) for at, one in enumerate(data))
        return tuple(step for step in steps if step is not None)

    def _step(self, data: Any, path: forms.Path) -> Step | None:
        if not isinstance(data, dict) or len(data) != 1:
            self.fault(path, "expected one step", "as publish: {label: ...}")
            return None
        ((verb, given),) = data.items()
        if verb not in STEPS:
            self.unknown((*path, verb), "step", verb, STEPS)
            return None
        build, own_keys, required = STEPS[verb]
        keys = {**forms.BASE, **own_keys}
        path = (*path, verb)
        if not isinstance(given, dict):
            self.fault(path, "expected the keys of the step")
            return None
        self.keys(given, keys, sorted(required), path)
        before = len(self.problems)
        values = {
            keys[key][0]: keys[key][1](self, value, (*path, key))
            for key, value in given.items()
            if key in keys
        }
        if len(self.problems) > before or not required <= set(given):
            return None
        step: Any = build(**values)
        return step  # type: ignore[no-any-return]

    def _predicate(self, data: Any, path: forms.Path) -> Predicate:
        match data:
            case {"all": list(parts), **rest} if not rest:
                return All(self._parts(parts, (*path, "all")))
            case {"any": list(parts), **rest} if not rest:
                return AnyOf(self._parts(parts, (*path, "any")))
            case {"not": part, **rest} if not rest:
                return Not(self._predicate(part, (*path, "not")))
            case [str(name), str(comparison), literal]:
                return self._atom(name, comparison, literal, path)
        self.fault(path, "expected [measure, comparison, value], all, any or not")
        return All()

    def _parts(self, parts: list[Any], path: forms.Path) -> tuple[Predicate, ...]:
        if not parts:
            self.fault(path, "expected at least one condition")
        return tuple(self._predicate(part, (*path, at)) for at, part in enumerate(parts))

    def _atom(self, name: str, comparison: str, literal: Any, path: forms.Path) -> Predicate:
        family, dot, _ = name.partition(".")
        if family not in (NAMED if dot else PLAIN):
            words = [*PLAIN, *(f"{word}." for word in NAMED)]
            self.unknown((*path, 0), "measure", name, dict.fromkeys(words))
        if comparison not in OPERATORS:
            self.unknown((*path, 1), "comparison", comparison, OPERATORS)
        if family in LISTS:
            literal = forms.texts(self, literal, (*path, 2))
            if comparison not in ("==", "!=", "in"):
                self.fault((*path, 1), "a list is compared with ==, != or in")
        else:
            literal = forms.whole(self, literal, (*path, 2)) or 0
        return Atom(name, comparison, literal)

    def _cross_check(
        self, plan: Plan, target_plan: Plan | None, steps: tuple[Step, ...], held_when: Predicate
    ) -> None:
        """Readers, groups, captures and labels that are named must be there."""
        planned = (
            plan
            if target_plan is None
            else replace(plan, groups=(*plan.groups, *target_plan.groups))
        )
        for path, what, word, candidates in dangling(planned, steps, held_when):
            self.unknown(path, what, word, dict.fromkeys(candidates))
