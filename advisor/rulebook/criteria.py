"""Criterion files (schema criterion/1): a matter, when it is needed, and what is claimed of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from advisor.documents import quoted
from advisor.domain.predicate import ALWAYS, Atom, Predicate, Value
from advisor.domain.problem import Problem
from advisor.domain.requirements import Kind, NeedType
from advisor.domain.rules import Claim, Conflict, Criterion, Example, Level, NeedRow, Side, Source
from advisor.rulebook.condition import read_condition
from advisor.rulebook.record import Faults, Path, Record, parsed_fraction

STRENGTHS: Mapping[Fraction, str] = {
    Fraction(1): "1",
    Fraction(1, 2): "1/2",
    Fraction(-1, 2): "-1/2",
    Fraction(-1): "-1",
}
LEVELS: Mapping[str, Level] = {level.word: level for level in Level}
SOURCE_KINDS = ("article", "documentation", "measurement", "project")
_KEYS = (
    "schema", "id", "title", "question", "why", "side", "sources", "needs", "claims",
    "conflicts", "examples", "unsaid_rank",
)  # fmt: skip
_PROOF = ("says", "source", "checks", "not_run")
_CLAIM_KEYS = ("id", "option", "when", "strength", "with", *_PROOF)
_CONFLICT_KEYS = ("id", "option", "criteria", "when", *_PROOF)


@dataclass(frozen=True)
class Names:
    """What a criterion may refer to."""

    needs: Mapping[str, NeedType]
    options: Collection[str]
    checks: Collection[str]


@dataclass(frozen=True)
class _Proof:
    says: str
    source: Source
    checks: tuple[str, ...]
    not_run_because: str


def read_criterion(faults: Faults, names: Names) -> Criterion:
    """The criterion of one file; of no use if problems were found."""
    record = Record(faults, (), faults.document.data, _KEYS)
    criterion = Criterion(
        id=record.name("id"),
        title=record.text("title"),
        question=record.text("question"),
        why=record.text("why"),
        side=Side(record.choice("side", "side", [side.value for side in Side])),
        sources=read_sources(record),
        needs=tuple(_rows(record, names)),
        claims=tuple(_claims(record, names)),
        conflicts=tuple(_conflicts(record, names)),
        examples=tuple(_examples(record, names)),
        unsaid_rank=_rank(record),
        position=record.position,
    )
    _check_ids(record, criterion)
    _check_coverage(record, criterion, names)
    return criterion


def read_sources(record: Record) -> tuple[Source, ...]:
    """The list of sources under the key ``sources``."""
    return tuple(_source(record.faults, path, item) for path, item in record.items("sources"))


def _source(faults: Faults, path: Path, data: object) -> Source:
    record = Record(faults, path, data, SOURCE_KINDS)
    kinds = [kind for kind in SOURCE_KINDS if record.has(kind)]
    if len(kinds) != 1:
        if isinstance(data, dict):
            faults.add(path, "a source has exactly one key", "one of " + ", ".join(SOURCE_KINDS))
        return Source("project", "")
    return Source(kinds[0], record.text(kinds[0]))


def _rows(record: Record, names: Names) -> Iterator[NeedRow]:
    for path, item in record.items("needs"):
        row = Record(record.faults, path, item, ("id", "when", "level"))
        yield NeedRow(
            id=row.name("id"),
            when=_when(row, names, required=True),
            level=LEVELS[row.choice("level", "level", LEVELS)],
            position=row.position,
        )


def _when(record: Record, names: Names, *, required: bool = False) -> Predicate:
    if not record.has("when") and not required:
        return ALWAYS
    data = record.raw("when")
    if not record.has("when"):
        return ALWAYS
    return read_condition(record.faults, (*record.path, "when"), data, names.needs)


def _claims(record: Record, names: Names) -> Iterator[Claim]:
    for path, item in record.items("claims"):
        claim = Record(record.faults, path, item, _CLAIM_KEYS)
        strength = _strength(claim)
        proof = _proof(claim, names)
        variant = claim.optional_text("with")
        when = _when(claim, names)
        _check_variant(claim, strength, variant, proof)
        for identity, option in _by_option(claim, names):
            yield Claim(
                id=f"{record.data.get('id')}.{identity}",
                option=option,
                when=when,
                strength=strength,
                says=proof.says,
                source=proof.source,
                variant=variant,
                checks=proof.checks,
                not_run_because=proof.not_run_because,
                position=claim.position,
            )


def _conflicts(record: Record, names: Names) -> Iterator[Conflict]:
    for path, item in record.items("conflicts", required=False):
        conflict = Record(record.faults, path, item, _CONFLICT_KEYS)
        proof = _proof(conflict, names)
        when = _when(conflict, names)
        criteria = conflict.names("criteria", "criterion", None)
        for identity, option in _by_option(conflict, names):
            yield Conflict(
                id=f"{record.data.get('id')}.{identity}",
                option=option,
                criteria=frozenset(criteria),
                when=when,
                says=proof.says,
                source=proof.source,
                checks=proof.checks,
                not_run_because=proof.not_run_because,
                position=conflict.position,
            )


def _by_option(record: Record, names: Names) -> Iterator[tuple[str, str]]:
    """Identity and option: a list of options makes one claim of each."""
    identity = record.name("id")
    options = record.names("option", "option", names.options)
    listed = isinstance(record.data.get("option"), list)
    for option in options:
        yield (f"{identity}:{option}" if listed else identity), option


def _strength(record: Record) -> Fraction:
    value = record.raw("strength")
    strength = parsed_fraction(value)
    if strength is not None and strength in STRENGTHS:
        return strength
    if record.has("strength"):
        record.faults.add_unknown(
            (*record.path, "strength"), "strength", value, tuple(STRENGTHS.values())
        )
    return Fraction(1)


def _proof(record: Record, names: Names) -> _Proof:
    says = record.text("says")
    data = record.raw("source")
    source = Source("project", "")
    if record.has("source"):
        source = _source(record.faults, (*record.path, "source"), data)
    checks: tuple[str, ...] = ()
    if record.has("checks"):
        checks = record.names("checks", "check", names.checks)
    reason = record.optional_text("not_run") or ""
    if record.is_mapping and record.has("checks") == record.has("not_run"):
        message = "needs either checks or, in not_run, the reason why none can run"
        record.faults.add(record.path, message)
    return _Proof(says, source, checks, reason)


def _check_variant(record: Record, strength: Fraction, variant: str | None, proof: _Proof) -> None:
    half = abs(strength) == Fraction(1, 2)
    if half and proof.checks and variant is None:
        message = 'a strength of 1/2 or -1/2 with checks names its variant under "with"'
        record.fault("strength", message)
    if variant is not None and not (half and proof.checks):
        record.fault("with", "only a strength of 1/2 or -1/2 with checks has a variant")


def _examples(record: Record, names: Names) -> Iterator[Example]:
    rows = [
        item["id"]
        for _, item in record.items("needs", required=False)
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    ]
    for path, item in record.items("examples"):
        example = Record(record.faults, path, item, ("given", "level", "fires"))
        level = LEVELS[example.choice("level", "level", LEVELS)]
        fires = example.raw("fires")
        if fires is not None and fires not in rows:
            record.faults.add_unknown((*path, "fires"), "row", fires, rows)
        yield Example(
            answers=_given(example, names), level=level, fires=None if fires is None else str(fires)
        )


def _given(example: Record, names: Names) -> Mapping[str, Value]:
    path = (*example.path, "given")
    given = Record(example.faults, path, example.raw("given"), names.needs)
    return {
        need: value
        for need, data in given.data.items()
        if need in names.needs
        and (value := _answer(example.faults, (*path, need), data, names.needs[need])) is not None
    }


def _answer(faults: Faults, path: Path, data: object, need: NeedType) -> Value | None:
    """An answer of an example; a list need may hold words that the vocabulary does not list."""
    if need.kind is Kind.LIST:
        if isinstance(data, list) and all(isinstance(item, str) for item in data):
            return tuple(str(item) for item in data)
        faults.add(path, f"{need.name} must be a list of words")
        return None
    found = read_condition(faults, path, [need.name, "==", data], {need.name: need})
    if isinstance(found, Atom) and not isinstance(found.literal, tuple):
        return found.literal
    return None


def _rank(record: Record) -> int | None:
    if not record.has("unsaid_rank"):
        return None
    return record.whole_number("unsaid_rank", least=1, greatest=999)


def _check_ids(record: Record, criterion: Criterion) -> None:
    """A rule's full id is ``criterion.name``: need rows, claims and conflicts share the names."""
    seen: set[str] = set()
    rules: list[NeedRow | Claim | Conflict] = [
        *criterion.needs,
        *criterion.claims,
        *criterion.conflicts,
    ]
    for rule in rules:
        identity = rule.id.removeprefix(f"{criterion.id}.")
        if identity in seen:
            message = f"a rule named {quoted(identity)} stands before already"
            record.faults.problems.append(Problem(rule.position, message))
        seen.add(identity)


def _check_coverage(record: Record, criterion: Criterion, names: Names) -> None:
    """A faulty claim may be the missing one, so faults are said first."""
    claimed = {claim.option for claim in criterion.claims}
    for option in names.options:
        if option not in claimed and not record.faults.problems:
            record.fault("claims", f"no claim for the option {quoted(option)}")
