"""Output of the command: results to standard output, problems and the progress of long work to standard error."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import TextIO

import click

from pytest_pcerrors.documents import write_atomically
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.reporting.formats import make_folder

_LARGE = 10 * 1024 * 1024
_SHOWN_FOR = 0.1  # seconds until the bar is drawn again


def print_output(text: str, *, newline: bool = True) -> None:
    """Write to standard output. If its reader has closed it, discard the output and keep the exit code."""
    try:
        click.echo(text, nl=newline)
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)  # for the buffered output too, which Python writes at exit
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise UsageError(f"standard output cannot be written: {error.strerror}") from None


def write_report(pieces: Iterable[str], output: Path | None) -> None:
    """Write a report to a file, whole or not at all, or print it piece by piece; with a progress bar in the same terminal, at the end."""
    if output is not None:
        make_folder(output)
        write_atomically(output, pieces)
        return
    if is_terminal(sys.stdout) and is_terminal(sys.stderr):
        pieces = list(pieces)
    for piece in pieces:
        print_output(piece, newline=False)


def print_note(line: str) -> None:
    """Write a line to standard error; ignore an error of writing, since the exit code reports a problem too."""
    with suppress(OSError):
        click.echo(line, err=True)


def print_problem(problem: str) -> None:
    """Write a problem to standard error."""
    print_note(f"pcerrors: {problem}")


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a standard stream is a terminal; a closed stream is `None`."""
    return stream is not None and stream.isatty()


@contextmanager
def progress_bar(sizes: Sequence[int | None], *, quiet: bool) -> Iterator[Callable[[int], object] | None]:
    """Show a bar of the bytes of files of these sizes, and give the function to call with the number of bytes of every read.

    The bar is on standard error, if that is a terminal and there are several files or more than 10 MiB. Without it,
    the function is None. With an unknown size, None, the bar has no total.
    """
    is_short = len(sizes) < 2 and sum(filter(None, sizes)) <= _LARGE  # noqa: PLR2004 - fewer than several files
    if quiet or is_short or not is_terminal(sys.stderr):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        auto_refresh=False,  # it would be done by a thread, and a process with threads cannot be copied
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as progress:
        known = [size for size in sizes if size is not None]
        task = progress.add_task("Checking", total=sum(known) if len(known) == len(sizes) else None)
        shown = monotonic()

        def on_read(size: int) -> None:
            nonlocal shown
            progress.advance(task, size)
            if monotonic() - shown > _SHOWN_FOR:
                progress.refresh()
                shown = monotonic()

        yield on_read
