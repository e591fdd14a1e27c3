"""The one place where observations of the model and of a cluster are made comparable.

Each rule has its reason; what is not listed here is compared as it is.

- Texts of refusals are dropped, codes kept: wordings differ between versions.
- Stamps are dropped: clocks differ. What a broker makes of them shows in ``OffsetForTime``.
- Records of one answer are told by partition: the order between partitions is nobody's promise.
- Which poll brings which records is dropped in ``ReadAll``: a network delivers in what portions it
  likes. ``Poll`` itself is compared as it is.
- Assignments are told in order: a client lists them as it likes.
- Nodes are told by their part: 0 is who led first, 1 another: placement is the controller's choice.
- Topics are listed that are the program's own: others run on the same cluster.
- The library says ``FENCED`` for both codes of a fenced producer (47, 90), -150 (fatal) for that of
  a static member that another took the place of (82), and ``STATE`` for what it knows by itself.
- The library keeps trying on ``NOT_ENOUGH_REPLICAS`` until its own timeout and tells only that.
- The library checks some arguments itself (-186): any refusal of the model is the same to a user.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.domain.outcome import Done, Outcome, Refused, Unmodelled
from advisor.subjects.kafka import protocol as kafka

_FENCED = frozenset(
    {"FENCED", "INVALID_PRODUCER_EPOCH", "PRODUCER_FENCED", "FENCED_INSTANCE_ID", "-150"}
)


def record(found: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "at": [found.topic, found.partition, found.offset],
        "key": _text(found.key),
        "value": _text(found.value),
    }
    if found.headers:
        shown["headers"] = [[name, _text(content)] for name, content in found.headers]
    if found.delivery_count is not None:
        shown["count"] = found.delivery_count
    return shown


def records(found: Any) -> list[dict[str, Any]]:
    """By partition, in order of arrival there."""
    rows = [record(one) for one in found]
    return sorted(rows, key=lambda row: (row["at"][0], row["at"][1]))


def _text(content: bytes | None) -> str | None:
    if content is None:
        return None
    return content.decode() if len(content) <= 60 else f"{len(content)} bytes"


def value(operation: kafka.Operation[Any], found: Any, leaders: dict[Any, int], own: str) -> Any:
    """What a call that is done shows."""
    if isinstance(operation, kafka.Poll):
        return records(found)
    if isinstance(operation, kafka.Assignment):
        return None if found is None else sorted(list(one) for one in found)
    if isinstance(operation, kafka.DescribeTopic):
        return [_part(operation.topic, number, node, leaders) for number, node in enumerate(found)]
    if isinstance(operation, kafka.ListTopics):
        return [name for name in found if name.startswith(own)]
    if isinstance(found, Mapping):
        return sorted([*place, offset] for place, offset in found.items())
    if isinstance(found, tuple):
        return list(found)
    return found


def _part(topic: str, number: int, node: int | None, leaders: dict[Any, int]) -> int | None:
    if node is None:
        return None
    return 0 if leaders.setdefault((topic, number), node) == node else 1


def outcome_of(
    operation: kafka.Operation[Any], outcome: Outcome[Any], leaders: dict[Any, int], own: str
) -> Any:
    """Done with its value, a code, no answer, or a gap of the model."""
    if isinstance(outcome, Done):
        return {"done": value(operation, outcome.value, leaders, own)}
    if isinstance(outcome, Refused):
        return refusal(operation, outcome.code)
    if isinstance(outcome, Unmodelled):
        return {"unmodelled": outcome.gap}
    return "no answer"


def refusal(operation: kafka.Operation[Any], code: str) -> Any:
    if code in _FENCED:
        return {"refused": "fenced"}
    if code == "NOT_ENOUGH_REPLICAS" and isinstance(operation, kafka.Produce):
        return "no answer"
    return {"refused": code}


def same(broker: Any, model: Any) -> bool:
    """Whether the two show the same; see the last rule above."""
    if broker == {"refused": "-186"} and isinstance(model, dict):
        return "refused" in model
    return bool(broker == model)
