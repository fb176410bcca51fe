"""The command ``pcerrors``: its subcommands, and how it ends."""

import os
import sys
from collections.abc import Sequence

import click

from pytest_pcerrors.cli.catalogue import explain, list_entries
from pytest_pcerrors.cli.check import check
from pytest_pcerrors.cli.schema import schema
from pytest_pcerrors.cli.synth import synth
from pytest_pcerrors.errors import UsageError

_MISUSE = 2
_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pytest-pcerrors")
def pcerrors() -> None:
    """Hold error responses against the Partner Center error contract.

    Settings come from [tool.pcerrors] in pyproject.toml; options win over them. Exit status: 0 conforms, 1 violations,
    2 misuse.
    """


for command in (check, list_entries, explain, schema, synth):
    pcerrors.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; misuse, Ctrl-C and a closed pipe end quietly."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = pcerrors.main(arguments, prog_name="pcerrors", standalone_mode=False)
        sys.stdout.flush()
    except UsageError as error:
        click.echo(f"pcerrors: {error}", err=True)
        return _MISUSE
    except click.ClickException as error:
        error.show()
        return _MISUSE
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes at exit
        return 0
    return status if isinstance(status, int) else 0
