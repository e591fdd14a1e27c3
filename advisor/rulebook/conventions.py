"""The conventions file (schema conventions/1): constants that were chosen, not measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from fractions import Fraction

from advisor.domain.requirements import NeedType
from advisor.domain.rules import Asking, Conventions, Costs, Implausible, Level, Trust
from advisor.rulebook.condition import read_condition
from advisor.rulebook.record import Faults, Record

_KEYS = ("schema", "weight", "trust", "must_penalty", "costs", "asking", "implausible")
_IMPLAUSIBLE_KEYS = ("id", "when", "not_left_unsaid", "why")
_WEIGHED = (Level.NICE, Level.SHOULD, Level.MUST)
_COST_KEYS = tuple(field.name for field in fields(Costs))


def read_conventions(faults: Faults, needs: Mapping[str, NeedType]) -> Conventions:
    """The conventions of one file; of no use if problems were found. ``needs``: the vocabulary.

    Weights are whole and not negative, trust lies in [0, 1] and never falls as evidence improves,
    costs are weight points or factors.
    """
    record = Record(faults, (), faults.document.data, _KEYS)
    weight = Record(faults, ("weight",), record.raw("weight"), [level.word for level in _WEIGHED])
    trust = Record(faults, ("trust",), record.raw("trust"), [grade.value for grade in Trust])
    costs = Record(faults, ("costs",), record.raw("costs"), _COST_KEYS)
    return Conventions(
        weight={
            Level.NO: 0,
            **{
                level: weight.whole_number(level.word, least=0, greatest=1000) for level in _WEIGHED
            },
        },
        trust=_trust(trust),
        must_penalty=record.whole_number("must_penalty", least=3, greatest=1000),
        costs=Costs(**{key: costs.fraction(key, least=0, greatest=1000) for key in _COST_KEYS}),
        implausible=tuple(_implausible(record, needs)),
        asking=_asking(record),
    )


def _asking(record: Record) -> Asking:
    one = Record(record.faults, ("asking",), record.raw("asking"), ("leaves_default", "why"))
    return Asking(one.fraction("leaves_default", least=0, greatest=1), one.text("why"))


def _implausible(record: Record, needs: Mapping[str, NeedType]) -> Iterator[Implausible]:
    for path, item in record.items("implausible", required=False):
        one = Record(record.faults, path, item, _IMPLAUSIBLE_KEYS)
        yield Implausible(
            id=one.name("id"),
            when=read_condition(record.faults, (*path, "when"), one.raw("when"), needs),
            needs=one.names("not_left_unsaid", "need", needs),
            why=one.text("why"),
            position=one.position,
        )


def _trust(record: Record) -> dict[Trust, Fraction]:
    factors = {grade: record.fraction(grade.value, least=0, greatest=1) for grade in Trust}
    for weaker, better in zip(Trust, list(Trust)[1:], strict=False):
        if factors[better] < factors[weaker]:
            message = f"better evidence than {weaker.value!r} must not be trusted less"
            record.fault(better.value, message)
    return factors
