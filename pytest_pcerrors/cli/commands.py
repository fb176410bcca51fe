"""The subcommands together, and how they end: with an exit status, and never with a traceback for misuse."""

import sys
from collections.abc import Sequence
from io import TextIOWrapper

import click

from pytest_pcerrors.cli.catalogue import explain, list_entries
from pytest_pcerrors.cli.check import check
from pytest_pcerrors.cli.contracts import diff_contracts, import_page
from pytest_pcerrors.cli.learn import learn_settings
from pytest_pcerrors.cli.output import complain
from pytest_pcerrors.cli.schema import schema
from pytest_pcerrors.cli.synth import synth
from pytest_pcerrors.errors import UsageError

_MISUSE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pytest-pcerrors")
def pcerrors() -> None:
    """Hold error responses against the Partner Center error contract.

    Settings come from [tool.pcerrors] in pyproject.toml; options win over them. Exit status: 0 conforms, 1 violations,
    2 misuse.
    """


for command in (check, list_entries, explain, schema, import_page, diff_contracts, learn_settings, synth):
    pcerrors.add_command(command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit status; Ctrl-C comes out as `KeyboardInterrupt`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status: object = pcerrors.main(arguments, prog_name="pcerrors", standalone_mode=False)
    except UsageError as error:
        complain(str(error))
        return _MISUSE
    except click.ClickException as error:
        error.show()
        return _MISUSE
    except click.Abort:
        raise KeyboardInterrupt from None
    except OSError as error:
        complain(": ".join(map(str, filter(None, (error.filename, error.strerror)))))
        return _MISUSE
    return status if isinstance(status, int) else 0
