"""The file that ``advisor init`` writes: valid as it stands, every need explained in a comment."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from advisor.documents import schemas_folder
from advisor.domain.requirements import Kind, NeedType
from advisor.domain.version import BrokerVersion
from advisor.requirements.vocabulary import question, team_path, vocabulary
from advisor.requirements.writing import schema_line

_HEADING = """\
# What a team needs from messaging. Take the # away from the needs that you know, and correct them.
# A need is written as
#   its value       messages_per_second: 200
#   not known yet   messages_per_second: unknown
#   a range         messages_per_second: {min: 50, max: 400}
#   with a level    replay: {value: recent, level: should}       must, should or nice
# What stays left out is assumed to have the value that stands here; the report lists it.
schema: requirements/1
system: my-system
"""
_UNKNOWN = ("work_queue", "replay", "messages_per_second")
_REST = """
  # This states that nothing else is needed, instead of only assuming it:
  # rest: not_needed
  # Names of other workloads that this one passes messages on to:
  # feeds: []
"""


def starter_text(schema: str | None = None) -> str:
    """The text; ``schema`` is what editors complete from, the installed schema if left out."""
    location = schema or (schemas_folder() / "requirements.schema.json").as_uri()
    lines = [schema_line(location), _HEADING + "team:"]
    lines += _team_lines()
    lines += ["workloads:", "- name: my-workload", "  needs:"]
    for name, need in vocabulary().items():
        if not need.of_team:
            lines += _need_lines(name, need)
    return "\n".join(lines) + "\n" + _REST.removeprefix("\n")


def _team_lines() -> Iterator[str]:
    group = ""
    for name, need in vocabulary().items():
        if not need.of_team:
            continue
        path = team_path(name)
        if len(path) == 1:
            yield from _comments(f"{question(name)}{_choices(need)}", "  ")
            yield f"  # {name}: {_shown(need)}"
            continue
        if path[0] != group:
            group = path[0]
            yield f"  # {group}:"
        unit = f"   # {need.unit}" if need.unit else ""
        yield f"  #   {path[1]}: {_shown(need)}{unit}"


def _need_lines(name: str, need: NeedType) -> Iterator[str]:
    yield from _comments(f"{question(name)} {need.meaning}{_choices(need)}", "    ")
    if name in _UNKNOWN:
        yield f"    {name}: unknown"
    else:
        unit = f"   # {need.unit}" if need.unit else ""
        yield f"    # {name}: {_shown(need)}{unit}"


def _choices(need: NeedType) -> str:
    if need.kind is Kind.LIST:
        return f" Of: {', '.join(need.choices)}."
    return f" One of: {', '.join(need.choices)}." if need.kind is Kind.CHOICE else ""


def _comments(text: str, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in textwrap.wrap(text, 94 - len(indent))]


def _shown(need: NeedType) -> str:
    match need.default:
        case bool() as truth:
            return str(truth).lower()
        case tuple() as members:
            return f"[{', '.join(members)}]"
        case BrokerVersion() as version:
            return f'"{version}"'
        case value:
            return str(value)
