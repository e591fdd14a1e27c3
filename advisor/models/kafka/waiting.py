"""Waiting inside a client call: virtual time goes on, from one planned action to the next."""

from __future__ import annotations

from collections.abc import Callable

from advisor.models.kernel import Kernel


def wait_until(kernel: Kernel, condition: Callable[[], bool], *, within_ms: int) -> bool:
    """Let actions happen until ``condition`` holds or the time is over; whether it holds."""
    deadline_ms = kernel.now_ms + within_ms
    while not condition():
        due_ms = kernel.next_due_ms()
        if due_ms is None or due_ms > deadline_ms:
            kernel.run_until(deadline_ms)
            return condition()
        kernel.run_until(due_ms)
    return True
