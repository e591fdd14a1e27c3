"""Hears every claim: runs the checks that can refute it and keeps what came out.

A functional check never reads the requirements, so it is run once for each design, version and
variant. A capacity check reads them, so it is judged for each piece of the answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advisor.advise.broker_evidence import Agreement, Agreements
from advisor.advise.founding import written
from advisor.advise.library import Library
from advisor.checks.claims import judge_claim, needs_variant
from advisor.checks.judge import Held, NotHeld, Result, Undecided
from advisor.domain.cell import Cell
from advisor.domain.evidence import BrokerEvidence, Evidence, Measured, Verdict
from advisor.domain.rules import Claim, Trust
from advisor.domain.version import BrokerVersion
from advisor.requirements import derived_needs, vocabulary
from advisor.subjects.address import Address
from advisor.subjects.matrix import Run, perform
from advisor.subjects.open import NotPerformed, performs

Numbers = Mapping[str, Measured | tuple[float, float]]


def version_field(option: str) -> str:
    """The field that says which version of the option's system runs (if the team has one)."""
    return f"{option.partition('.')[0]}_version"


class Court:
    """Runs on demand, each run once; ``trace`` keeps the native calls of each run.

    Where a real broker of the same version was asked, too, it is what is judged.
    """

    def __init__(
        self,
        library: Library,
        *,
        executing: bool = True,
        trace: bool = False,
        agreements: Agreements | None = None,
    ) -> None:
        self.library = library
        self.executing = executing
        self.trace = trace
        self.agreements = agreements or Agreements()
        self._runs: dict[tuple[str, str, str | None], Run | NotPerformed] = {}
        self._heard: dict[tuple[object, ...], Evidence] = {}

    def reads(self, claim: Claim) -> frozenset[str]:
        """The fields that the evidence of the claim depends on."""
        fields: set[str] = set()
        for check in claim.checks:
            capacity = self.library.capacity_checks.get(check)
            fields |= set(capacity.reads) if capacity else {version_field(claim.option)}
        return frozenset(fields & vocabulary().keys() | fields & derived_needs().keys())

    def hear(self, claim: Claim, cells: Mapping[str, Cell]) -> tuple[Evidence, ...]:
        """The claim held against each of its checks, where the answers lie in these cells."""
        if not claim.checks:
            return (self._not_executed(claim, None, claim.not_run_because),)
        return tuple(
            self._capacity(claim, check, cells)
            if check in self.library.capacity_checks
            else self._scenario(claim, check, cells)
            for check in claim.checks
        )

    def run(self, check: str, address: Address, variant: str | None) -> Run | NotPerformed:
        """The run of a scenario check on a design: made when first asked for."""
        key = (check, str(address), variant)
        if key not in self._runs:
            try:
                found = perform(self.library.checks[check], address, variant, trace=self.trace)
                self._runs[key] = found
            except NotPerformed as reason:
                self._runs[key] = reason
        return self._runs[key]

    def _scenario(self, claim: Claim, check: str, cells: Mapping[str, Cell]) -> Evidence:
        if not self.executing:
            return self._not_executed(claim, check, "checks were not asked for")
        if not performs(claim.option):
            return self._not_executed(claim, check, "nobody can perform this design here")
        version = cells[version_field(claim.option)].sample if _is_broker(claim, cells) else None
        key = (
            claim.id,
            claim.option,
            claim.strength,
            claim.variant,
            check,
            version,
            claim.source.kind,
        )
        if key not in self._heard:
            self._heard[key] = self._performed(claim, check, version)
        return self._heard[key]

    def _performed(self, claim: Claim, check: str, version: object) -> Evidence:
        address = Address(
            "model", claim.option, version if isinstance(version, BrokerVersion) else None
        )
        tried = (None, claim.variant) if needs_variant(claim.strength) else (None,)
        results: list[Result] = []
        for variant in tried:
            run = self.run(check, address, variant)
            if isinstance(run, NotPerformed):
                return self._not_executed(claim, check, run.reason)
            results.append(run.result)
        seen = self._on_brokers(check, address, tried)
        # the model where it agrees, since it also says why
        results = [
            one.result if one is not None and not one.agrees else result
            for one, result in zip(seen or (None,) * len(tried), results, strict=True)
        ]
        native, configured = results[0], results[1] if len(results) > 1 else None
        outcome = judge_claim(claim.strength, native, configured)
        return Evidence(
            claim=claim.id,
            check=check,
            option=claim.option,
            outcome=outcome,
            grade=graded(claim, outcome, Trust.BROKER if seen else Trust.MODEL),
            model=str(address),
            measured=_measured(native, claim.variant, configured),
            rerun=f"advisor check {check} --option {claim.option}{_flag(claim, version)}",
            because=_reason(native, claim.variant, configured),
            broker=_broker_evidence(seen),
        )

    def _on_brokers(
        self, check: str, address: Address, tried: Sequence[str | None]
    ) -> tuple[Agreement, ...]:
        """What a real broker showed in each of the runs; nothing unless it made them all."""
        if address.version is None:
            return ()
        found = [
            self.agreements.find(check, address.option, variant, address.version)
            for variant in tried
        ]
        seen = tuple(one for one in found if one is not None)
        return seen if len(seen) == len(found) else ()

    def _capacity(self, claim: Claim, check: str, cells: Mapping[str, Cell]) -> Evidence:
        outcome, numbers = self.library.capacity.judge(
            self.library.capacity_checks[check], claim.option, claim.variant, claim.strength, cells
        )
        measured = dict(numbers)
        because = str(measured.pop("because", ""))
        return Evidence(
            claim=claim.id,
            check=check,
            option=claim.option,
            outcome=outcome,
            grade=graded(claim, outcome, Trust.CALCULATED),
            model=None,
            measured=measured,
            rerun=None,
            because=because,
        )

    def _not_executed(self, claim: Claim, check: str | None, because: str) -> Evidence:
        return Evidence(
            claim=claim.id,
            check=check,
            option=claim.option,
            outcome=Verdict.NOT_EXECUTED,
            grade=written(claim),
            model=None,
            measured={},
            rerun=None,
            because=because,
        )


