"""A team's own evidence: live runs held against the model, kept in a file, read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.advise.broker_evidence import Agreement, as_text, check_digest, observed, read_own
from advisor.advise.library import Library
from advisor.checks.check import runs_live
from advisor.checks.judge import Undecided
from advisor.domain.problem import InputError, Position, Problem
from advisor.domain.version import BrokerVersion
from advisor.requirements import version_bounds, vocabulary
from advisor.subjects.address import Address
from advisor.subjects.matrix import Run, perform
from advisor.subjects.open import performs, variants


@dataclass(frozen=True, slots=True)
class OwnEvidence:
    """What counts, and what does not, each with its reason in one line."""

    counted: tuple[Agreement, ...] = ()
    left_out: tuple[str, ...] = ()


def held_against_model(run: Run, library: Library, date: str) -> Agreement | None:
    """A live run beside the model of the same version, with the same durations.

    None where nothing was decided, or no such version is modelled.
    """
    address, digest = run.address, check_digest(run.check)
    if isinstance(run.result, Undecided) or digest is None or not _modelled(address):
        return None
    assert address.version is not None
    seen = observed(run.result)
    model = _on_model(library, run.check, address.option, run.variant, address.version)
    return Agreement(
        check=run.check,
        option=address.option,
        variant=run.variant,
        version=address.version,
        broker=address.release or str(address.version),
        date=date,
        digest=digest,
        held=seen["held"],
        measured=seen["measured"],
        parts=tuple(seen["parts"]),
        model=None if model == seen else model,
    )


def evidence_text(agreements: Sequence[Agreement]) -> str:
    """The file for them; InputError if there are none, or if they are of several brokers."""
    brokers = {(one.option.partition(".")[0], one.version, one.broker) for one in agreements}
    if len(brokers) != 1:
        why = "no live run was decided" if not brokers else "the runs are of several brokers"
        hint = "one file is about one broker: advisor check --on live:... --evidence FILE"
        raise InputError(Problem(Position("--evidence"), f"nothing is written: {why}", hint))
    ((system, _, _),) = brokers
    return as_text(system, agreements)


def _modelled(address: Address) -> bool:
    name = f"{address.technology}_version"
    if address.version is None or name not in vocabulary():
        return False
    oldest, newest = version_bounds(name)
    return oldest <= address.version <= newest


def _on_model(
    library: Library, check: str, option: str, variant: str | None, version: BrokerVersion
) -> dict[str, object]:
    address = Address("model", option, version)
    run = perform(library.checks[check], address, variant, trace=False, as_live=True)
    return observed(run.result)


def read_evidence(paths: Iterable[Path], library: Library) -> OwnEvidence:
    """All entries of these files; InputError for a file that is none."""
    counted: list[Agreement] = []
    left_out: list[str] = []
    for path in paths:
        for one in read_own(path):
            why = _not_counted(one, library)
            if why is None:
                counted.append(one)
            else:
                run = f"{one.check} on {one.option}{f' with {one.variant}' * bool(one.variant)}"
                left_out.append(f"{path}: {run} does not count: {why}")
    return OwnEvidence(tuple(counted), tuple(left_out))


def _not_counted(one: Agreement, library: Library) -> str | None:
    check = library.checks.get(one.check)
    if check is None or one.stale or not runs_live(check) or check.kind != "scenario":
        return "the check is another one by now"
    known = performs(one.option) and (one.variant is None or one.variant in variants(one.option))
    if not known or not _modelled(Address("model", one.option, one.version)):
        return f"no model of {one.version} performs it"
    model = _on_model(library, one.check, one.option, one.variant, one.version)
    if model != (one.model or one.seen):
        return "the model shows something else by now"
    return None


def other_versions(evidence: Sequence[Agreement], running: Mapping[str, str]) -> Iterator[str]:
    """Where entries are about another version than the team's, one line for each."""
    found = dict.fromkeys((one.option.partition(".")[0], str(one.version)) for one in evidence)
    for system, version in found:
        team = running.get(system)
        if team is not None and team != version:
            yield f"evidence on {system} {version} does not count for {system} {team}"
