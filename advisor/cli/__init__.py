"""The command ``advisor``: reads arguments, calls the layers below, prints, and sets exit codes.

One file for each command. What a command needs is imported when it runs, so that ``--help`` and
``validate`` start fast.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (``sys.argv`` if None) and give back the exit code."""
    from advisor.cli.app import app
    from advisor.cli.exits import exit_code_of

    return exit_code_of(lambda: app(args=arguments, prog_name="advisor"))
