"""A recommendation with a team's own evidence; what of it does not count is told on stderr."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.cli.exits import complain

if TYPE_CHECKING:
    from advisor.domain.recommendation import Recommendation


def recommended(
    file: Path, rules: Path | None, *, checks: bool, evidence: Sequence[Path] | None
) -> Recommendation:
    """The recommendation for a requirements file; InputError for whatever is wrong."""
    from advisor import advise
    from advisor.documents import escape_text

    if not evidence:
        return advise.recommend(file, extra_rules=rules, run_checks=checks)
    own = advise.load_evidence(evidence, rules)
    advice = advise.recommend(file, extra_rules=rules, run_checks=checks, evidence=own.counted)
    others = advise.other_versions(own.counted, advice.made_by.broker_versions)
    for line in (*own.left_out, *others):
        complain(escape_text(line))
    return advice
