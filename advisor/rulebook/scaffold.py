"""A new rule to fill in: a criterion with one row, one claim and its examples, and its check."""

from __future__ import annotations

from collections.abc import Collection, Mapping

CRITERION = """\
# A matter on which designs differ. Fill in what stands in angle brackets, then:
#   advisor rules lint DIR; advisor rules test DIR
schema: criterion/1
id: {id}
title: <a few words>
question: <what a team is asked>
why: <why this matters, and why designs differ in it>
side: whole   # queue, log or whole: which half of a pair of designs may answer it
sources:
- {{project: "<where the matter comes from>"}}
needs:
# A level (nice, should or must) where the condition holds.
- {{id: wanted, when: [{need}, "==", true], level: should}}
claims:
# One for each design at least: 1 native, 1/2 by configuration, -1/2 by own code, -1 missing.
{claims}
examples:
- {{given: {{{need}: true}}, level: should, fires: wanted}}
- {{given: {{}}, level: "no", fires: null}}
"""

CLAIM = """\
- id: on-{short}
  option: {option}
  strength: -1
  says: <what holds of {option}>
  source: {{documentation: "<page of the documentation>"}}
  {proof}
"""
CHECKED = "checks: [{check}]"
NOT_RUN = "not_run: <why no check can run>"

CHECK = """\
# One property that a user wants, and steps that show whether a design has it.
schema: check/1
id: {check}
kind: scenario
title: <a few words>
property: <one sentence that a user would sign>
why: <what goes wrong without it>
plan:
  groups: {{readers: {{}}}}
steps:
- publish: {{label: first}}
- join: {{readers: [ann], group: readers}}
- receive: {{reader: ann, within: 1000}}
held_when: [lost, "==", 0]
"""


def new_rule(
    identity: str, *, need: str, options: Collection[str], performed: Collection[str]
) -> Mapping[str, str]:
    """Texts by their path in a rule folder: the criterion ``identity`` and its check.

    ``need`` is a true-or-false need that the first row reads; on the options that are
    ``performed`` the check can be run.
    """
    check = f"{identity}-holds"
    claims = "".join(
        CLAIM.format(
            short=option.replace(".", "-"),
            option=option,
            proof=CHECKED.format(check=check) if option in performed else NOT_RUN,
        )
        for option in options
    )
    criterion = CRITERION.format(id=identity, need=need, claims=claims.rstrip())
    return {
        f"criteria/{identity}.yaml": criterion,
        f"checks/{check}.yaml": CHECK.format(check=check),
    }


def is_placeholder(text: str) -> bool:
    """Whether a text still waits to be filled in."""
    return text.startswith("<") and text.endswith(">")
