"""Output of the command: results to standard output, problems to standard error."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import click

from pytest_pcerrors.documents import write_atomically
from pytest_pcerrors.errors import UsageError


def print_output(text: str, *, newline: bool = True) -> None:
    """Write to standard output. If its reader has closed it, discard the output and keep the exit code."""
    try:
        click.echo(text, nl=newline)
    except OSError as error:
        _to_nowhere()
        if not isinstance(error, BrokenPipeError):
            raise UsageError(f"standard output cannot be written: {error.strerror}") from None


def write_report(pieces: Iterable[str], output: Path | None) -> None:
    """Write a report to a file, whole or not at all, or print it piece by piece; with a progress bar in the same terminal, at the end."""
    if output is not None:
        write_atomically(output, pieces)
        return
    if is_terminal(sys.stdout) and is_terminal(sys.stderr):
        pieces = list(pieces)
    for piece in pieces:
        print_output(piece, newline=False)


def print_problem(problem: str) -> None:
    """Write a problem to standard error; ignore an error of writing, since the exit code reports the problem too."""
    with suppress(OSError):
        click.echo(f"pcerrors: {problem}", err=True)


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a standard stream is a terminal; a closed stream is `None`."""
    return stream is not None and stream.isatty()


def _to_nowhere() -> None:
    """Discard all further output, also the buffered output that Python writes at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
