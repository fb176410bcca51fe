"""``pcerrors check``: archives held against the contract."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from pytest_pcerrors.checking.audit import Finding, audit_exchanges
from pytest_pcerrors.cli.options import contract_option, policy_for, profile_option
from pytest_pcerrors.documents import write_whole
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.files import archive_files, read_file, read_stream
from pytest_pcerrors.reporting.formats import FORMATS
from pytest_pcerrors.reporting.tally import Tally

if TYPE_CHECKING:
    from pytest_pcerrors.checking.policy import Policy

_STDIN = "-"


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--format", "format_name", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to this file.")
@click.option("--fail-on", type=click.Choice(["error", "warning", "never"]), default="error", show_default=True)
@click.option("--quiet", is_flag=True, help="Print violations only: no summary, no progress bar.")
@contract_option
@profile_option
def check(  # noqa: PLR0913 - one parameter an option
    paths: tuple[str, ...],
    format_name: str,
    output: Path | None,
    fail_on: str,
    *,
    quiet: bool,
    contract_file: str | None,
    profile: str | None,
) -> int:
    """Check cassettes, HAR and NDJSON files, or folders of them; - is standard input.

    Without PATH, what `collect` in the settings names. Error responses of the contract's hosts are held against the
    contract, 2xx are searched for errors hidden in them, and exchanges with other hosts are counted.
    """
    policy, settings = policy_for(contract_file, profile)
    sources = paths or tuple(str(path) for path in settings.collect)
    if not sources:
        raise UsageError("name a file or folder to check, or set `collect` in [tool.pcerrors]")
    tally = Tally()
    report = FORMATS[format_name](_counted(_findings(sources, policy, quiet=quiet), tally), tally, policy, quiet=quiet)
    if output is None:
        for piece in report:
            click.echo(piece, nl=False)
    else:
        write_whole(output, "".join(report))
    if not tally.errors and not tally.unreadable:
        click.echo("pcerrors: no error response was found to check", err=True)
    failing = bool(tally.broken) or bool(tally.unreadable) or (fail_on == "warning" and bool(tally.warned))
    return int(failing and fail_on != "never")


def _counted(findings: Iterator[Finding], tally: Tally) -> Iterator[Finding]:
    for finding in findings:
        tally.add(finding)
        yield finding


def _findings(sources: tuple[str, ...], policy: "Policy", *, quiet: bool) -> Iterator[Finding]:
    """Yield what is found in each source; all paths are looked up first, so that a misspelt one is told at once."""
    files = [
        file for source in sources for file in ([Path(source)] if source == _STDIN else archive_files(Path(source)))
    ]
    with _progress(files, quiet=quiet) as watched:
        for file in watched:
            exchanges = read_stream(_stdin(), _STDIN) if str(file) == _STDIN else read_file(file)
            yield from audit_exchanges(exchanges, policy)


def _stdin() -> IO[bytes]:
    return sys.stdin.buffer


@contextmanager
def _progress(files: list[Path], *, quiet: bool) -> Iterator[Iterator[Path]]:
    """Watch the files go by on a bar on standard error, where that is a terminal and there is more than one file."""
    if quiet or len(files) < 2 or not sys.stderr.isatty():  # noqa: PLR2004 - a bar for one file says nothing
        yield iter(files)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        yield iter(progress.track(files, description="Checking"))
