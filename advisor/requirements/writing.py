"""Renders a requirements file from answers; reading it gives the same answers again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from advisor.documents import escape_text
from advisor.requirements.vocabulary import team_path, vocabulary

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NOT_PLAIN = frozenset({"true", "false", "null"})


def schema_line(schema: str) -> str:
    """The line from which editors complete; ``schema`` is a path or an address."""
    return f"# yaml-language-server: $schema={schema}"


def render(
    *,
    system: str,
    team: Mapping[str, object],
    workloads: Sequence[Mapping[str, object]],
    heading: Sequence[str] = (),
) -> str:
    """The text of a requirements file.

    ``team`` names needs as the vocabulary does (``operations``, ``rabbitmq_version``,
    ``hardware_nodes``). A workload has the keys of the file: ``name``, ``weight``, ``feeds``,
    ``needs``, ``rest``. Values are those of the file: plain ones, ``"unknown"``, mappings of
    ``min``, ``max`` or of ``value``, ``level``. ``heading`` are comment lines, without ``#``.
    """
    lines = [*map(_comment, heading), "schema: requirements/1", f"system: {_scalar(system)}"]
    if team:
        lines.append("team:")
        lines += _team_lines(team)
    lines.append("workloads:")
    for workload in workloads:
        lines += _workload_lines(workload)
    return "\n".join(lines) + "\n"


def _comment(line: str) -> str:
    return "# " + escape_text(" ".join(line.split()))


def _team_lines(team: Mapping[str, object]) -> Iterator[str]:
    groups: dict[str, dict[str, object]] = {}
    for name in (need for need in vocabulary() if need in team):
        path = team_path(name)
        if len(path) == 1:
            yield f"  {name}: {flow(team[name])}"
        else:
            groups.setdefault(path[0], {})[path[1]] = team[name]
    for name, inner in groups.items():
        yield f"  {name}:"
        yield from (f"    {key}: {flow(value)}" for key, value in inner.items())


def _workload_lines(workload: Mapping[str, object]) -> Iterator[str]:
    yield f"- name: {_scalar(str(workload['name']))}"
    for key in ("weight", "feeds"):
        if key in workload:
            yield f"  {key}: {flow(workload[key])}"
    needs = workload.get("needs")
    if isinstance(needs, Mapping) and needs:
        yield "  needs:"
        yield from (f"    {name}: {flow(needs[name])}" for name in vocabulary() if name in needs)
    if "rest" in workload:
        yield f"  rest: {flow(workload['rest'])}"


def flow(value: object) -> str:
    """A value of the file on one line."""
    match value:
        case Mapping():
            return (
                "{" + ", ".join(f"{flow(key)}: {flow(part)}" for key, part in value.items()) + "}"
            )
        case list() | tuple():
            return "[" + ", ".join(map(flow, value)) + "]"
        case _:
            return _scalar(value)


def _scalar(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case _:
            text = str(value)
            plain = _PLAIN.fullmatch(text) and text.casefold() not in _NOT_PLAIN
            return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if letter.isprintable():
        return letter
    code = ord(letter)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )
