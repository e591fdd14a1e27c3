"""An edit changes the value that it names and not one other byte of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.documents import Data, Document, extents, read_yaml
from advisor.domain.problem import InputError
from advisor.requirements.editing import Edit, Place, edited
from advisor.requirements.writing import flow

FILE = Path("advisor.yaml")
REPLAY: Place = ("workloads", 0, "needs", "replay")
VALUES: dict[str, list[Data]] = {
    "work_queue": [True, False, "unknown"],
    "replay": ["none", "recent", "unknown", {"value": "everything", "level": "must"}],
    "messages_per_second": [200, 0.5, {"min": 10}, {"min": 10, "max": 20.5}, "unknown"],
    "protocols": [[], ["mqtt"], ["amqp_1_0", "kafka"], "unknown"],
    "frameworks": [["celery", "a: #b", "on", 'say "x"'], []],
}


def document(text: str) -> Document:
    """A text as if it stood in a file."""
    return read_yaml(FILE, text=text.encode("utf-8"))


def after(text: str, *edits: Edit) -> str:
    """The text with the edits made."""
    return edited(document(text), edits).content.decode("utf-8")


TEAM = "schema: requirements/1\nsystem: s # the shop\nworkloads:\n- name: a\n"
BLOCK = (
    "# top\nworkloads:\n- name: a\n  needs: # all\n"
    "    replay: none  # never\n    # tail\n- name: b\n"
)


def test_true_is_another_value_than_one() -> None:
    """As it is in YAML, though not in Python."""
    assert "a: true # b\n" == after("a: 1 # b\n", Edit(("a",), True))
    assert "a: 1 # b\n" == after("a: true # b\n", Edit(("a",), 1))


@pytest.mark.parametrize(
    ("text", "edit", "expected"),
    [
        (BLOCK, Edit(REPLAY, "recent"), BLOCK.replace("none", "recent")),
        (
            BLOCK,
            Edit((*REPLAY[:3], "work_queue"), True),
            BLOCK.replace("never\n", "never\n    work_queue: true\n"),
        ),
        (
            BLOCK,
            Edit(("workloads", 1, "needs", "replay"), "none"),
            BLOCK + "  needs:\n    replay: none\n",
        ),
        (
            "workloads:\n- {name: a, needs: {}}",
            Edit(REPLAY, {"min": 1}),
            "workloads:\n- {name: a, needs: {replay: {min: 1}}}",
        ),
        (
            "workloads:\n- {name: a, needs: {x: 1,  # c\n  y: 2 }}  # d",
            Edit(REPLAY, "none"),
            "workloads:\n- {name: a, needs: {x: 1,  # c\n  y: 2, replay: none }}  # d",
        ),
        (
            "workloads:\n- name: a\n  needs:\n# nothing yet\n",
            Edit(REPLAY, "none"),
            "workloads:\n- name: a\n  needs:\n    replay: none\n# nothing yet\n",
        ),
        (
            "workloads:\n- name: a\n  needs: ~ # c\n",
            Edit(REPLAY, "none"),
            "workloads:\n- name: a\n  needs: {replay: none} # c\n",
        ),
        (
            "workloads: [{name: a, needs: }]",
            Edit(REPLAY, "none"),
            "workloads: [{name: a, needs: {replay: none}}]",
        ),
        (
            "workloads:\n- name: a\n  needs:\n    replay:   # later\n    x: 1\n",
            Edit(REPLAY, "none"),
            "workloads:\n- name: a\n  needs:\n    replay: none   # later\n    x: 1\n",
        ),
        (
            "workloads:\n- name: a\n  needs:\n    replay:\n    - x # 1\n    - y # 2\n    z: 1\n",
            Edit(REPLAY, ["q"]),
            "workloads:\n- name: a\n  needs:\n    replay:\n      [q] # 2\n    z: 1\n",
        ),
        (
            TEAM,
            Edit(("team", "hardware", "nodes"), 3),
            TEAM.replace("shop\n", "shop\nteam:\n  hardware:\n    nodes: 3\n"),
        ),
        (TEAM, Edit(("workloads", 1), {"name": "b"}), TEAM + "- name: b\n"),
        ("\ufeffworkloads:\r\n- name: a", Edit(("x",), 1), "\ufeffworkloads:\r\n- name: a\r\nx: 1"),
        ("a: |\n  x\n\nb: 1\n", Edit(("b",), 2), "a: |\n  x\n\nb: 2\n"),
        ("b: 1\na: |\n  x\n", Edit(("c",), 2), "b: 1\na: |\n  x\nc: 2\n"),
        ("a: 'x'\n", Edit(("a",), "no"), "a: no\n"),
        ("a: 1\n", Edit(("a",), 1), "a: 1\n"),
    ],
)
def test_each_style_is_edited_in_its_own_way(text: str, edit: Edit, expected: str) -> None:
    """Block and flow, absent and empty, comments, line ends, a byte order mark."""
    assert expected == after(text, edit)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("workloads:\n- &a {name: a, needs: {}}\n- *a\n", Edit(("workloads", 1, "needs", "x"), 1)),
        ("workloads:\n- name: a\n  needs: &n {x: 1}\n- needs: *n\n", Edit((*REPLAY[:3], "x"), 2)),
        ("a: &x 1\nb: *x\n", Edit(("a",), 2)),
    ],
)
def test_what_an_alias_shares_is_refused(text: str, edit: Edit) -> None:
    """The other place would change with it; the message says what to do."""
    with pytest.raises(InputError, match="cannot be changed in place"):
        after(text, edit)


def test_the_place_of_a_refused_edit_is_named() -> None:
    """Line and column of what stands there."""
    with pytest.raises(InputError) as caught:
        after("b: 1\na: &x 1\nc: *x\n", Edit(("a",), 2))
    (problem,) = caught.value.problems
    assert (2, "a cannot be changed in place") == (problem.position.line, problem.message)


COMMENTS = st.sampled_from(["", " # c", "   # a: {b", " # '\"", " # ü"])
BREAKS = st.sampled_from(["", "\n", "# between\n", "    # in\n"])


@st.composite
def files(draw: st.DrawFn) -> str:
    """A requirements file in any style, with comments and blank lines anywhere."""
    lines = ["schema: requirements/1" + draw(COMMENTS), 'system: "s"']
    if draw(st.booleans()):
        lines.append("team:" + draw(COMMENTS))
        lines += ["  operations: low" + draw(COMMENTS)] if draw(st.booleans()) else []
    text = "\n".join(lines) + "\n" + draw(BREAKS) + "workloads:" + draw(COMMENTS) + "\n"
    margin = draw(st.sampled_from(["", "  "]))
    for name in ("a", "b"):
        needs: dict[str, Data] = {
            need: draw(st.sampled_from(values))
            for need, values in VALUES.items()
            if draw(st.booleans())
        }
        text += draw(BREAKS) + _workload(draw, margin, name, needs)
    text = text if draw(st.booleans()) else text.rstrip("\n")
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


def _workload(draw: Any, margin: str, name: str, needs: dict[str, Data]) -> str:
    if draw(st.booleans()):
        space = draw(st.sampled_from(["", " "]))
        inner = ", ".join(f"{need}: {flow(value)}" for need, value in needs.items())
        return f"{margin}- {{name: {name}, needs: {{{space}{inner}{space}}}}}{draw(COMMENTS)}\n"
    text = f"{margin}- name: {name}{draw(COMMENTS)}\n"
    if needs or draw(st.booleans()):
        text += f"{margin}  needs:{draw(COMMENTS)}\n"
    for need, value in needs.items():
        text += f"{margin}    {need}: {flow(value)}{draw(COMMENTS)}\n{draw(BREAKS)}"
    return text


@st.composite
def changes(draw: st.DrawFn) -> Edit:
    """Any need of any workload, or one of the team."""
    if draw(st.integers(0, 4)) == 0:
        known: list[Data] = [["kafka"], [], "unknown"]
        return Edit(("team", "knows"), draw(st.sampled_from(known)))
    need = draw(st.sampled_from(list(VALUES)))
    value: Data = draw(st.sampled_from(VALUES[need]))
    return Edit(("workloads", draw(st.integers(0, 1)), "needs", need), value)


def _at(data: Data, place: Place) -> Data:
    for step in place:
        if isinstance(data, dict):
            data = data.get(str(step))
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
        else:
            return None
    return data


def _leaves(data: Data, place: Place = ()) -> dict[Place, Data]:
    """Every value below, whole needs as one."""
    inner: dict[Place, Data] = {}
    if isinstance(data, dict) and len(place) < 4:
        for key, value in data.items():
            inner |= _leaves(value, (*place, key))
        return inner
    if isinstance(data, list) and place == ("workloads",):
        for number, value in enumerate(data):
            inner |= _leaves(value, (*place, number))
        return inner
    return {place: data}


@given(files(), changes())
def test_only_the_edited_need_differs(text: str, edit: Edit) -> None:
    """Read again, the file says the new value and all else as before."""
    before, now = document(text), edited(document(text), [edit])
    assert edit.value == _at(now.data, edit.place)
    others = {place: data for place, data in _leaves(now.data).items() if place != edit.place}
    expected = {
        place: data
        for place, data in _leaves(before.data).items()
        if place != edit.place and not (data is None and place == edit.place[: len(place)])
    }
    assert expected == others


@given(files(), changes())
def test_every_other_byte_stays(text: str, edit: Edit) -> None:
    """What was there is kept around one place that was cut out or filled in."""
    now = edited(document(text), [edit]).content.decode("utf-8")
    head = 0
    while head < min(len(text), len(now)) and text[head] == now[head]:
        head += 1
    tail = 0
    while tail < min(len(text), len(now)) - head and text[-1 - tail] == now[-1 - tail]:
        tail += 1
    cut = text[head : len(text) - tail]
    old = _at(document(text).data, edit.place)
    assert "#" not in cut
    if old is None:
        assert "" == cut
    if "\r\n" in text:
        assert now.count("\r\n") == now.count("\n")


@given(files(), st.lists(changes(), max_size=4))
def test_edits_one_after_the_other_all_hold(text: str, edits: list[Edit]) -> None:
    """The last one of a need stands; making it again changes nothing."""
    now = edited(document(text), edits)
    last = {edit.place: edit.value for edit in edits}
    assert last == {place: _at(now.data, place) for place in last}
    assert now.content == edited(now, [Edit(*one) for one in last.items()]).content


def test_extents_of_an_alias_are_its_own() -> None:
    """It is not where its anchor is."""
    text = "a: &x [1, 2]\nb: *x\n"
    alias = extents(text).child("b")
    assert alias is not None
    assert "*x" == text[alias.start : alias.end]
