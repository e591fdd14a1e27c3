"""What must hold of every rule that is shipped."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from rulebook_support import VERSIONS, check_files, derive, needs, shipped

from advisor.documents import check_schema, read_yaml, rules_folder, schema_of
from advisor.domain.predicate import OPERATORS, All, Atom, Not, Predicate, fields
from advisor.domain.predicate import Any as AnyOf
from advisor.domain.rules import Claim, Conflict, Criterion, Level, NeedRow
from advisor.domain.version import BrokerVersion
from advisor.rulebook import compile_rules, literals, load_rule_book, run_examples
from advisor.rulebook.compile import rules_of
from advisor.subjects.open import variants

OPTIONS = (
    "kafka.compacted-topic",
    "kafka.share-group",
    "kafka.topic",
    "none.existing-queue",
    "none.no-broker",
    "rabbitmq.classic-queue",
    "rabbitmq.quorum-queue",
    "rabbitmq.stream",
)
MATTERS_OF_THE_ARTICLE = {
    "When to Choose What: reprocess past data": {"replay"},
    "When to Choose What: routed by complex criteria": {"routing"},
    "When to Choose What: background asynchronous tasks": {"work-queue"},
    "When to Choose What: many independent services on one event stream": {"independent-readers"},
    "When to Choose What: ultra-high throughput": {"throughput"},
    "When to Choose What: per-message TTL, delayed operations, or request-response": {
        "message-ttl",
        "delayed-delivery",
        "request-reply",
    },
    "1. Message Retention & Replay": {"replay", "retention", "latest-value-per-key"},
    "2. Ordering & Parallelism": {"ordering"},
    "3. Delivery Guarantees: Promises against Data Loss and Duplication": {"delivery-guarantee"},
    "4. Flow Control & Backpressure: Who Sets the Pace?": {"flow-control"},
    "5. Routing/Topology: 'Smart Broker' vs 'Dumb Broker'": {"routing"},
    "6. Scalability & High Availability (HA)": {"high-availability", "throughput"},
    "7. Ecosystem & Tools: 'Platform' vs 'Broker'": {
        "connectors",
        "stream-processing",
        "schema-governance",
        "management-ui",
        "protocols",
    },
}
CRITERIA = {criterion.id: criterion for criterion in shipped().criteria}


def test_options_are_the_eight_designs() -> None:
    """No design of the decision method is missing, and none was added unnoticed."""
    assert list(OPTIONS) == sorted(option.id for option in shipped().options)


@pytest.mark.parametrize("criterion", CRITERIA.values(), ids=CRITERIA)
def test_examples_come_out_as_their_authors_expected(criterion: Criterion) -> None:
    """A rule carries its example, and the example runs."""
    assert [] == list(run_examples(criterion, needs(), derive))


@pytest.mark.parametrize("criterion", CRITERIA.values(), ids=CRITERIA)
def test_examples_show_every_row_firing_and_none_firing(criterion: Criterion) -> None:
    """Each row decides the level once; once nothing is needed."""
    shown = {example.fires for example in criterion.examples}
    assert {row.id for row in criterion.needs} <= shown
    assert Level.NO in {example.level for example in criterion.examples}


@pytest.mark.parametrize("criterion", CRITERIA.values(), ids=CRITERIA)
def test_examples_stay_inside_the_vocabulary(criterion: Criterion) -> None:
    """What an example gives, a requirements file could give."""
    for example in criterion.examples:
        assert set(example.answers) <= set(needs()) - {"megabytes_per_second"}


def test_every_need_is_read() -> None:
    """A question that nothing depends on must not be asked."""
    read = set(literals(shipped()))
    used = {check for criterion in shipped().criteria for check in _checks(criterion)}
    for check in used:
        read.update(check_files()[check].get("reads", ()))
    read.add("operations")  # read by the costs alone
    assert set() == set(needs()) - read


def _checks(criterion: Criterion) -> set[str]:
    rules: list[Claim | Conflict] = [*criterion.claims, *criterion.conflicts]
    return {check for rule in rules for check in rule.checks}


def test_every_check_is_used() -> None:
    """A check that no claim names proves nothing; a bridge belongs to a system, not to a claim."""
    used = {check for criterion in shipped().criteria for check in _checks(criterion)}
    idle = {name for name in check_files() if name not in used}
    assert {"bridge"} == {check_files()[name]["kind"] for name in idle}


@pytest.mark.parametrize("criterion", CRITERIA.values(), ids=CRITERIA)
def test_every_option_is_claimed(criterion: Criterion) -> None:
    """Silence about an option would count as neither for nor against it."""
    assert set(OPTIONS) == {claim.option for claim in criterion.claims}


@pytest.mark.parametrize("criterion", CRITERIA.values(), ids=CRITERIA)
def test_every_option_is_claimed_wherever_the_criterion_is_needed(criterion: Criterion) -> None:
    """In every cell where some row asks for it, each option has a claim that applies."""
    for answers in _corners(criterion):
        rows = [row for row in criterion.needs if _holds(row.when, answers)]
        if rows:
            applying = {claim.option for claim in criterion.claims if _holds(claim.when, answers)}
            assert set(OPTIONS) == applying, answers


def _holds(predicate: Predicate, answers: dict[str, object]) -> bool:
    """Written again here, so that the product is not its own judge."""
    match predicate:
        case Atom(field, comparison, literal):
            return OPERATORS[comparison](answers[field], literal)
        case All(parts):
            return all(_holds(part, answers) for part in parts)
        case AnyOf(parts):
            return any(_holds(part, answers) for part in parts)
        case Not(part):
            return not _holds(part, answers)


def _corners(criterion: Criterion) -> list[dict[str, object]]:
    """Every combination of values beside and at the literals of the criterion's own rules."""
    atoms: dict[str, set[object]] = {}
    rules: list[NeedRow | Claim | Conflict] = [
        *criterion.needs,
        *criterion.claims,
        *criterion.conflicts,
    ]
    for rule in rules:
        for field in fields(rule.when):
            atoms.setdefault(field, set())
        for atom in _atoms(rule.when):
            literal = atom.literal
            atoms[atom.field].update(literal if isinstance(literal, tuple) else (literal,))
    combined: list[dict[str, object]] = [{}]
    for field, mentioned in sorted(atoms.items()):
        tried = _tried(field, mentioned)
        combined = [{**one, field: value} for one in combined for value in tried]
    return combined


