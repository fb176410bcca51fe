"""``pcerrors report``: what can be done with saved reports and coverages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from pytest_pcerrors.cli._input import STDIN, refuse_overwriting, standard_input
from pytest_pcerrors.cli._options import contract_option, format_option, output_option, policy_for
from pytest_pcerrors.cli._output import print_output, write_report
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.reporting.coverage import ErrorCoverage
from pytest_pcerrors.reporting.coverage_formats import COVERAGE_FORMATS, comparison
from pytest_pcerrors.reporting.formats.registry import FORMATS
from pytest_pcerrors.reporting.report import Report
from pytest_pcerrors.reporting.saved import merged, saved_of
from pytest_pcerrors.text import nearest

_ALL_FORMATS = tuple(dict.fromkeys([*FORMATS, *COVERAGE_FORMATS]))


@click.command()
@click.argument("saved", metavar="FILE")
@format_option(_ALL_FORMATS)
@output_option
@click.option("--quiet", is_flag=True, help="Print violations only: no summary.")
@contract_option
def render(saved: str, *, format_name: str, output: Path | None, quiet: bool, contract_file: str | None) -> int:
    """Write a saved JSON report or coverage in another format; - is standard input. The exit status is 0."""
    refuse_overwriting(output, _paths(saved))
    read = _read(saved, contract_file)
    if isinstance(read, Report):
        read.is_quiet = quiet
    write_report(_written(read, format_name), output)
    return 0


@click.command()
@click.argument("saved", metavar="FILE...", nargs=-1, required=True)
@format_option(_ALL_FORMATS, default="json")
@output_option
@contract_option
def merge(saved: tuple[str, ...], *, format_name: str, output: Path | None, contract_file: str | None) -> int:
    """Join the JSON reports or coverages of several runs, such as the shards of a CI job. The exit status is 0."""
    refuse_overwriting(output, _paths(*saved))
    write_report(_written(merged([_read(each, contract_file) for each in saved], saved), format_name), output)
    return 0


@click.command()
@click.argument("base", metavar="BASE")
@click.argument("head", metavar="HEAD")
@click.option(
    "--fail-on",
    type=click.Choice(["lost", "never"]),
    default="never",
    show_default=True,
    help="The exit status is 1 if an error is not met any more.",
)
@contract_option
def compare(base: str, head: str, fail_on: str, contract_file: str | None) -> int:
    """Print which errors the coverage HEAD has lost and won against the coverage BASE."""
    coverages = []
    for path in (base, head):
        read = _read(path, contract_file)
        if not isinstance(read, ErrorCoverage):
            raise UsageError(f"{path}: a report; compare takes two coverages, of `--pc-coverage-report=json:FILE`")
        coverages.append(read)
    before, now = coverages
    print_output(comparison(before, now), newline=False)
    has_lost = any(before.is_met(entry) for entry in now.missing())
    return int(has_lost and fail_on == "lost")


def _paths(*names: str) -> list[Path | None]:
    return [None if name == STDIN else Path(name) for name in names]


def _read(saved: str, contract_file: str | None) -> Report | ErrorCoverage:
    """Return what a file or standard input has."""
    if saved == STDIN:
        data = standard_input().read()
    else:
        try:
            data = Path(saved).read_bytes()
        except OSError as error:
            raise UsageError(f"{saved}: cannot be read: {error.strerror}") from None
    return saved_of(data, saved, lambda: policy_for(contract_file)[0].contract)


def _written(read: Report | ErrorCoverage, format_name: str) -> Iterator[str]:
    """Yield a report or a coverage in a format; one that it does not have is a `UsageError`."""
    formats: dict[str, Any] = FORMATS if isinstance(read, Report) else COVERAGE_FORMATS
    if format_name not in formats:
        kind = "a report" if isinstance(read, Report) else "an error coverage"
        raise UsageError(f"{kind} has no format {format_name}; {nearest(format_name, formats)}")
    yield from formats[format_name](read)
