"""From needs, claims and costs to a decision, exactly: elimination, value, systems, what is open.

The caller builds a ``SystemProblem`` (``problem.py`` says how) and calls ``decide``. Nothing here
knows an option, a broker or a file; only ``system_cost`` names the two systems whose costs are
conventions. Facts over unknown answers are exact or named in ``Decision.unproven``.

    decision = decide(problem, node_limit=200_000)
    decision.verdict, decision.status, decision.possible, decision.systems
    for workload in decision.workloads:
        workload.verdict, workload.option, workload.ranking   # domain ``Ranked`` rows
        decision.ask_next(workload.name)                       # decisive questions, best first
        decision.changes(workload.name, Standing.ASSUMED)      # what the verdict rests on
        decision.changes(workload.name, Standing.STATED)       # single-answer flips
"""

from advisor.decision.changes import Variation
from advisor.decision.corrections import Contradiction
from advisor.decision.costs import system_cost
from advisor.decision.decision import NODE_LIMIT, Decision, WorkloadDecision, decide
from advisor.decision.flips import Changed, Flips, FlipSet
from advisor.decision.grading import Assurance, Bearing, Effort
from advisor.decision.margins import Margin
from advisor.decision.problem import (
    NO_SYSTEM,
    Answers,
    Cells,
    ConflictRule,
    CriterionTable,
    Derived,
    Matter,
    OptionFacts,
    SystemProblem,
    WorkloadProblem,
)
from advisor.decision.questions import OpenQuestion, Reply
from advisor.decision.quick import quick_outcome
from advisor.decision.regret import Regret
from advisor.decision.sensitivity import Critical
from advisor.decision.weighting import Weightings

__all__ = [
    "NODE_LIMIT",
    "NO_SYSTEM",
    "Answers",
    "Assurance",
    "Bearing",
    "Cells",
    "Changed",
    "ConflictRule",
    "Contradiction",
    "CriterionTable",
    "Critical",
    "Decision",
    "Derived",
    "Effort",
    "FlipSet",
    "Flips",
    "Margin",
    "Matter",
    "OpenQuestion",
    "OptionFacts",
    "Regret",
    "Reply",
    "SystemProblem",
    "Variation",
    "Weightings",
    "WorkloadDecision",
    "WorkloadProblem",
    "decide",
    "quick_outcome",
    "system_cost",
]
