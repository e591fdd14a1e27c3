"""Reads the rules of one or several folders into a rule book.

A folder holds ``options/*.yaml``, ``criteria/*.yaml`` and ``conventions.yaml``. A later folder
adds files, or replaces those of the same id. Everything is parsed against the needs, options and
checks that it names; all problems of all files are reported together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.documents import check_schema, did_you_mean, quoted, read_yaml
from advisor.domain.problem import InputError, Position, Problem
from advisor.domain.requirements import NeedType
from advisor.domain.rules import Conventions, Criterion, Option, RuleBook
from advisor.rulebook.conventions import read_conventions
from advisor.rulebook.criteria import Names, read_criterion
from advisor.rulebook.options import read_option
from advisor.rulebook.record import Faults


@dataclass
class _Files:
    """Where rules lie, and what was wrong with them."""

    folders: Sequence[Path]
    trusted: bool
    problems: list[Problem]

    def under(self, part: str, kind: str) -> Iterator[tuple[Path, Faults]]:
        """Every file of schema ``kind`` that can be read, in order, first folder first."""
        for folder in self.folders:
            for path in sorted(folder.glob(part)):
                faults = self._open(path, kind, trusted=self.trusted and folder == self.folders[0])
                if faults is not None:
                    yield path, faults

    def named(self, part: str) -> tuple[str, ...]:
        """What the files of a part are named after, faulty ones too: one fault is said once."""
        paths = (path for folder in self.folders for path in sorted(folder.glob(f"{part}/*.yaml")))
        return tuple(dict.fromkeys(path.stem for path in paths))

    def _open(self, path: Path, kind: str, *, trusted: bool) -> Faults | None:
        try:
            document = read_yaml(path)
        except InputError as error:
            self.problems.extend(error.problems)
            return None
        declared = document.data.get("schema") if isinstance(document.data, dict) else None
        if declared != f"{kind}/1":
            message = f"a file here declares schema: {kind}/1"
            self.problems.append(document.problem(("schema",), message))
            return None
        found = [] if trusted else check_schema(document, kind)
        self.problems.extend(found)
        return None if found else Faults(document)

    def close(self, faults: Faults) -> bool:
        """Keep the problems of one file; whether there were none."""
        self.problems.extend(faults.problems)
        return not faults.problems


def load_rule_book(
    folders: Sequence[Path],
    *,
    needs: Mapping[str, NeedType],
    checks: Collection[str],
    trusted: bool,
) -> RuleBook:
    """The rules of ``folders``; ``needs`` has the derived ones too, ``checks`` the known ids.

    With ``trusted`` the first folder skips its JSON Schemas, not the parsing. Raises InputError
    with every problem of every file.
    """
    files = _Files(folders, trusted, [])
    options = _options(files, needs)
    names = Names(needs, files.named("options"), checks)
    criteria = _criteria(files, names)
    conventions = _conventions(files, needs)
    files.problems.extend(_dangling(criteria, files.named("criteria")))
    if not names.options:
        files.problems.append(Problem(Position(str(folders[0])), "has no options"))
    if conventions is None and not files.problems:
        files.problems.append(Problem(Position(str(folders[0])), "has no conventions.yaml"))
    if files.problems or conventions is None:
        raise InputError(*sorted(set(files.problems)))
    return RuleBook(tuple(options.values()), tuple(criteria.values()), conventions, digest(folders))


def digest(folders: Sequence[Path]) -> str:
    """SHA-256 over every YAML file of the folders, checks and capacities included, by name."""
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            content = path.read_bytes()
            name = path.relative_to(folder).as_posix()
            total.update(f"{name}\n{len(content)}\n".encode())
            total.update(content)
    return total.hexdigest()


def _options(files: _Files, needs: Mapping[str, NeedType]) -> dict[str, Option]:
    found: dict[str, Option] = {}
    for path, faults in files.under("options/*.yaml", "option"):
        option = read_option(faults, needs)
        _check_name(faults, path, option.id)
        if files.close(faults):
            found[option.id] = option
    return found


def _criteria(files: _Files, names: Names) -> dict[str, Criterion]:
    found: dict[str, Criterion] = {}
    for path, faults in files.under("criteria/*.yaml", "criterion"):
        criterion = read_criterion(faults, names)
        _check_name(faults, path, criterion.id)
        if files.close(faults):
            found[criterion.id] = criterion
    return found


def _conventions(files: _Files, needs: Mapping[str, NeedType]) -> Conventions | None:
    found: Conventions | None = None
    for _, faults in files.under("conventions.yaml", "conventions"):
        conventions = read_conventions(faults, needs)
        if files.close(faults):
            found = conventions
    return found


def _check_name(faults: Faults, path: Path, identity: str) -> None:
    """One rule, found by its name: so no id is declared twice in a folder either."""
    if identity and identity != path.stem:
        faults.add(("id",), f"the file of {quoted(identity)} is named {path.name}")


def _dangling(criteria: Mapping[str, Criterion], named: Collection[str]) -> Iterator[Problem]:
    for criterion in criteria.values():
        for conflict in criterion.conflicts:
            for name in sorted(conflict.criteria - set(named)):
                message = f"unknown criterion {quoted(name)}"
                yield Problem(conflict.position, message, did_you_mean(name, named))
