"""``pcerrors report``: what can be done with saved reports."""

from pathlib import Path

import click

from pytest_pcerrors.cli._input import STDIN, refuse_overwriting, standard_input
from pytest_pcerrors.cli._options import format_option, output_option
from pytest_pcerrors.cli._output import write_report
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.reporting.formats.registry import FORMATS
from pytest_pcerrors.reporting.report import Report
from pytest_pcerrors.reporting.saved import report_of


@click.command()
@click.argument("saved", metavar="FILE")
@format_option(FORMATS)
@output_option
@click.option("--quiet", is_flag=True, help="Print violations only: no summary.")
def render(saved: str, *, format_name: str, output: Path | None, quiet: bool) -> int:
    """Write a saved JSON report in another format; - is standard input. The exit status is 0."""
    refuse_overwriting(output, [None if saved == STDIN else Path(saved)])
    write_report(FORMATS[format_name](_read(saved, is_quiet=quiet)), output)
    return 0


def _read(saved: str, *, is_quiet: bool = False) -> Report:
    """Return the report in a file or on standard input."""
    if saved == STDIN:
        return report_of(standard_input().read(), STDIN, is_quiet=is_quiet)
    try:
        data = Path(saved).read_bytes()
    except OSError as error:
        raise UsageError(f"{saved}: cannot be read: {error.strerror}") from None
    return report_of(data, saved, is_quiet=is_quiet)
