"""Exit codes, and what every command does with trouble: one line on stderr, never a traceback.

0 is fine. 1: validate found something wrong inside a file, check found a claim refuted. 2: the
input is wrong or cannot be read. 70: a fault of the tool. 130: Ctrl-C. 141: the pipe was closed.
143: told to end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from advisor.domain.problem import InputError, Problem

FINE = 0
FOUND = 1
WRONG_INPUT = 2
FAULT = 70
INTERRUPTED = 130
CLOSED_PIPE = 141
TERMINATED = 143

Parameters = ParamSpec("Parameters")


def command(function: Callable[Parameters, int]) -> Callable[Parameters, None]:
    """The command that exits with what ``function`` returns, or with the code of its trouble."""

    @wraps(function)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        sys.exit(exit_code_of(lambda: function(*args, **kwargs)))

    return run


def exit_code_of(action: Callable[[], int]) -> int:
    """The exit code of ``action``, whose trouble is told on stderr."""
    try:
        return action()
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else FINE
    except InputError as error:
        tell(*error.problems)
        return WRONG_INPUT
    except KeyboardInterrupt:
        complain("stopped")
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return CLOSED_PIPE
    except Exception as fault:
        return _fault(fault)


def tell(*problems: Problem) -> None:
    """One line for each problem, with control characters made visible."""
    from advisor.documents import escape_text

    for problem in problems:
        complain(escape_text(str(problem)), name="")


def complain(line: str, *, name: str = "advisor: ") -> None:
    """A line on stderr; a closed stderr is nobody's fault."""
    try:
        print(f"{name}{line}", file=sys.stderr, flush=True)
    except OSError:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123  (for the interpreter's own flush)


def _fault(fault: Exception) -> int:
    if os.environ.get("ADVISOR_DEBUG") == "1":
        import traceback

        traceback.print_exception(fault)
        return FAULT
    from advisor import __version__
    from advisor.documents import escape_text

    what = escape_text(f"{type(fault).__name__}: {fault}")
    complain(
        f"internal fault, please report it with your input and this line: {what} "
        f"(version {__version__}; ADVISOR_DEBUG=1 shows where)"
    )
    return FAULT


def _forget_stdout() -> None:
    """Nothing more can be written; the interpreter's own flush at exit must not complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
    finally:
        os.close(nowhere)
