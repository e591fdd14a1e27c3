"""What the tool writes as a requirements file can be read again, and says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.documents import read_yaml
from advisor.domain.requirements import Kind, NeedType
from advisor.requirements import load_requirements, render, starter_text, validate, vocabulary

NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff"),
    min_size=1,
    max_size=100,
).filter(lambda name: not any("\u202a" <= letter <= "\u202e" for letter in name))


def value_of(need: NeedType) -> st.SearchStrategy[Any]:
    """Any value that the schema allows for ``need``."""
    match need.kind:
        case Kind.BOOLEAN:
            return st.booleans()
        case Kind.NUMBER if need.whole_numbers:
            return st.integers(int(need.least or 0), int(need.greatest or 0))
        case Kind.NUMBER:
            return st.floats(need.least, need.greatest)
        case Kind.LIST:
            return st.lists(st.sampled_from(need.choices), unique=True)
        case Kind.VERSION:
            return st.just(str(need.default))
        case Kind.CHOICE:
            return st.sampled_from(need.choices)


def written(need: NeedType) -> st.SearchStrategy[Any]:
    forms = [value_of(need)]
    if need.kind is not Kind.VERSION:
        forms.append(st.just("unknown"))
    if not need.of_team and need.kind is not Kind.NUMBER:
        level = st.sampled_from(["must", "should", "nice"])
        forms.append(st.fixed_dictionaries({"value": value_of(need), "level": level}))
    if need.kind is Kind.NUMBER:
        ends = st.tuples(value_of(need), value_of(need)).map(sorted)
        forms.append(ends.map(lambda pair: {"min": pair[0], "max": pair[1]}))
    return st.one_of(forms)


def needs(*, of_team: bool) -> st.SearchStrategy[dict[str, Any]]:
    chosen = {n: written(need) for n, need in vocabulary().items() if need.of_team == of_team}
    return st.fixed_dictionaries({}, optional=chosen)


@given(NAMES, needs(of_team=True), st.lists(st.tuples(NAMES, needs(of_team=False)), max_size=3))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60, deadline=None)
def test_what_is_rendered_is_read_back(
    system: str, team: dict[str, Any], workloads: list[tuple[str, dict[str, Any]]]
) -> None:
    """Whatever is in names and values, the file has the same data."""
    text = render(
        system=system,
        team=team,
        workloads=[{"name": name, "needs": one, "rest": "not_needed"} for name, one in workloads],
        heading=["Written for a test."],
    )
    data: Any = read_yaml(Path("x"), text=text.encode()).data
    assert (system, [name for name, _ in workloads]) == (
        data["system"],
        [workload["name"] for workload in data["workloads"] or ()],
    )
    flat = {
        name: value
        for key, inner in data.get("team", {}).items()
        for name, value in (
            {f"hardware_{part}": value for part, value in inner.items()}
            if key == "hardware"
            else {f"{part}_version": value for part, value in inner.items()}
            if key == "broker_versions"
            else {key: inner}
        ).items()
    }
    assert team == flat
    assert [one for _, one in workloads] == [
        workload.get("needs", {}) for workload in data["workloads"] or ()
    ]


def test_what_is_rendered_validates(tmp_path: Path) -> None:
    """Quoting keeps words like true, numbers and signs what they were."""
    path = tmp_path / "advisor.yaml"
    path.write_text(
        render(
            system='no: "quotes" # \\ here',
            team={"rabbitmq_version": "4.10"[:3], "hardware_nodes": 3, "already_runs": []},
            workloads=[
                {"name": "true", "weight": 2, "feeds": ["12:30"], "needs": {"replay": "recent"}},
                {"name": "12:30", "needs": {}, "rest": "not_needed"},
            ],
            heading=["first", "sec\nond: x"],
        ),
        encoding="utf-8",
    )
    read = load_requirements(path)
    assert ('no: "quotes" # \\ here', ["true", "12:30"], ("12:30",)) == (
        read.system,
        [workload.name for workload in read.workloads],
        read.workloads[0].feeds,
    )
    assert path.read_text(encoding="utf-8").startswith("# first\n# sec ond: x\nschema: ")


def test_a_name_with_control_characters_is_escaped_and_refused_on_reading(tmp_path: Path) -> None:
    """The text stays well formed; whether a name is allowed is the schema's business."""
    path = tmp_path / "advisor.yaml"
    name = "a\x1b\x85\u2028\U000e0041"
    path.write_text(render(system=name, team={}, workloads=[{"name": "w"}]), encoding="utf-8")
    assert 'system: "a\\x1b\\x85\\u2028\\U000e0041"\n' in path.read_text(encoding="utf-8")
    data: Any = read_yaml(path).data
    assert name == data["system"]
    assert 1 == len(validate(path))


def test_the_starter_file_is_valid_as_it_stands(tmp_path: Path) -> None:
    """It names a schema for editors, and mentions every need."""
    path = tmp_path / "advisor.yaml"
    text = starter_text()
    path.write_text(text, encoding="utf-8")
    assert [] == validate(path)
    first = text.partition("\n")[0]
    assert first.startswith("# yaml-language-server: $schema=file://")
    assert Path(first.partition("file://")[2]).is_file()
    for name, need in vocabulary().items():
        assert name in text or need.of_team, name
    given_place = starter_text("./a.json").partition("\n")[0]
    assert "# yaml-language-server: $schema=./a.json" == given_place


def test_the_starter_file_stays_valid_with_every_comment_taken_away(tmp_path: Path) -> None:
    """What it shows as a default is really accepted, and really the default."""
    lines = []
    for line in starter_text().splitlines():
        bare = line.lstrip()
        key = bare.removeprefix("#").strip().partition(":")[0]
        known = {*vocabulary(), "broker_versions", "hardware", "rabbitmq", "kafka", "nodes", "rest"}
        known |= {name.removeprefix("hardware_") for name in vocabulary()}
        if bare.startswith("#") and key in known and not bare.startswith("#   its"):
            line = line.replace("# ", "", 1)
        lines.append(line)
    path = tmp_path / "advisor.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [] == validate(path)
    read = load_requirements(path)
    answers = {**read.team, **read.workloads[0].answers}
    assert {
        name: need.default
        for name, need in vocabulary().items()
        if name not in ("work_queue", "replay", "messages_per_second")
    } == {name: answer.value for name, answer in answers.items() if answer.value is not None}
