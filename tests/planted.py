"""Plants plausible mistakes in what decides, and tells whether the tests catch each.

``python tests/planted.py [WORD]``: each mistake (those whose words contain WORD) goes into a copy
of the package, and the tests that are meant to see it run there; without it they must pass. Exits 1
if one is not caught, and fails if the text of a mistake is no longer in the package.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))
import planting  # found beside this file, however it is called
from planting import ROOT, planted

FAILED = 1
"""How pytest exits where a test fails; anything else is trouble of another kind."""


@dataclass(frozen=True)
class Mistake(planting.Mistake):
    """One of ``tests`` must see it."""

    tests: str


DECISION = "decision/test_decision_oracle.py decision/test_decision_invariants.py"
GRADING = "decision/test_decision_grading.py"
ASSURANCE = "decision/test_decision_assurance.py"
BOUNDS = "decision/test_decision_bounds.py"
SEARCHED = "decision/test_decision_searched.py"
MISTAKES = (
    # Rules and their cells
    Mistake("a condition with all parts holds with any", "rulebook/compile.py",
            "' and '.join(self._test", "' or '.join(self._test",
            "rulebook/test_rulebook_compile.py"),
    Mistake("a list must hold every member", "rulebook/compile.py",
            "(not {members}.isdisjoint({name}))", "({members}.issubset({name}))",
            "rulebook/test_rulebook_compile.py"),
    Mistake("a cell loses its literal", "rulebook/thresholds.py",
            "if least < point < greatest", "if least < point < greatest and point != 100",
            "rulebook/test_rulebook_thresholds.py"),
    Mistake("cells that rules tell apart are joined", "rulebook/thresholds.py",
            "if seen and seen[-1] == signature:", "if seen and seen[-1] <= signature:",
            "rulebook/test_rulebook_thresholds.py"),
    Mistake("a newer version stands for older ones", "rulebook/thresholds.py",
            "if same:\n            runs[-1].append(version)",
            "if runs:\n            runs[-1].append(version)",
            "rulebook/test_rulebook_thresholds.py"),
    Mistake("silence counts as seen", "rulebook/coverage.py",
            "wanted = [Seen.FIRED] if when == ALWAYS else list(Seen)", "wanted = [Seen.FIRED]",
            "rulebook/test_rulebook_coverage.py"),
    Mistake("the lowest row that fires counts", "advise/tables.py",
            "level, row = max(fired, key=lambda pair: pair[0])",
            "level, row = min(fired, key=lambda pair: pair[0])",
            "advise/test_advise_problem.py"),
    # What a claim is worth
    Mistake("a refuted claim still counts", "advise/founding.py",
            "        return Trust.REFUTED\n", "        return written(claim)\n",
            "advise/test_advise_court.py advise/test_advise_recommend.py"),
    Mistake("a claim that is only written counts in full", "advise/founding.py",
            "contribution = conventions.trust[trust] * claim.strength",
            "contribution = claim.strength", "advise/test_advise_court.py"),
    Mistake("a calculation is proof", "advise/founding.py",
            "elif trust in (Trust.MODEL, Trust.BROKER):",
            "elif trust in (Trust.MODEL, Trust.BROKER, Trust.CALCULATED):",
            "advise/test_advise_court.py"),
    Mistake("own code counts as configuration", "checks/claims.py",
            "if bool(parts) == (strength < 0) else", "if True else",
            "checks/test_checks_judge.py"),
    Mistake("a half claim needs no native failure", "checks/claims.py",
            "return Verdict.AGREES if strength == 1 else Verdict.REFUTES", "return Verdict.AGREES",
            "checks/test_checks_judge.py"),
    Mistake("a gap of the model is a failure", "checks/judge.py",
            'return Undecided(f"{gap.gap}: {gap.text}" if gap.text else gap.gap, "unmodelled")',
            "return NotHeld(gap.gap)", "checks/test_checks_judge.py"),
    # Deciding
    Mistake("value outweighs a missed must", "decision/systems.py",
            "return (self.violated, -self.value) < (other.violated, -other.value)",
            "return (-self.value, self.violated) < (-other.value, other.violated)", DECISION),
    Mistake("a conflict of nice-to-haves eliminates", "decision/score.py",
            "if rule.criteria <= musts", "if True", DECISION),
    Mistake("conflicts are forgotten", "decision/score.py",
            "return alone + together", "return alone", DECISION),
    Mistake("greedy is taken for fewest", "decision/elimination.py",
            "    for size in range(len(members) + 1):",
            "    for size in range(len(members), -1, -1):",
            DECISION),
    Mistake("a second system costs as little as the first", "decision/costs.py",
            "total += costs.second_system", "total += 0", "decision/test_decision_costs.py"),
    Mistake("what runs already is paid again", "decision/costs.py",
            "        if system in runs:\n            continue\n", "",
            "decision/test_decision_costs.py"),
    Mistake("a tie is broken by the alphabet", "decision/systems.py",
            'return WorkloadOutcome(UNDETERMINED, "tie", None, winners)', "pass", DECISION),
    Mistake("the bridge is free", "decision/systems.py",
            "            cost += self._bridge_cost(uses)", "            pass", DECISION),
    Mistake("regret is the least one", "decision/regret.py",
            "regret = max(regret, worst[candidate.parts][1])",
            "regret = min(regret, worst[candidate.parts][1])", DECISION),
    Mistake("unsatisfiable sets are not minimal", "decision/elimination.py",
            "if not any(smaller <= family for smaller in kept):", "if family not in kept:",
            "decision"),
    # How sure it is
    Mistake("robust for the mean of the weights only", "decision/weighting.py",
            "if (place == len(inside) or not alike) and (least is None or total < least * count):",
            "if least is None or place == len(inside):", "decision/test_decision_weighting.py"),
    Mistake("levels go from the lowest up", "decision/weighting.py",
            "for level in sorted({level for level, _lead in leads}, reverse=True):",
            "for level in sorted({level for level, _lead in leads}):",
            "decision/test_decision_weighting.py"),
    Mistake("drawn weights ignore the levels", "decision/weighting.py",
            "    order.sort(key=lambda place: -levels[place])\n", "",
            "decision/test_decision_weighting.py"),
    Mistake("one flip is enough for a B", "decision/grading.py",
            "facts.flips.least > 1", "facts.flips.least > 0", GRADING),
    Mistake("an unproven claim may carry a B", "decision/grading.py",
            "all(one.executed for one in facts.load_bearing)", "True", GRADING),
    Mistake("an assumption is as good as an answer", "decision/opened.py",
            "if answers.standing.get(question) is Standing.ASSUMED and question in cells:",
            "if False:", ASSURANCE),
    Mistake("flips of two are found before those of one", "decision/flips.py",
            "        if sets or not proven:\n            return Flips(1, sets, proven)\n", "",
            ASSURANCE),
    # What can still win in a box of answers
    Mistake("a tie rules the other system out", "decision/bounds.py",
            "return total > 0 or (total == 0 and winner.bit_count() < loser.bit_count())",
            "return total >= 0", BOUNDS),
    Mistake("the cheapest team speaks for all", "decision/bounds.py",
            "saved = min(cost[loser]", "saved = max(cost[loser]", BOUNDS),
    Mistake("two systems need no bridge in a bound", "decision/bounds.py",
            "if self.chooser.feeds and winner.bit_count() > 1:", "if False:", BOUNDS),
    Mistake("nothing that fits is a result of its own kind", "decision/bounds.py",
            "        if True not in one.misses:", "        if True:", BOUNDS),
    Mistake("a lead is divided by the fewest weights", "decision/boxed.py",
            "weights = max(1, self.weights[1 if points >= 0 else 0])",
            "weights = max(1, self.weights[0])", BOUNDS),
    Mistake("a conflict that may stand does not count", "decision/boxed.py",
            "(fails[y] if fails else 0) + self.conflicts[c]", "(fails[y] if fails else 0)", BOUNDS),
    Mistake("a pair in one system gains what it costs", "decision/boxed.py",
            "(points[y] if points else 0) + off[y] - off[c],",
            "(points[y] if points else 0) + off[c] - off[y],", BOUNDS),
    Mistake("an equal design is never named", "decision/boxed.py",
            "if fails < 0 or points > 0:", "if fails < 0 or points >= 0:", BOUNDS),
    Mistake("a tie of two families goes unseen", "decision/boxed.py",
            "(here == there and order[c] < order[y])", "order[c] < order[y]", BOUNDS),
    Mistake("flows seen apart are taken to be seen together", "decision/search.py",
            "if not can_say.system <= self.system:\n            return False", "pass", SEARCHED),
    Mistake("an answer settles what a sample shows", "decision/drawn.py",
            "return self._proven(variable.place, variable.name, cell) or self._undetermined",
            "return words or self._undetermined", SEARCHED),
    Mistake("what a limit cut off is taken for all", "decision/words.py",
            "if not (found.proven or gathered.all_differ):", "if False:", SEARCHED),
    Mistake("the least ratio is the first that is found", "decision/ratios.py",
            "if not lower or q * upper - p * lower >= 0:", "if True:",
            "decision/test_decision_ratios.py"),
    # Capacity
    Mistake("the window law without its knee", "capacity/window.py",
            "return in_flight / (round_trip_s + in_flight / station_per_s)",
            "return min(in_flight / round_trip_s, station_per_s)",
            "capacity/test_capacity_laws.py"),
    Mistake("one client too few", "capacity/window.py",
            "fewer = math.ceil(in_flight / window) - 1",
            "fewer = math.floor(in_flight / window) - 1",
            "capacity/test_capacity_laws.py"),
    # What a user meets
    Mistake("an edit loses the byte order mark", "requirements/editing.py",
            "after = mark + _Editor", "after = _Editor",
            "requirements/test_requirements_editing.py"),
    Mistake("an edit writes other line ends", "requirements/editing.py",
            'self.newline = "\\r\\n" if first > 0', 'self.newline = "\\n" if first > 0',
            "requirements/test_requirements_editing.py"),
    Mistake("true is taken for one", "requirements/editing.py",
            "return type(one) is type(other) and one == other", "return one == other",
            "requirements/test_requirements_editing.py"),
    Mistake("a bar ends the table's cell", "records/markdown.py",
            '.replace("|", "\\\\|")', "", "records"),
    Mistake("markup of a file reaches the record", "records/markdown.py",
            'text = _ACTIVE.sub(lambda found: "\\\\" + found[0], text)', "pass", "records"),
    Mistake("an escape sequence reaches the terminal", "documents/escape.py",
            "    if text.isprintable():\n        return text\n", "    return text\n",
            "documents/test_documents_escape.py"),
    Mistake("a record that people own is overwritten", "records/file.py",
            'if status != "proposed":', "if False:", "records"),
    Mistake("a file is replaced although it is not ours", "documents/writing.py",
            "and not force and not _is_ours(path, marker)", "and False",
            "documents/test_documents_writing.py"),
    Mistake("a broken write leaves its half", "documents/writing.py",
            "temporary.unlink()", "pass", "documents/test_documents_writing.py"),
    # Asking
    Mistake("asking stops without a proof", "questionnaire/deciding.py",
            "return Proof(None, not self.cut_off, self.nodes)",
            "return Proof(None, True, self.nodes)",
            "questionnaire/test_questionnaire_deciding.py"),
    Mistake("a box is settled by its first case", "questionnaire/deciding.py",
            "return only is not None and (same is None or only == same)", "return True",
            "questionnaire/test_questionnaire_deciding.py"),
    Mistake("thousands are not read", "questionnaire/answer.py",
            '_THOUSANDS = re.compile(r"(?<=\\d)[,_]', '_THOUSANDS = re.compile(r"(?<=\\d)[_]',
            "questionnaire/test_questionnaire_interview.py"),
)  # fmt: skip


def exit_of(tests: Sequence[str], mistake: Mistake | None = None) -> int:
    """How the tests end with the mistake in."""
    with planted(mistake) as (folder, environment):
        options = ("-x", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"))
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, "--rootdir", str(ROOT)]
            + [str(ROOT / "tests" / test) for test in tests],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode not in (0, FAILED) or (done.returncode and mistake is None):
        print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
    return done.returncode


def main(words: Sequence[str]) -> int:
    chosen = [one for one in MISTAKES if all(word in one.what for word in words)]
    if exit_of(sorted({test for one in chosen for test in one.tests.split()})):
        print("the tests fail without any mistake", file=sys.stderr)
        return 1
    missed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = pool.map(lambda one: exit_of(one.tests.split(), one), chosen)
        for mistake, ended in zip(chosen, ends, strict=True):
            missed += ended != FAILED
            said = {FAILED: "caught", 0: "NOT CAUGHT"}.get(ended, f"NOT RUN ({ended})")
            print(f"{said}: {mistake.what}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} planted mistakes caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
