"""The commands put together."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor.cli import rules
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
rules_app = typer.Typer(
    name="rules", rich_markup_mode=None, no_args_is_help=True, help="For those who write rules."
)
for function in (init, validate, recommend, ask, record, check, explain):
    app.command(name=function.__name__)(command(function))

for writing in (rules.lint, rules.test, rules.new, rules.diff):
    rules_app.command(name=writing.__name__)(command(writing))
app.add_typer(rules_app)


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
