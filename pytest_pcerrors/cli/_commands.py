"""The group of subcommands, and its exit code. Misuse never ends with a traceback."""

import gc
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from pytest_pcerrors.cli._output import print_problem
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import nearest, represented

_MISUSE = 2
_COMMANDS = {
    "check": ("check", "check", "Check recordings, or folders of them; - is standard input."),
    "diff": ("contracts", "diff_contracts", "Compare two contracts: each change, and its effect on clients."),
    "explain": ("catalogue", "explain", "Explain an error code or a rule."),
    "import": ("contracts", "import_source", "Make a contract from the documentation of an API."),
    "learn": ("learn", "learn_settings", "Propose settings under which these recordings pass."),
    "list": ("catalogue", "list_entries", "List the documented errors."),
    "redact": ("redact", "redact", "Hide the secrets in recordings, or folders of them, in place."),
    "report": ("_commands", "report", "Convert, join and compare saved reports and coverages."),
    "schema": ("catalogue", "schema", "Print the JSON Schema (2020-12) of an error response body."),
    "serve": ("serve", "serve", "Serve the documented errors and the observed shapes over HTTP."),
    "synth": ("synth", "synth", "Write cassettes of conforming responses, for vcrpy."),
}
_REPORT_COMMANDS = {
    "compare": ("report", "compare", "Print the errors that a coverage has lost and won."),
    "merge": ("report", "merge", "Join the JSON reports or coverages of several runs."),
    "render": ("report", "render", "Write a saved JSON report or coverage in another format."),
}
"""The subcommands of a group: the module of each, the name of its function, and the first sentence of its help."""

Table = Mapping[str, tuple[str, str, str]]


class _Commands(click.Group):
    """A group whose subcommands are loaded when they are called, so that each loads only its own imports."""

    def __init__(self, *arguments: Any, table: Table, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._table = table

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Print the help and exit with 2 if no subcommand is given, as click from 8.2 on does; refuse empty arguments."""
        if not args:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(_MISUSE)
        for given in args:
            if not given or (given.startswith("--") and given.find("=") == len(given) - 1):
                raise UsageError(f"{given[:-1] or 'an argument'} is empty; is a shell variable not set?")
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._table)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands, without loading them."""
        listed = [click.Command(name, help=line) for name, (_, _, line) in self._table.items()]
        click.Group(commands=listed).format_commands(ctx, formatter)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a subcommand; report the nearest one to an unknown name, unless a shell completes it."""
        if cmd_name not in self._table:
            problem = f"there is no command {represented(cmd_name)}; {nearest(cmd_name, self._table)}"
            return None if ctx.resilient_parsing else ctx.fail(problem)
        module, name, _ = self._table[cmd_name]
        command: click.Command = getattr(import_module(f"pytest_pcerrors.cli.{module}"), name)
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
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
