"""The command ``advisor``: reads arguments, calls the layers below, prints, and sets exit codes.

One file for each command. What a command needs is imported when it runs, so that ``--help`` and
``validate`` start fast.
"""

from __future__ import annotations

from collections.abc import Sequence

_GARBAGE = 100_000
"""New objects between two looks for cycles: a short process makes many and leaves few behind."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (``sys.argv`` if None) and give back the exit code."""
    import gc

    from advisor.cli.app import app
    from advisor.cli.exits import exit_code_of

    gc.set_threshold(_GARBAGE)
    return exit_code_of(lambda: app(args=arguments, prog_name="advisor"))
