"""What the command writes, and to whom: standard output where somebody reads it, standard error for the rest."""

import os
import sys
from contextlib import suppress
from typing import TextIO

import click

from pytest_pcerrors.errors import UsageError


def print_output(text: str, *, newline: bool = True) -> None:
    """Write to standard output. Where its reader has gone, nothing is written, and the exit status stays true."""
    try:
        click.echo(text, nl=newline)
    except OSError as error:
        _to_nowhere()
        if not isinstance(error, BrokenPipeError):
            raise UsageError(f"standard output cannot be written: {error.strerror}") from None


def print_problem(problem: str) -> None:
    """Write a problem to standard error, where that can be written; the exit status says it in any case."""
    with suppress(OSError):
        click.echo(f"pcerrors: {problem}", err=True)


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether a standard stream is a terminal; a closed one is None."""
    return stream is not None and stream.isatty()


def _to_nowhere() -> None:
    """Let all further output vanish, also what is still held back, which Python writes when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
