"""Checks run for their own sake: what held, what was measured, and which claims that bears out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from advisor.advise.broker_evidence import Agreement
from advisor.advise.court import Court, version_field
from advisor.advise.library import Library, load_library
from advisor.advise.own_evidence import held_against_model
from advisor.checks.claims import judge_claim, needs_variant
from advisor.checks.judge import Held, NotHeld, Result, Undecided
from advisor.documents import did_you_mean
from advisor.domain.evidence import Measured, Verdict
from advisor.domain.predicate import OPERATORS, atoms
from advisor.domain.problem import InputError, Position, Problem
from advisor.domain.rules import Claim
from advisor.domain.version import BrokerVersion
from advisor.requirements import version_bounds, vocabulary
from advisor.subjects.address import Address
from advisor.subjects.matrix import Run, perform_bridge
from advisor.subjects.open import NotPerformed, located, performs, variants


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One run; ``claims`` has what it says, with its companion run, of each claim that names it.

    ``agreement``: what a real broker of that version showed beside the model; on a live broker
    this very run.
    """

    check: str
    address: str
    variant: str | None
    result: str
    measured: Mapping[str, Measured]
    native_calls: tuple[str, ...]
    claims: tuple[tuple[str, Verdict], ...] = field(default=())
    agreement: Agreement | None = None


def run_checks(
    ids: Sequence[str],
    options: Sequence[str],
    versions: Mapping[str, str],
    on: Sequence[str] = (),
    date: str = "",
    told: Callable[[str], None] = lambda _: None,
) -> Iterator[CheckRun]:
    """Every scenario and bridge check named (all if none), on every option named (all if none).

    ``versions`` by system; the newest modelled where left out. Natively first, then with each
    variant that a claim on it names. With addresses in ``on``, live ones too, there and only
    there; ``date`` is the day of live runs. ``told`` hears what is run next. InputError for a name
    or version that does not exist, or a broker out of reach.
    """
    library = load_library()
    known = [option.id for option in library.book.options if performs(option.id)]
    _must_exist("check", ids, [*library.checks, *library.capacity_checks])
    _must_exist("option", options, known)
    running = _running(versions)
    court = Court(library, trace=True)
    places = [_place(text, known) for text in on]
    for check in ids or library.checks:
        if check in library.capacity_checks:
            raise InputError(_calculated(check))
        if places:
            if library.checks[check].kind == "scenario":
                for place in places:
                    yield from _runs(library, court, check, place, date, told)
            continue
        for option in options or known:
            if library.checks[check].kind == "bridge":
                yield from _bridges(library, check, option, known, running)
            else:
                address = _address(option, running)
                yield from _runs(library, court, check, address, date, told)


def _runs(
    library: Library,
    court: Court,
    check: str,
    address: Address,
    date: str,
    told: Callable[[str], None],
) -> Iterator[CheckRun]:
    claims = [claim for claim in _claims_on(library, address.option) if check in claim.checks]
    named = [claim.variant for claim in claims if needs_variant(claim.strength)]
    tried = [name for name in variants(address.option) if name in named]
    told(f"{check} on {address}")
    native = court.run(check, address, None)
    assert isinstance(native, Run)
    for variant in (None, *tried):
        told(f"{check} on {address} with {variant}" if variant else f"{check} on {address}")
        run = court.run(check, address, variant)
        assert isinstance(run, Run)
        verdicts = tuple(
            (claim.id, judge_claim(claim.strength, native.result, run.result if variant else None))
            for claim in claims
            if (claim.variant if needs_variant(claim.strength) else None) == variant
            and _applies(claim, address)
        )
        yield _check_run(run, verdicts, _agreement(run, court, date))


def _agreement(run: Run, court: Court, date: str) -> Agreement | None:
    address = run.address
    if address.where == "live":
        return held_against_model(run, court.library, date)
    if address.version is None:
        return None
    return court.agreements.find(run.check, address.option, run.variant, address.version)


def _place(text: str, known: Sequence[str]) -> Address:
    """The address of an installation that is there."""
    try:
        address = Address.parse(text)
    except ValueError as error:
        raise InputError(Problem(Position("--on"), str(error))) from None
    _must_exist("option", [address.option], known)
    try:
        return located(address)
    except NotPerformed as reason:
        raise InputError(Problem(Position("--on"), reason.reason)) from None


def _bridges(
    library: Library, check: str, option: str, known: Sequence[str], running: Mapping[str, str]
) -> Iterator[CheckRun]:
    """From this option to every design of another system."""
    source = _address(option, running)
    for other in known:
        target = _address(other, running)
        if target.technology != source.technology and target.version and source.version:
            yield _check_run(perform_bridge(library.checks[check], source, target), ())


def _check_run(
    run: Run, verdicts: tuple[tuple[str, Verdict], ...], agreement: Agreement | None = None
) -> CheckRun:
    place = str(run.address) if run.target is None else f"{run.address} -> {run.target}"
    return CheckRun(
        check=run.check,
        address=place,
        variant=run.variant,
        result=_word(run.result),
        measured={} if isinstance(run.result, Undecided) else run.result.measured,
        native_calls=run.observation.native_calls or (),
        claims=verdicts,
        agreement=agreement,
    )


def _word(result: Result) -> str:
    match result:
        case Held():
            return "held"
        case NotHeld(because=because):
            return f"not held: {because}"
        case Undecided(reason=reason):
            return f"undecided: {reason}"


def _claims_on(library: Library, option: str) -> Iterator[Claim]:
    for criterion in library.book.criteria:
        yield from (claim for claim in criterion.claims if claim.option == option)


def _applies(claim: Claim, address: Address) -> bool:
    """Whether the claim is made for this version; conditions on needs do not matter here."""
    compared = [atom for atom in atoms(claim.when) if atom.field == version_field(address.option)]
    return all(OPERATORS[atom.operator](address.version, atom.literal) for atom in compared)


def _address(option: str, running: Mapping[str, str]) -> Address:
    technology = option.partition(".")[0]
    version = running.get(technology)
    return Address("model", option, None if version is None else BrokerVersion.parse(version))


def _running(versions: Mapping[str, str]) -> dict[str, str]:
    running: dict[str, str] = {}
    for name in vocabulary():
        if not name.endswith("_version"):
            continue
        oldest, newest = version_bounds(name)
        system = name.removesuffix("_version")
        given = versions.get(system)
        running[system] = str(newest if given is None else _within(system, given, oldest, newest))
    return running


def _within(system: str, given: str, oldest: BrokerVersion, newest: BrokerVersion) -> BrokerVersion:
    place = Position(f"--{system}-version")
    try:
        version = BrokerVersion.parse(given)
    except ValueError as error:
        raise InputError(Problem(place, str(error), f"from {oldest} to {newest}")) from None
    if not oldest <= version <= newest:
        nearest = oldest if version < oldest else newest
        message = f"version {version} is not modelled, {oldest} to {newest} are"
        raise InputError(Problem(place, message, f"the nearest is {nearest}"))
    return version


def _calculated(check: str) -> Problem:
    message = "a capacity check is calculated from a requirements file, never run"
    return Problem(Position(check), message, "advisor recommend FILE shows it")


def _must_exist(what: str, names: Sequence[str], known: Sequence[str]) -> None:
    problems = [
        Problem(Position(name), f"there is no such {what}", did_you_mean(name, known))
        for name in names
        if name not in known
    ]
    if problems:
        raise InputError(*problems)
