"""``pcerrors check``: check archives against the contract, and count which of the documented errors they have."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import click

from pytest_pcerrors.cli._engines import Engine, Input
from pytest_pcerrors.cli._input import bodies, refuse_overwriting
from pytest_pcerrors.cli._options import (
    contract_option,
    files_of_policy,
    format_option,
    output_option,
    policy_for,
    profile_option,
)
from pytest_pcerrors.cli._output import print_problem, write_report
from pytest_pcerrors.contract.catalogue import Pairing
from pytest_pcerrors.engines.task import Recipe, Task
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.files import may_have_lines
from pytest_pcerrors.policy.age import unknown_age_text
from pytest_pcerrors.policy.audit import Recording, audit
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting.coverage import ErrorCoverage, excluded_by
from pytest_pcerrors.reporting.finding_data import FindingData
from pytest_pcerrors.reporting.formats import FORMATS, FORMATS_OF_ALL
from pytest_pcerrors.reporting.formats.coverage import COVERAGE_FORMATS, shortfall
from pytest_pcerrors.reporting.report import Report
from pytest_pcerrors.reporting.summary import Tally
from pytest_pcerrors.reporting.targets import Target, targets_of
from pytest_pcerrors.reporting.totals import Totals, Wanted
from pytest_pcerrors.settings import Settings

_COVERAGE_REPORT = "--coverage-report"


class _Coverage:
    """What becomes of the error coverage of an archive; none of its files may be an input, and their folders are created.

    `excluded` are the errors that it does not want, or None if nothing asks for it.
    """

    excluded: frozenset[Pairing] | None = None

    def __init__(
        self, options: dict[str, Any], policy: Policy, settings: Settings, inputs: Iterable[Path | None]
    ) -> None:
        files = [file for file in inputs if file is not None]
        self._least: float | None = options["coverage_min"]
        self._targets = targets_of(options["coverage_report"], _COVERAGE_REPORT, COVERAGE_FORMATS, Path.cwd(), files)
        for target in self._targets:
            target.make_folder()
        if options["coverage"]:
            self._targets.insert(0, Target("text", None))
        if self._targets or self._least is not None:
            self.excluded = excluded_by(settings.coverage_exclude, policy.documented)

    @property
    def is_printed(self) -> bool:
        """Whether a part of it goes to standard output."""
        return any(target.file is None for target in self._targets)

    def report(self, counted: ErrorCoverage | None) -> int:
        """Print and write the coverage, if it was counted; return 1 if it is too low."""
        if counted is None:
            return 0
        for target in self._targets:
            write_report([COVERAGE_FORMATS[target.form](counted)], target.file)
        short = "" if self._least is None else shortfall(counted, self._least)
        if short:
            print_problem(short)
        return int(bool(short))


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
    default=1,
    show_default=True,
    metavar="N",
    help="The number of processes; 0 is one for each CPU. The report is the same for any number.",
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
    type=click.FloatRange(0, 100),
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
    max_age: str | None,
    *,
    layout: str | None,
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
    engine = Engine(options["jobs"], options["engine"], options["samples"])
    policy, settings = policy_for(contract_file, profile, max_age, layout)
    given = engine.input_of(paths, settings, policy.layout, quiet=quiet) if status is None else _bodies(paths, status)
    if layout is not None and not any(file is None or may_have_lines(file) for file in given.files):
        print_problem("--map has no effect: it is for the lines of NDJSON, and no file has them")
    inputs = [*given.files, *files_of_policy(settings, contract_file)]
    refuse_overwriting(output, inputs)
    coverage = _Coverage(options, policy, settings, inputs)
    if coverage.is_printed and output is None and format_name != "text":
        raise UsageError("the coverage would be printed after the report; write one of them to a file")
    recipe = Recipe(settings, policy.contract, policy.others, policy.hosts, profile, max_age, policy.root, policy.today)
    task = Task(recipe, Wanted(format_name in FORMATS_OF_ALL, coverage.excluded, engine.most_samples), policy)
    totals = task.totals()
    findings = task.wanted.kept(given.findings(task, totals))
    report = Report.of_findings(findings, totals, policy, is_quiet=quiet)
    write_report(FORMATS[format_name](report), output)
    for line in chain(settings.without_effect(), _doubts(report.tally)):
        print_problem(line)
    tally = report.tally
    failing = bool(tally.broken) or bool(tally.unreadable) or (fail_on == "warning" and bool(tally.warned))
    return int(coverage.report(totals.coverage) or (failing and fail_on != "never"))


def _doubts(tally: Tally) -> Iterator[str]:
    """Yield what the counts leave in doubt: nothing was checked, or an age is unknown."""
    if unchecked := tally.unchecked():
        yield unchecked
    if tally.undated:
        yield unknown_age_text(tally.undated)


def _bodies(paths: tuple[str, ...], status: int) -> Input:
    def findings(task: Task, totals: Totals) -> Iterator[FindingData]:
        return totals.counting(audit([Recording("", bodies(paths, status))], task.policy), task.policy, task.wanted)

    return Input([*map(Path, paths)], findings)
