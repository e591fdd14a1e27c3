"""The verdicts in sentences that a person would say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from advisor.domain.recommendation import Recommendation, WorkloadAdvice
from advisor.wording.lookup import Lookup
from advisor.wording.words import joined, spans

_SYSTEMS = {"rabbitmq": "RabbitMQ", "kafka": "Kafka", "both": "RabbitMQ and Kafka"}
_STATUS = {
    "robust": "decided, and robust",
    "conditional": "decided for these answers and weights",
    "both": "two systems, each for the workloads that it fits",
    "split": "one workload divided between two systems",
    "none-needed": "no broker is needed",
    "ask-first": "open until a question is answered",
    "tie": "an exact tie",
    "unmet": "no design meets every must",
}


def status_words(status: str) -> str:
    """What a status means."""
    return _STATUS.get(status, status)


def verdict_name(verdict: str) -> str:
    """A verdict as it is named in running text."""
    return _SYSTEMS.get(verdict) or {"none": "no broker"}.get(verdict, verdict)


def system_sentence(recommendation: Recommendation) -> str:
    """The whole answer in one sentence."""
    system = recommendation.system
    match system.status:
        case "robust" | "conditional":
            return f"Use {verdict_name(system.verdict)}."
        case "both":
            return "Use RabbitMQ and Kafka, each for the workloads that it fits."
        case "split":
            return f"Divide a workload, and run {verdict_name(system.verdict)}."
        case "none-needed":
            return "You need no broker: neither RabbitMQ nor Kafka would earn its cost."
        case "ask-first":
            return f"It still depends: the open answers leave {_choice(system.possible)}."
        case "tie":
            return f"An exact tie: {_choice(system.possible)} fit equally well."
        case "unmet":
            return "No design meets everything that you marked as a must."
        case _:
            return f"{verdict_name(system.verdict)} ({system.status})."


def workload_sentence(workload: WorkloadAdvice, lookup: Lookup) -> str:
    """What one workload should use, and how settled that is."""
    picked = lookup.title(workload.option) if workload.option else "nothing"
    match workload.status:
        case "ask-first":
            return f"Provisionally {picked}: {status_words('ask-first')}."
        case "tie":
            return f"{status_words('tie').capitalize()}; first in order is {picked}."
        case "unmet":
            return f"No design meets every must; the nearest miss is {picked}."
        case _:
            return f"Use {picked}: {status_words(workload.status)}."


def grade_sentence(grade: str | None) -> str:
    """What the grade says, also where there is none."""
    if grade is None:
        return "Robustness was not computed, so there is no grade."
    meaning = {
        "A": "robust in answers, weights and evidence",
        "B": "every claim that carries it was executed, and two answers must change to change it",
        "C": "decided, but it rests on an assumption, a weight or a claim that was not executed",
        "D": "several results are possible",
    }
    return f"Grade {grade}: {meaning[grade]}." if grade in meaning else f"Grade {grade}."


def fork_sentence(need: str, verdicts: Mapping[str, str]) -> str:
    """``If replay is none: RabbitMQ; if it is recent or everything: Kafka.``"""
    answers: dict[str, list[str]] = {}
    for value, verdict in verdicts.items():
        answers.setdefault(verdict, []).append(value)
    parts = [
        f"if {'it' if index else need} is {joined(spans(values), 'or')}: {verdict_name(verdict)}"
        for index, (verdict, values) in enumerate(answers.items())
    ]
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] + "." if text else ""


def _choice(verdicts: Iterable[str]) -> str:
    return joined((verdict_name(verdict) for verdict in verdicts), "or")