def _atoms(predicate: Predicate) -> list[Atom]:
    match predicate:
        case Atom():
            return [predicate]
        case Not(part):
            return _atoms(part)
        case All(parts) | AnyOf(parts):
            return [atom for part in parts for atom in _atoms(part)]


def _tried(field: str, mentioned: set[object]) -> list[object]:
    need = needs()[field]
    numbers = [literal for literal in mentioned if type(literal) in (int, float)]
    if numbers:
        near = {
            float(n) + step for n in numbers if isinstance(n, (int, float)) for step in (-1, 0, 1)
        }
        return [*sorted(number for number in near if number >= (need.least or 0))]
    if any(isinstance(literal, BrokerVersion) for literal in mentioned):
        return [version for version in VERSIONS if (3, 9) <= (version.major, version.minor)]
    if need.choices and need.kind.value == "choice":
        return [*need.choices]
    if need.kind.value == "boolean":
        return [False, True]
    return [(), *((member,) for member in sorted(map(str, mentioned)))]


@pytest.mark.parametrize("matter", MATTERS_OF_THE_ARTICLE)
def test_the_article_is_covered(matter: str) -> None:
    """Each of its six decision criteria and seven points is a source of the criteria it became."""
    named = {
        criterion.id
        for criterion in shipped().criteria
        if matter in {source.where for source in criterion.sources if source.kind == "article"}
    }
    assert set() == MATTERS_OF_THE_ARTICLE[matter] - named


def test_no_two_claims_on_an_option_say_the_same() -> None:
    """The same statement twice would look like twice the evidence."""
    said = Counter(
        (criterion.id, claim.option, claim.when, claim.strength, claim.checks)
        for criterion in shipped().criteria
        for claim in criterion.claims
        if claim.checks
    )
    assert [] == [statement for statement, count in said.items() if count > 1]


def _halves() -> list[Claim]:
    kinds = {name: check["kind"] for name, check in check_files().items()}
    return [
        claim
        for criterion in shipped().criteria
        for claim in criterion.claims
        if claim.variant and any(kinds[check] == "scenario" for check in claim.checks)
    ]


def test_variants_exist_for_their_options() -> None:
    """A claim of one half is run with the configuration or workaround that it names."""
    assert [] == [claim.id for claim in _halves() if claim.variant not in variants(claim.option)]


def test_strengths_are_the_four() -> None:
    """Between native and missing there is by configuration, and by own code."""
    assert {Fraction(1), Fraction(1, 2), Fraction(-1, 2), Fraction(-1)} == {
        claim.strength for criterion in shipped().criteria for claim in criterion.claims
    }


def test_unsaid_ranks_are_an_order() -> None:
    """What teams leave unsaid is ranked from 1 on, without ties or gaps."""
    ranks = [c.unsaid_rank for c in shipped().criteria if c.unsaid_rank is not None]
    assert list(range(1, len(ranks) + 1)) == sorted(ranks)


def test_what_may_be_left_unsaid_is_ranked() -> None:
    """A criterion has a rank exactly if it reads a need with values that teams leave unsaid."""
    for criterion in shipped().criteria:
        read = {field for row in criterion.needs for field in fields(row.when)}
        unsaid = any(needs()[field].unsaid for field in read)
        if criterion.id not in ("flow-control", "worker-pool"):
            assert unsaid == (criterion.unsaid_rank is not None), criterion.id


@pytest.mark.parametrize("name", ["criterion", "option", "conventions"])
def test_schemas_are_schemas_of_both_drafts(name: str) -> None:
    """Editors read either."""
    Draft7Validator.check_schema(schema_of(name))
    Draft202012Validator.check_schema(schema_of(name))


@pytest.mark.parametrize("draft", [Draft7Validator, Draft202012Validator])
@pytest.mark.parametrize("kind", ["criterion", "option", "conventions"])
def test_schemas_accept_what_is_shipped(kind: str, draft: type[Draft7Validator]) -> None:
    """Judged by jsonschema itself and by the project's own messages."""
    part = {"criterion": "criteria/*.yaml", "option": "options/*.yaml"}.get(kind, f"{kind}.yaml")
    paths = sorted(rules_folder().glob(part))
    assert paths
    for path in paths:
        document = read_yaml(path)
        assert [] == check_schema(document, kind)
        assert [] == list(draft(schema_of(kind)).iter_errors(document.data))


def test_untrusted_reading_gives_the_same_book() -> None:
    """The schemas only check: they change nothing."""
    strict = load_rule_book([rules_folder()], needs=needs(), checks=check_files(), trusted=False)
    assert shipped() == strict


def test_rules_are_named_uniquely_over_the_book() -> None:
    """A full id finds one rule."""
    functions = compile_rules(shipped(), needs())
    assert set(functions.of) == set(CRITERIA)
    counted = [len(c.needs) + len(c.claims) + len(c.conflicts) for c in shipped().criteria]
    ids = {rule for criterion in shipped().criteria for rule in rules_of(criterion)}
    assert sum(counted) == len(ids)