def graded(claim: Claim, outcome: Verdict, run: Trust) -> Trust:
    """The grade that one check gives a claim: that of the run only where it agreed."""
    if outcome is Verdict.AGREES:
        return run
    return Trust.REFUTED if outcome is Verdict.REFUTES else written(claim)


def _broker_evidence(seen: Sequence[Agreement]) -> BrokerEvidence | None:
    """What the report says of them: the oldest day, and whether all agreed."""
    if not seen:
        return None
    first = min(seen, key=lambda one: one.date)
    agrees = all(one.agrees for one in seen)
    return BrokerEvidence(f"live:{first.option}", first.broker, first.date, agrees)


def _is_broker(claim: Claim, cells: Mapping[str, Cell]) -> bool:
    return version_field(claim.option) in cells


def _flag(claim: Claim, version: object) -> str:
    return "" if version is None else f" --{claim.option.partition('.')[0]}-version {version}"


def _measured(native: Result, variant: str | None, configured: Result | None) -> Numbers:
    """What was measured natively, and with the variant under ``<variant>.<measure>``."""
    numbers: dict[str, Measured | tuple[float, float]] = dict(_values(native))
    if configured is not None:
        numbers.update({f"{variant}.{name}": v for name, v in _values(configured).items()})
        parts = () if isinstance(configured, Undecided) else configured.parts
        numbers[f"{variant}.own_code"] = parts
    return numbers


def _values(result: Result) -> Mapping[str, Measured]:
    return {} if isinstance(result, Undecided) else result.measured


def _reason(native: Result, variant: str | None, configured: Result | None) -> str:
    said = _said(native)
    return said if configured is None else f"{said}; with {variant}: {_said(configured)}"


def _said(result: Result) -> str:
    match result:
        case Held(parts=parts):
            return "held" + (f", by own code: {', '.join(parts)}" if parts else "")
        case NotHeld(because=because):
            return f"not held: {because}"
        case Undecided(reason=reason):
            return f"undecided: {reason}"
