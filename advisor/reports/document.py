"""The JSON document of schema recommendation/1 (schemas/recommendation.schema.json).

Fractions are exact strings such as ``"17/40"``; keys stand in the order of the schema; every
character outside printable ASCII is escaped, so that the bytes are the same on every platform
and no terminal obeys them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from advisor.domain.evidence import BrokerEvidence, Evidence
from advisor.domain.recommendation import (
    Assumption,
    Bridge,
    Change,
    Confidence,
    Contradiction,
    FiredRule,
    Flip,
    Margin,
    Question,
    Ranked,
    Recommendation,
    SampledShare,
    SmallestFlips,
    WorkloadAdvice,
)

SCHEMA = "recommendation/1"


def as_json(recommendation: Recommendation) -> str:
    """The document, indented, with a trailing newline."""
    text = json.dumps(as_data(recommendation), indent=2, ensure_ascii=True, allow_nan=False)
    return text.replace("\x7f", "\\u007f") + "\n"


def as_data(recommendation: Recommendation) -> dict[str, Any]:
    """The document as lists, dictionaries, strings, numbers, booleans and None."""
    made_by, system = recommendation.made_by, recommendation.system
    return {
        "schema": SCHEMA,
        "made_by": {
            "advisor": made_by.advisor,
            "rules_digest": made_by.rules_digest,
            "input_digest": made_by.input_digest,
            "broker_versions": dict(made_by.broker_versions),
        },
        "system": {
            "verdict": system.verdict,
            "status": system.status,
            "grade": system.grade,
            "possible": list(system.possible),
            "systems": list(system.systems),
            "confidence": _confidence(system.confidence),
            "compared": [
                {
                    "systems": list(one.systems),
                    "cost": str(one.cost),
                    "musts": one.musts,
                    "value": str(one.value),
                }
                for one in system.compared
            ],
            "bridges": [_bridge(one) for one in system.bridges],
        },
        "workloads": [_workload(workload) for workload in recommendation.workloads],
    }


def _workload(workload: WorkloadAdvice) -> dict[str, Any]:
    return {
        "name": workload.name,
        "verdict": workload.verdict,
        "option": workload.option,
        "alone": workload.alone,
        "status": workload.status,
        "grade": workload.grade,
        "possible": list(workload.possible),
        "possible_options": list(workload.possible_options),
        "ranking": [_ranked(ranked) for ranked in workload.ranking],
        "evidence": [_evidence(evidence) for evidence in workload.evidence],
        "rules": [_rule(rule) for rule in workload.rules],
        "assumptions": [_assumption(assumption) for assumption in workload.assumptions],
        "ask_next": [_question(question) for question in workload.ask_next],
        "flips": [_flip(flip) for flip in workload.flips],
        "confidence": _confidence(workload.confidence),
        "contradiction": (
            None if workload.contradiction is None else _contradiction(workload.contradiction)
        ),
    }


def _bridge(bridge: Bridge) -> dict[str, Any]:
    return {
        "source": bridge.source,
        "target": bridge.target,
        "source_option": bridge.source_option,
        "target_option": bridge.target_option,
        "check": bridge.check,
        "result": bridge.result,
        "rerun": bridge.rerun,
    }


def _contradiction(contradiction: Contradiction) -> dict[str, Any]:
    return {
        "unsatisfiable": [
            {
                "criteria": list(one.criteria),
                "failing": [
                    {
                        "option": each.option,
                        "criteria": list(each.criteria),
                        "conflict": each.conflict,
                        "claims": list(each.claims),
                        "checks": list(each.checks),
                    }
                    for each in one.failing
                ],
            }
            for one in contradiction.unsatisfiable
        ],
        "corrections": [list(one) for one in contradiction.corrections],
        "ways_out": [
            {"kind": one.kind, "option": one.option, "relax": list(one.relax)}
            for one in contradiction.ways_out
        ],
    }


def _confidence(confidence: Confidence | None) -> dict[str, Any] | None:
    if confidence is None:
        return None
    return {
        "decided": confidence.decided,
        "possible": list(confidence.possible),
        "weights": confidence.weights,
        "evidence": confidence.evidence,
        "together": confidence.together,
        "load_bearing": [
            {
                "claim": one.claim,
                "executed": one.executed,
                "changes": one.changes,
                "verdict": one.verdict,
                "option": one.option,
            }
            for one in confidence.load_bearing
        ],
        "flips": None if confidence.flips is None else _smallest(confidence.flips),
        "margin": None if confidence.margin is None else _margin(confidence.margin),
        "sampled": None if confidence.sampled is None else _sampled(confidence.sampled),
        "critical": [
            {
                "convention": one.convention,
                "given": str(one.given),
                "holds": str(one.holds),
                "changes": str(one.changes),
                "verdict": one.verdict,
            }
            for one in confidence.critical
        ],
        "not_proven": list(confidence.not_proven),
    }


def _smallest(flips: SmallestFlips) -> dict[str, Any]:
    return {
        "least": flips.least,
        "all_found": flips.all_found,
        "sets": [_flip(flip) for flip in flips.sets],
    }


def _margin(margin: Margin) -> dict[str, Any]:
    return {"verdict": margin.verdict, "musts": margin.musts, "value": str(margin.value)}


def _sampled(sampled: SampledShare) -> dict[str, Any]:
    return {
        "share": sampled.share,
        "standard_error": sampled.standard_error,
        "shares": dict(sampled.shares),
        "samples": sampled.samples,
        "seed": sampled.seed,
    }


def _ranked(ranked: Ranked) -> dict[str, Any]:
    return {
        "option": ranked.option,
        "score": str(ranked.score),
        "eliminated_by": [
            {"criteria": list(elimination.criteria), "conflict": elimination.conflict}
            for elimination in ranked.eliminated_by
        ],
        "contributions": [
            {
                "criterion": contribution.criterion,
                "level": contribution.level.word,
                "weight": contribution.weight,
                "value": str(contribution.value),
                "claims": list(contribution.claims),
            }
            for contribution in ranked.contributions
        ],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "claim": evidence.claim,
        "check": evidence.check,
        "option": evidence.option,
        "outcome": evidence.outcome.value,
        "grade": evidence.grade.value,
        "model": evidence.model,
        "measured": {name: _value(value) for name, value in evidence.measured.items()},
        "broker": None if evidence.broker is None else _broker(evidence.broker),
        "rerun": evidence.rerun,
    }


def _broker(broker: BrokerEvidence) -> dict[str, Any]:
    return {
        "address": broker.address,
        "version": broker.version,
        "date": broker.date,
        "agrees": broker.agrees,
    }


def _rule(rule: FiredRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "effect": rule.effect,
        "because": [
            {"need": because.need, "given": _value(because.given), "test": because.test}
            for because in rule.because
        ],
    }


def _assumption(assumption: Assumption) -> dict[str, Any]:
    return {
        "need": assumption.need,
        "value": _value(assumption.value),
        "verdicts": dict(assumption.verdicts),
    }


def _question(question: Question) -> dict[str, Any]:
    return {"need": question.need, "verdicts": dict(question.verdicts)}


def _flip(flip: Flip) -> dict[str, Any]:
    return {
        "changes": [_change(change) for change in flip.changes],
        "verdict": flip.verdict,
        "option": flip.option,
    }


def _change(change: Change) -> dict[str, Any]:
    whose = {} if change.workload is None else {"workload": change.workload}
    return {"need": change.need, "from": _value(change.before), "to": change.after, **whose}


def _value(value: object) -> Any:
    """An end that is open (infinite) is null; a broker version is its text."""
    if isinstance(value, Mapping):
        return {str(name): _value(member) for name, member in value.items()}
    if isinstance(value, tuple):
        return [_value(member) for member in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)
