"""The options of `pcerrors check` for error coverage, and what they write."""

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pytest_pcerrors.cli._output import print_output, print_problem
from pytest_pcerrors.documents import write_atomically
from pytest_pcerrors.reporting.coverage import ErrorCoverage, excluded_by
from pytest_pcerrors.reporting.coverage_formats import COVERAGE_FORMATS, as_text, shortfall
from pytest_pcerrors.reporting.targets import Target, targets_of

if TYPE_CHECKING:
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.settings import Settings

_REPORT = "--coverage-report"
_OPTIONS: dict[str, dict[str, Any]] = {
    "--coverage": {"is_flag": True, "help": "Print which of the documented errors are in the recordings."},
    _REPORT: {
        "multiple": True,
        "metavar": "FORMAT:FILE",
        "help": f"Write this coverage; formats are {', '.join(COVERAGE_FORMATS)}. It can be repeated.",
    },
    "--coverage-min": {
        "type": click.FloatRange(0, 100),
        "metavar": "PERCENT",
        "help": "The exit code is 1 if fewer of the documented errors are in the recordings.",
    },
}


class AskedCoverage(NamedTuple):
    """The options for error coverage."""

    is_printed: bool
    reports: tuple[str, ...]
    least: float | None

    @property
    def is_any(self) -> bool:
        """Whether there is any of them."""
        return self.is_printed or bool(self.reports) or self.least is not None


def coverage_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for error coverage to a command, which gets them as `asked`."""

    @wraps(command)
    def packed(
        *arguments: Any, coverage: bool, coverage_report: tuple[str, ...], coverage_min: float | None, **keywords: Any
    ) -> Any:
        return command(*arguments, asked=AskedCoverage(coverage, coverage_report, coverage_min), **keywords)

    for name, how in reversed(_OPTIONS.items()):
        packed = click.option(name, **how)(packed)
    return packed


class Coverage:
    """What becomes of the error coverage of an archive; `excluded` are the errors that it does not want, or None if nothing asks for it."""

    def __init__(
        self, asked: AskedCoverage, policy: "Policy", settings: "Settings", inputs: Iterable[Path | None]
    ) -> None:
        files = [file for file in inputs if file is not None]
        self._asked = asked
        self._targets: list[Target] = targets_of(asked.reports, _REPORT, COVERAGE_FORMATS, Path.cwd(), files)
        for target in self._targets:
            target.make_folder()
        self.excluded = excluded_by(settings.coverage_exclude, policy.documented) if asked.is_any else None

    @property
    def is_printed(self) -> bool:
        """Whether a part of it goes to standard output."""
        return self._asked.is_printed or any(target.file is None for target in self._targets)

    def report(self, counted: ErrorCoverage | None) -> int:
        """Print and write the coverage, if it was counted; return 1 if it is too low."""
        if counted is None:
            return 0
        if self._asked.is_printed:
            print_output(as_text(counted), newline=False)
        for target in self._targets:
            text = COVERAGE_FORMATS[target.form](counted)
            if target.file is None:
                print_output(text, newline=False)
            else:
                write_atomically(target.file, text)
        short = "" if self._asked.least is None else shortfall(counted, self._asked.least)
        if short:
            print_problem(short)
        return int(bool(short))
