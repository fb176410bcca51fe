"""``pcerrors report``: what can be done with saved reports and coverages."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from pytest_pcerrors.cli._input import STDIN, refuse_overwriting, standard_input
from pytest_pcerrors.cli._options import contract_option, format_option, output_option, policy_for
from pytest_pcerrors.cli._output import print_output, print_problem, write_report
from pytest_pcerrors.documents import read_bytes
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.folders import identity
from pytest_pcerrors.reporting.coverage import ErrorCoverage
from pytest_pcerrors.reporting.formats import FORMATS
from pytest_pcerrors.reporting.formats.coverage import COVERAGE_FORMATS, comparison
from pytest_pcerrors.reporting.report import Report, kind, merged, saved_of
from pytest_pcerrors.text import listed, nearest

_ALL_FORMATS = tuple(dict.fromkeys([*FORMATS, *COVERAGE_FORMATS]))


@click.command()
@click.argument("saved", metavar="FILE")
@format_option(_ALL_FORMATS)
@output_option
@click.option("--quiet", is_flag=True, help="Print violations only: no summary.")
@click.option(
    "--base", metavar="FILE", help="A saved coverage; the page of --format html shows what has changed since."
)
@contract_option
def render(  # noqa: PLR0913 - one parameter an option
    saved: str, *, format_name: str, output: Path | None, quiet: bool, base: str | None, contract_file: str | None
) -> int:
    """Write a saved JSON report or coverage in another format.

    - is standard input. The exit code is 0.
    """
    read = _read(saved, contract_file)
    read.is_quiet = quiet
    if base is not None:
        if format_name != "html":
            raise UsageError("--base is for --format html; `pcerrors report compare` prints the changes")
        if read.coverage is None:
            raise UsageError("the report has no error coverage to compare with that of --base")
        read.base, read.is_coverage = _coverage(base, contract_file), False
    return _write(read, format_name, output, [saved, *([base] if base else [])])


@click.command()
@click.argument("saved", metavar="FILE...", nargs=-1, required=True)
@format_option(_ALL_FORMATS, default="json")
@output_option
@contract_option
def merge(saved: tuple[str, ...], *, format_name: str, output: Path | None, contract_file: str | None) -> int:
    """Join the JSON reports or coverages of several runs.

    The runs are, for example, the shards of a CI job. A file that is given twice is counted once. The exit code is 0.
    """
    names = _once(saved)
    return _write(merged([_read(each, contract_file) for each in names], names), format_name, output, names)


@click.command()
@click.argument("base", metavar="BASE")
@click.argument("head", metavar="HEAD")
@click.option(
    "--fail-on",
    type=click.Choice(["lost", "never"]),
    default="never",
    show_default=True,
    help="The exit code is 1 if an error is not met any more.",
)
@contract_option
def compare(base: str, head: str, fail_on: str, contract_file: str | None) -> int:
    """Print the errors that a coverage has lost and won.

    The coverage HEAD is compared with the coverage BASE.
    """
    before, now = _coverage(base, contract_file), _coverage(head, contract_file)
    print_output(comparison(before, now), newline=False)
    has_lost = any(before.is_met(entry) for entry in now.missing())
    return int(has_lost and fail_on == "lost")


def _path(name: str) -> Path | None:
    return None if name == STDIN else Path(name)


def _once(saved: Sequence[str]) -> list[str]:
    """Return the first name of each file, and report files with several: a pattern and a name often match the same file."""
    names: dict[object, list[str]] = {}
    for name in saved:
        path = _path(name)
        names.setdefault(path and identity(path), []).append(name)
    for same in names.values():
        if len(same) > 1:
            print_problem(f"{listed(same)}: the same file, which is counted once")
    return [first for first, *_ in names.values()]


def _read(saved: str, contract_file: str | None) -> Report:
    """Return what a file or standard input has."""
    data = standard_input().read() if saved == STDIN else read_bytes(Path(saved))
    return saved_of(data, saved, lambda: policy_for(contract_file)[0].documented)


def _coverage(path: str, contract_file: str | None) -> ErrorCoverage:
    """Return a saved coverage, or that of a saved report."""
    coverage = _read(path, contract_file).coverage
    if coverage is None:
        raise UsageError(
            f"{path}: a report without error coverage; count it with --coverage, or pytest's --pc-coverage"
        )
    return coverage


def _write(read: Report, format_name: str, output: Path | None, names: Sequence[str]) -> int:
    """Write a report or a coverage that was read from these files in a format, but not over one of them or a recording; return 0."""
    found = {each["path"] for each in read.findings if each["path"]}
    refuse_overwriting(output, map(_path, (*names, *found)))
    formats: dict[str, Any] = COVERAGE_FORMATS if read.is_coverage else FORMATS
    if format_name not in formats:
        raise UsageError(f"{kind(read)} has no format {format_name}; {nearest(format_name, formats)}")
    write = formats[format_name]
    write_report([write(read.coverage)] if read.is_coverage else write(read), output)
    return 0
