"""``pcerrors check``: check archives against the contract, and count which of the documented errors they have."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from pytest_pcerrors.cli._input import Input, address_of, bodies, input_of, refuse_overwriting
from pytest_pcerrors.cli._options import (
    contract_option,
    files_of_policy,
    format_option,
    output_option,
    policy_for,
    profile_option,
)
from pytest_pcerrors.cli._output import print_problem, write_report
from pytest_pcerrors.engines.task import Task
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.files import may_have_lines
from pytest_pcerrors.exchange.archives.formats import READERS
from pytest_pcerrors.policy.age import days_of, unknown_age_text
from pytest_pcerrors.reporting.coverage import ErrorCoverage, excluded_by
from pytest_pcerrors.reporting.formats import FORMATS, FORMATS_OF_ALL, Target, make_folder, targets_of
from pytest_pcerrors.reporting.formats.coverage import COVERAGE_FORMATS, percentage, shortfall
from pytest_pcerrors.reporting.report import Report
from pytest_pcerrors.reporting.summary import Tally
from pytest_pcerrors.reporting.totals import Wanted

_COVERAGE_REPORT = "--coverage-report"
_SAMPLES_ON_DASK = 10
_NO_FILE = (
    f"no file was read: in folders, only files that end in {', '.join(READERS)} are; name others, such as FOLDER/*.log"
)


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@format_option(FORMATS)
@output_option
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="The severity that makes the exit code 1. Unreadable input is an error.",
)
@click.option(
    "--status",
    type=click.IntRange(100, 999),
    help="Read PATH, or -, as an error body alone, received with this HTTP status.",
)
@click.option("--max-age", metavar="DAYS", help="Report recordings with a response older than this, such as 180d.")
@click.option(
    "--map", "layout", metavar="KEY=PATH,...", help="Read the lines of a log, such as status=.res.code,body=.res.body."
)
@click.option(
    "--jobs",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    metavar="N",
    help="The number of processes; 0 is one for each CPU, or for each 4 MiB if these are fewer. The report is the same for any number.",
)
@click.option(
    "--engine",
    default="local",
    show_default=True,
    metavar="local|dask[=ADDRESS]",
    help="dask checks on the Dask cluster with this scheduler, or one of this machine; PATH may be a URL or a pattern.",
)
@click.option(
    "--samples",
    type=click.IntRange(1),
    metavar="N",
    help="Report the first N findings of each rule, and counts of all by code, day and source; 10 for the engine dask.",
)
@click.option("--quiet", is_flag=True, help="Print violations only: no summary, no progress bar.")
@click.option("--coverage", is_flag=True, help="Print which of the documented errors are in the recordings.")
@click.option(
    _COVERAGE_REPORT,
    multiple=True,
    metavar="FORMAT:FILE",
    help=f"Write this coverage; formats are {', '.join(COVERAGE_FORMATS)}. It can be repeated.",
)
@click.option(
    "--coverage-min",
    metavar="PERCENT",
    help="The exit code is 1 if fewer of the documented errors are in the recordings.",
)
@contract_option
@profile_option
def check(  # noqa: PLR0913 - one parameter an option
    paths: tuple[str, ...],
    format_name: str,
    output: Path | None,
    fail_on: str,
    *,
    status: int | None,
    quiet: bool,
    contract_file: str | None,
    profile: str | None,
    **options: Any,
) -> int:
    """Check recordings, or folders of them; - is standard input.

    A recording is a cassette, HAR, NDJSON, a stub of WireMock, a Postman collection, or the output of `curl -i`. Without PATH, check the paths in `collect` of the settings. Error responses of the hosts of the contract are checked,
    2xx responses are searched for errors in their bodies, and exchanges with other hosts are only counted.
    """
    layout, address = options["layout"], address_of(options["engine"])
    policy, settings = policy_for(contract_file, profile, days_of(options["max_age"], "--max-age"), layout)
    if status is None:
        given = input_of(paths, settings, jobs=options["jobs"], address=address, quiet=quiet)
    elif layout is not None or address is not None:
        raise UsageError("--status reads each PATH as one body; leave out --map and --engine")
    else:
        given = bodies(paths, status)
    if layout is not None and given.files and not any(file is None or may_have_lines(file) for file in given.files):
        print_problem("--map has no effect: it is for the lines of NDJSON, and no file has them")
    inputs = [*given.files, *files_of_policy(settings, contract_file)]
    refuse_overwriting(output, inputs)
    least = percentage(options["coverage_min"], "--coverage-min")
    reports = _coverage_reports(options, inputs, can_print=output is not None or format_name == "text")
    excluded = excluded_by(settings.coverage_exclude, policy.documented) if reports or least is not None else None
    for file in filter(None, [output, *(each.file for each in reports)]):
        make_folder(file)  # before the check, which may take long
    samples = options["samples"] or (None if address is None else _SAMPLES_ON_DASK)
    task = Task(settings, policy, Wanted(format_name in FORMATS_OF_ALL, excluded, samples))
    totals = task.totals()
    findings = task.wanted.kept(given.findings(task, totals))
    write_report(FORMATS[format_name](Report.of_findings(findings, totals, policy, is_quiet=quiet)), output)
    short = _write_coverage(totals.coverage, reports, least)
    for problem in filter(None, [short, *settings.without_effect(), *_doubts(totals.tally, given)]):
        print_problem(problem)
    return int(bool(short) or _fails(totals.tally, fail_on))


def _fails(tally: Tally, fail_on: str) -> bool:
    """Return whether what was found is a failure."""
    return fail_on != "never" and bool(tally.broken or tally.unreadable or (fail_on == "warning" and tally.warned))


def _coverage_reports(options: dict[str, Any], inputs: Iterable[Path | None], *, can_print: bool) -> list[Target]:
    """Return the reports of the error coverage; none of their files may be an input."""
    files = filter(None, inputs)
    targets = targets_of(options["coverage_report"], _COVERAGE_REPORT, COVERAGE_FORMATS, Path.cwd(), files)
    if options["coverage"]:
        targets.insert(0, Target("text", None))
    if not can_print and any(target.file is None for target in targets):
        raise UsageError("the coverage would be printed after the report; write one of them to a file")
    return targets


def _write_coverage(coverage: ErrorCoverage | None, reports: Iterable[Target], least: float | None) -> str:
    """Print and write the coverage, if it was counted; return a message if it is too low."""
    if coverage is None:
        return ""
    for target in reports:
        write_report([COVERAGE_FORMATS[target.form](coverage)], target.file)
    return shortfall(coverage, least or 0)


def _doubts(tally: Tally, given: Input) -> list[str]:
    """Return what the counts leave in doubt: nothing was read or checked, or an age is unknown."""
    return [tally.unchecked() if given.files else _NO_FILE, unknown_age_text(tally.undated) if tally.undated else ""]
