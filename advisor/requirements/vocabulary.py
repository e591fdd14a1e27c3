"""The needs that a file can state, read from ``schemas/requirements.schema.json``.

The schema is the one place where units, bounds, defaults and choices stand. Broker versions get
theirs from the models.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from math import prod
from types import MappingProxyType
from typing import Any

from advisor.documents import schema_of
from advisor.domain.predicate import Value
from advisor.domain.requirements import Kind, NeedType
from advisor.domain.version import BrokerVersion
from advisor.requirements.versions import version_bounds

SCHEMA = "requirements"
UNKNOWN = "unknown"

Schema = Mapping[str, Any]
Path = tuple[str, ...]


@cache
def vocabulary() -> Mapping[str, NeedType]:
    """Every need, those of the team included, in the order of the schema."""
    needs = {name: _need(name, part) for name, part in _needs().items()}
    team = {name: _need(name, part, of_team=True) for name, (_, part) in _team().items()}
    return MappingProxyType({**needs, **team})


@cache
def derived_needs() -> Mapping[str, NeedType]:
    """Numbers that rules read although no file states them: the product of two needs."""
    return MappingProxyType(
        {
            name: NeedType(
                name=name,
                kind=Kind.NUMBER,
                meaning=part["description"],
                unit=part["x-unit"],
                default=_product(part),
                unsaid=tuple(part["x-unsaid"]),
                least=_product(part, "least"),
                greatest=_product(part, "greatest"),
            )
            for name, part in schema_of(SCHEMA)["x-derived"].items()
        }
    )


def product_of(name: str) -> tuple[tuple[str, ...], float]:
    """The needs whose product the derived need ``name`` is, and what it is divided by."""
    part = schema_of(SCHEMA)["x-derived"][name]
    return tuple(part["x-product"]), float(part["x-divisor"])


def question(name: str) -> str:
    """What a person is asked about the need ``name``."""
    part = _needs().get(name) or _team()[name][1]
    return str(part["title"])


def team_path(name: str) -> Path:
    """Where a need of the team stands under ``team``: ``("hardware", "nodes")``."""
    return _team()[name][0]


def team_names() -> Mapping[Path, str]:
    """The needs of the team by their place under ``team``."""
    return {path: name for name, (path, _) in _team().items()}


def _needs() -> Mapping[str, Schema]:
    workload = schema_of(SCHEMA)["definitions"]["workload"]
    needs: Mapping[str, Schema] = workload["properties"]["needs"]["properties"]
    return needs


@cache
def _team() -> Mapping[str, tuple[Path, Schema]]:
    return dict(_flattened(schema_of(SCHEMA)["properties"]["team"]["properties"]))


def _flattened(team: Schema) -> Iterator[tuple[str, tuple[Path, Schema]]]:
    for name, part in team.items():
        if "properties" not in part:
            yield name, ((name,), part)
            continue
        for inner, inner_part in part["properties"].items():
            flat = f"{inner}_version" if name == "broker_versions" else f"{name}_{inner}"
            yield flat, ((name, inner), inner_part)


def _need(name: str, part: Schema, *, of_team: bool = False) -> NeedType:
    form = _form(part)
    kind = _kind(form)
    default: Any = part.get("default")
    return NeedType(
        name=name,
        kind=kind,
        meaning=part["description"],
        unit=part.get("x-unit", ""),
        default=version_bounds(name)[1] if kind is Kind.VERSION else as_value(default),
        default_from=part.get("x-default-from"),
        choices=tuple(_choices(form)),
        least=form.get("minimum"),
        greatest=form.get("maximum"),
        whole_numbers=form.get("type") == "integer",
        unsaid=tuple(as_value(value) for value in part.get("x-unsaid", ())),
        not_needed=tuple(as_value(value) for value in part.get("x-not-needed", ())),
        of_team=of_team,
    )


def as_value(data: Any) -> Value:
    """A value of a file as the rules see it: lists become tuples."""
    value: Value = tuple(data) if isinstance(data, list) else data
    return value


def _form(part: Schema) -> Schema:
    """The piece of schema that a plain value has; references are followed."""
    form: Schema = part["anyOf"][0]
    if "$ref" in form:
        name = form["$ref"].rpartition("/")[2]
        form = {**schema_of(SCHEMA)["definitions"][name], "name": name}
    return form


def _kind(form: Schema) -> Kind:
    if form.get("name") == "version":
        return Kind.VERSION
    kinds = {"boolean": Kind.BOOLEAN, "array": Kind.LIST}
    kinds |= {"integer": Kind.NUMBER, "number": Kind.NUMBER}
    return kinds.get(form.get("type", ""), Kind.CHOICE)


def _choices(form: Schema) -> list[str]:
    if form.get("type") == "array":
        items = form["items"]
        return [*items.get("enum", items.get("anyOf", [{}])[0].get("enum", ()))]
    return list(form.get("enum", ()))


def _product(part: Schema, bound: str = "default") -> float:
    factors = [getattr(vocabulary()[factor], bound) for factor in part["x-product"]]
    return float(prod(factors) / part["x-divisor"])


def parsed_version(text: object) -> BrokerVersion | None:
    """The version that ``text`` is, None if it is none."""
    try:
        return BrokerVersion.parse(text) if isinstance(text, str) else None
    except ValueError:
        return None
