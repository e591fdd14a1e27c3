"""The commands put together."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor.cli.ask import ask
from advisor.cli.check import check
from advisor.cli.exits import command
from advisor.cli.explain import explain
from advisor.cli.init import init
from advisor.cli.recommend import recommend
from advisor.cli.record import record
from advisor.cli.validate import validate

app = typer.Typer(
    name="advisor",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for function in (init, validate, recommend, ask, record, check, explain):
    app.command(name=function.__name__)(command(function))


def _print_version(wanted: bool) -> None:
    if wanted:
        from advisor import __version__

        typer.echo(f"advisor {__version__}")
        raise typer.Exit


@app.callback()
def _advisor(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Says which RabbitMQ or Kafka design fits each workload, both, or no broker.

    \b
    Example:
      advisor init advisor.yaml
      advisor recommend advisor.yaml
    """
