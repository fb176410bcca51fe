"""The group of subcommands, and its exit code. Misuse never ends with a traceback."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from pytest_pcerrors.cli._output import print_problem
from pytest_pcerrors.errors import UsageError

_MISUSE = 2
_COMMANDS = {
    "check": ("check", "check"),
    "diff": ("contracts", "diff_contracts"),
    "explain": ("catalogue", "explain"),
    "import": ("contracts", "import_source"),
    "learn": ("learn", "learn_settings"),
    "list": ("catalogue", "list_entries"),
    "redact": ("redact", "redact"),
    "report": ("_commands", "report"),
    "schema": ("catalogue", "schema"),
    "serve": ("serve", "serve"),
    "synth": ("synth", "synth"),
}
_REPORT_COMMANDS = {
    "compare": ("report", "compare"),
    "merge": ("report", "merge"),
    "render": ("report", "render"),
}
"""The subcommands of a group: the module of each, and the name of its function."""


class _Commands(click.Group):
    """A group whose subcommands are loaded when they are called, so that each loads only its own imports."""

    def __init__(self, *arguments: Any, table: Mapping[str, tuple[str, str]], **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._table = table

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Print the help and exit with 2 if no subcommand is given; click before 8.2 exits with 0."""
        if not args:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(_MISUSE)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in self._table:
            return None
        module, name = self._table[cmd_name]
        command: click.Command = getattr(import_module(f"pytest_pcerrors.cli.{module}"), name)
        return command


@click.group(cls=_Commands, table=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pytest-pcerrors")
def pcerrors() -> None:
    """Check error responses against the Partner Center error contract.

    Settings come from [tool.pcerrors] in pyproject.toml; options override them. Exit code: 0 conforms, 1 violations,
    2 misuse.
    """


@click.group(cls=_Commands, table=_REPORT_COMMANDS)
def report() -> None:
    """Convert, join and compare saved reports and coverages.

    They are the JSON that `pcerrors check` and pytest write.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit code; Ctrl-C raises `KeyboardInterrupt`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status: object = pcerrors.main(arguments, prog_name="pcerrors", standalone_mode=False)
    except UsageError as error:
        print_problem(str(error))
        return _MISUSE
    except click.ClickException as error:
        error.show()
        return _MISUSE
    except click.Abort:
        raise KeyboardInterrupt from None
    except MemoryError:
        print_problem("not enough memory; check fewer or smaller files")
        return _MISUSE
    except OSError as error:
        print_problem(": ".join(map(str, filter(None, (error.filename, error.strerror)))))
        return _MISUSE
    return status if isinstance(status, int) else 0
