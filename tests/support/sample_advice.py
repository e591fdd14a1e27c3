"""A small rule book and a recommendation made from it by hand, for tests of what is shown.

Two designs and no broker, three criteria, every kind of evidence. The scores are worked out in
the comments, not by the project's code.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from advisor.domain.evidence import BrokerEvidence, Evidence, Verdict
from advisor.domain.predicate import ALWAYS, Atom
from advisor.domain.recommendation import (
    Assumption,
    Because,
    Bridge,
    Change,
    Confidence,
    Contradiction,
    Contribution,
    CriticalConvention,
    Elimination,
    Failing,
    FiredRule,
    Flip,
    LoadBearing,
    MadeBy,
    Margin,
    Question,
    Ranked,
    Recommendation,
    SampledShare,
    SmallestFlips,
    SystemAdvice,
    SystemsCompared,
    Unsatisfiable,
    WayOut,
    WorkloadAdvice,
)
from advisor.domain.requirements import Answer, Requirements, Standing, Workload
from advisor.domain.rules import (
    Claim,
    Conflict,
    Conventions,
    Costs,
    Criterion,
    Level,
    NeedRow,
    Option,
    RuleBook,
    Side,
    Source,
    Trust,
)

QUEUE, TOPIC, NOTHING = "rabbitmq.quorum-queue", "kafka.topic", "none.no-broker"
ARTICLE = Source("article", "1. Message Retention & Replay")
MANUAL = Source("documentation", "RabbitMQ documentation, Quorum Queues")
HALF = Fraction(1, 2)


def option(name: str, title: str, family: str) -> Option:
    """A design with a summary that names it."""
    return Option(name, title, family, f"{title} in one sentence.", 1, sources=(MANUAL,))


def claim(name: str, design: str, strength: Fraction | int, says: str, **more: object) -> Claim:
    """A claim of the article that is always applicable."""
    made = Claim(name, design, ALWAYS, Fraction(strength), says, ARTICLE)
    return replace(made, **more)  # type: ignore[arg-type]


WORK = Criterion(
    id="work-queue",
    title="Background tasks",
    question="Are messages tasks?",
    why="Workers must share them.",
    side=Side.QUEUE,
    sources=(ARTICLE,),
    needs=(NeedRow("tasks", Atom("work_queue", "==", True), Level.SHOULD),),
    claims=(
        claim(
            "shares",
            QUEUE,
            1,
            "Readers of one queue share its tasks: set prefetch to 1 for long tasks.",
            source=MANUAL,
            checks=("tasks-are-shared",),
        ),
        claim(
            "blocks",
            TOPIC,
            -HALF,
            "A slow task blocks its partition.",
            variant="out-of-order-completion",
            checks=("slow-task-does-not-block",),
        ),
        claim("table", NOTHING, HALF, "A job table shares tasks.", variant="lease-column"),
    ),
)
REPLAY = Criterion(
    id="replay",
    title="Replay",
    question="Do you need to reprocess past data?",
    why="A queue forgets what was read.",
    side=Side.LOG,
    sources=(ARTICLE, MANUAL),
    needs=(NeedRow("recent", Atom("replay", "==", "recent"), Level.MUST),),
    claims=(
        claim(
            "forgets",
            QUEUE,
            -1,
            "An acknowledged message is removed for good.",
            checks=("what-was-read-can-be-read-again",),
        ),
        claim("keeps", TOPIC, 1, "A topic keeps what was read.", not_run_because="it is slow"),
    ),
    conflicts=(
        Conflict(
            "order-or-rate",
            TOPIC,
            frozenset({"replay", "work-queue"}),
            Atom("messages_per_second", ">", 500.0),
            "One partition is the limit.",
            ARTICLE,
        ),
    ),
    unsaid_rank=1,
)
PRIORITY = Criterion(
    id="priority",
    title="Priority",
    question="Do urgent messages overtake?",
    why="Logs are read in order.",
    side=Side.QUEUE,
    sources=(ARTICLE,),
    needs=(NeedRow("urgent", Atom("priority", "==", True), Level.NICE),),
    claims=(
        claim(
            "no-priorities",
            QUEUE,
            -1,
            "Quorum queues have no priorities.",
            checks=("urgent-message-overtakes-backlog",),
        ),
    ),
    unsaid_rank=2,
)
COSTS = Costs(
    rabbitmq=Fraction(1),
    kafka=Fraction(3, 2),
    kafka_with_zookeeper=Fraction(2),
    low_operations_factor=Fraction(2),
    high_operations_factor=HALF,
    known_factor=HALF,
    second_system=Fraction(4),
    pair_in_one_system=Fraction(1),
    bridge=Fraction(0),
)
CONVENTIONS = Conventions(
    weight={Level.NO: 0, Level.NICE: 1, Level.SHOULD: 3, Level.MUST: 3},
    trust={Trust.ARTICLE: Fraction(3, 5), Trust.MODEL: Fraction(1)},
    must_penalty=3,
    costs=COSTS,
)
BOOK = RuleBook(
    options=(
        option(QUEUE, "RabbitMQ quorum queue", "rabbitmq"),
        option(TOPIC, "Kafka topic", "kafka"),
        option(NOTHING, "No broker", "none"),
    ),
    criteria=(WORK, REPLAY, PRIORITY),
    conventions=CONVENTIONS,
    digest="a" * 64,
)

# Weights 3 (should) and 1 (nice) sum to 4. Queue: (3 * 1 + 1 * 0) / 4 = 3/4.
# Topic: (3 * -3/10 + 0) / 4 = -9/40. No broker: (3 * 3/10 + 0) / 4 = 9/40, and it misses a must.
RANKING = (
    Ranked(
        QUEUE,
        Fraction(3, 4),
        (),
        (
            Contribution("work-queue", Level.SHOULD, 3, Fraction(1), ("work-queue.shares",)),
            Contribution("priority", Level.NICE, 1, Fraction(0), ("priority.no-priorities",)),
        ),
    ),
    Ranked(
        TOPIC,
        Fraction(-9, 40),
        (),
        (
            Contribution("work-queue", Level.SHOULD, 3, Fraction(-3, 10), ("work-queue.blocks",)),
            Contribution("priority", Level.NICE, 1, Fraction(0), ()),
        ),
    ),
    Ranked(
        NOTHING,
        Fraction(9, 40) - 3,
        (Elimination(("replay",), None), Elimination(("replay", "work-queue"), "replay.x")),
        (Contribution("work-queue", Level.SHOULD, 3, Fraction(3, 10), ("work-queue.table",)),),
    ),
)
EVIDENCE = (
    Evidence(
        "work-queue.shares",
        "tasks-are-shared",
        QUEUE,
        Verdict.AGREES,
        Trust.MODEL,
        f"model:{QUEUE}@4.3",
        {"lost": 0, "finish_ms": 12.5, "rate": (100.0, float("inf"))},
        f"advisor check tasks-are-shared --option {QUEUE}",
        broker=BrokerEvidence(f"live:{QUEUE}", "4.3.6", "2026-01-02", True),
    ),
    Evidence(
        "work-queue.blocks",
        "slow-task-does-not-block",
        TOPIC,
        Verdict.UNMODELLED,
        Trust.ARTICLE,
        f"model:{TOPIC}@4.4",
        {},
        f"advisor check slow-task-does-not-block --option {TOPIC}",
        because="gap sticky-assignor",
    ),
    Evidence(
        "priority.no-priorities",
        "urgent-message-overtakes-backlog",
        QUEUE,
        Verdict.REFUTES,
        Trust.REFUTED,
        f"model:{QUEUE}@4.3",
        {"held": True},
        f"advisor check urgent-message-overtakes-backlog --option {QUEUE}",
    ),
    Evidence(
        "replay.keeps",
        None,
        TOPIC,
        Verdict.NOT_EXECUTED,
        Trust.ARTICLE,
        None,
        {},
        None,
        "it is slow",
    ),
)
TASKS = WorkloadAdvice(
    name="generate",
    verdict="rabbitmq",
    option=QUEUE,
    alone=QUEUE,
    status="conditional",
    grade=None,
    possible=("rabbitmq",),
    possible_options=(QUEUE,),
    ranking=RANKING,
    evidence=EVIDENCE,
    rules=(FiredRule("work-queue.tasks", "should", (Because("work_queue", True, "== true"),)),),
    assumptions=(
        Assumption("priority", False, {}),
        Assumption("message_ttl", False, {}),
        Assumption("replay", "none", {"recent": "kafka", "everything": "kafka"}),
        Assumption("protocols", (), {}),
        Assumption("consumers", 1, {}),
        Assumption("latency_ms_p99", 60000, {}),
        Assumption("window", 100, {}),
    ),
    ask_next=(),
    flips=(Flip((Change("replay", "none", "recent"),), "kafka", TOPIC),),
    confidence=Confidence(
        decided=False,
        possible=("kafka", "rabbitmq"),
        weights="every",
        evidence=True,
        together=None,
        load_bearing=(LoadBearing("work-queue.shares", True, "verdict", "kafka", TOPIC),),
        flips=SmallestFlips(
            2,
            False,
            (
                Flip(
                    (
                        Change("replay", "none", "recent", "tasks"),
                        Change("retention_days", 0, "> 7", "tasks"),
                    ),
                    "kafka",
                    TOPIC,
                ),
            ),
        ),
        margin=Margin("kafka", 0, Fraction(1, 8)),
        sampled=SampledShare(0.75, 0.0306, {"kafka": 0.25, "rabbitmq": 0.75}, 200, 1),
        critical=(
            CriticalConvention(
                "costs.kafka", Fraction(3, 2), Fraction(1, 2), Fraction(3, 8), "kafka"
            ),
        ),
        not_proven=("flips",),
    ),
    contradiction=Contradiction(
        unsatisfiable=(
            Unsatisfiable(
                ("replay", "work-queue"),
                (
                    Failing(
                        TOPIC, ("work-queue",), None, ("work-queue.blocks",), ("tasks-are-shared",)
                    ),
                ),
            ),
        ),
        corrections=(("replay",), ("work-queue",)),
        ways_out=(WayOut("relax", QUEUE, ("replay",)), WayOut("unmet", QUEUE, ())),
    ),
)
ADVICE = Recommendation(
    made_by=MadeBy("0.1.0", "b" * 64, "c" * 64, {"rabbitmq": "4.3", "kafka": "4.4"}),
    system=SystemAdvice(
        "rabbitmq",
        "conditional",
        None,
        ("rabbitmq",),
        ("rabbitmq",),
        compared=(SystemsCompared(("rabbitmq",), Fraction(1), 0, Fraction(3, 4)),),
        bridges=(Bridge("tasks", "events", QUEUE, TOPIC, "bridge-loses-nothing", "held", None),),
    ),
    workloads=(TASKS,),
)


def advice(
    verdict: str, status: str, *, possible: tuple[str, ...] = (), **workload: object
) -> Recommendation:
    """The sample with another outcome; ``workload`` replaces fields of its only workload."""
    changed = replace(TASKS, verdict=verdict, status=status, **workload)  # type: ignore[arg-type]
    system = replace(ADVICE.system, verdict=verdict, status=status, possible=possible)
    return replace(ADVICE, system=system, workloads=(changed,))


OPEN = advice(
    "undetermined",
    "ask-first",
    possible=("rabbitmq", "kafka"),
    ask_next=(Question("replay", {"none": "rabbitmq", "recent": "kafka", "everything": "kafka"}),),
)


def requirements(*, system: str = "image-generation", name: str = "generate") -> Requirements:
    """What the sample answers: one value, one level, one range, one unknown, one assumption."""
    answers = (
        Answer("work_queue", Standing.STATED, True),
        Answer("delivery", Standing.STATED, "at_least_once", level=Level.MUST),
        Answer("messages_per_second", Standing.STATED, low=10, high=None),
        Answer("replay", Standing.UNKNOWN),
        Answer("priority", Standing.ASSUMED, False),
    )
    return Requirements(
        system=system,
        team={"already_runs": Answer("already_runs", Standing.STATED, ("rabbitmq",))},
        workloads=(Workload(name, 1, (), {answer.need: answer for answer in answers}),),
        digest="c" * 64,
        file="advisor.yaml",
    )
