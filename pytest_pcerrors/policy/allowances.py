"""Allowances: exceptions to a rule for named codes, statuses, URLs or recordings, with a reason and a last day."""

import os.path
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_pcerrors.rules.violation import ALLOWANCE_EXPIRED, Violation
from pytest_pcerrors.settings import AllowanceSetting

if TYPE_CHECKING:
    from pytest_pcerrors.rules.parsed_response import ParsedResponse


class Allowance(AllowanceSetting):
    """An exception to `rule`. An empty `code` or `status`, or None, means any; `until` is the last day."""

    def covers(self, violation: Violation, parsed: "ParsedResponse", root: Path) -> bool:
        """Return whether the allowance covers a violation of a response, on any day. Origins are relative to `root`."""
        exchange = parsed.exchange
        return (
            violation.rule == self.rule
            and (not self.code or parsed.stated_at(violation.pointer).code in self.code)
            and (not self.status or exchange.status in self.status)
            and (self.url is None or (exchange.request is not None and fnmatchcase(exchange.request.url, self.url)))
            and (self.path is None or lies_in(exchange.origin, self.path, root))
        )

    def has_expired(self, today: date) -> bool:
        """Return whether the last day is in the past."""
        return self.until is not None and today > self.until

    def expiry(self, violation: Violation) -> Violation:
        """Return the violation to report if this allowance is used after its last day."""
        return Violation(
            f'the allowance for {self.rule} ("{self.reason}") ended on {self.until}',
            violation.pointer,
            expected=f"a day up to {self.until}",
            hint=f"fix the violation ({violation.message}), or give the allowance a later day",
            rule=ALLOWANCE_EXPIRED,
        )


def lies_in(origin: str | None, path: Path, root: Path) -> bool:
    """Return whether an origin (``path:line`` or ``path#/pointer``) is in a file or a folder."""
    return origin is not None and _is_inside(file_of(origin), path, root)


@lru_cache(maxsize=4096)
def _is_inside(name: str, path: Path, root: Path) -> bool:
    file, folder = (os.path.normcase(os.path.normpath(each)) for each in (root / name, path))
    return f"{file}{os.sep}".startswith(f"{folder.rstrip(os.sep)}{os.sep}")


def file_of(origin: str) -> str:
    """Return the path of an origin, such as ``cart.yaml:41`` or ``trace.har#/log/entries/3``."""
    path, _, pointer = origin.rpartition("#/")
    if path and pointer:
        return path
    path, _, line = origin.rpartition(":")
    return path if path and line.isdigit() else origin
