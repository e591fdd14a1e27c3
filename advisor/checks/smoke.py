"""Whether a session works at all: publish one, receive it, settle it.

A session that fails here says nothing about its broker: the adapter is broken.
"""

from __future__ import annotations

from advisor.checks.check import Check, Duration, Join, Publish, Receive
from advisor.checks.judge import Result, judge
from advisor.checks.runner import run
from advisor.checks.session import Group, Plan, Session
from advisor.domain.predicate import All, Atom

_PLAN = Plan(groups=(Group("readers"),))
SMOKE = Check(
    id="smoke",
    kind="scenario",
    title="Smoke",
    property="One message goes through.",
    why="Otherwise no verdict is worth anything.",
    plan=_PLAN,
    live_plan=_PLAN,
    steps=(
        Publish(label="smoke", key="key"),
        Join(readers=("reader",), group="readers"),
        Receive(reader="reader", within=Duration.plain(30_000), capture="got"),
    ),
    held_when=All((Atom("got.got", "==", ("smoke",)), Atom("lost", "==", 0))),
)


def smoke(session: Session, *, live: bool = False) -> Result:
    """Run the smoke check on a fresh session and judge it."""
    return judge(SMOKE, run(SMOKE, session, live=live))
