"""Counts of a run, and their summary: what was checked, and what was skipped because of its host, with the setting that includes it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from pytest_pcerrors.exchange.http import is_loopback
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.policy.audit import Conforming, Finding
from pytest_pcerrors.policy.verdict import Verdict
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.settings import TABLE
from pytest_pcerrors.text import counted, ranked

_MOST_NAMED = 8
_MOST_HOSTS = 5
_LONGEST_HOST = 253
_IGNORE_LOCAL = 'pc_vcr_config (or vcr_config of pytest-recording) with "ignore_localhost": True'


@dataclass
class Tally:
    """Counts of judged responses, broken rules by severity, used allowances, and skipped or unreadable items.

    `undated` has the names of the recordings whose age is unknown.
    """

    errors: int = 0
    successes: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)
    allowed: Counter[str] = field(default_factory=Counter)
    other_hosts: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    skipped: int = 0
    unknown_bodies: Counter[str] = field(default_factory=Counter)
    undated: list[str] = field(default_factory=list)

    def add_verdict(self, verdict: Verdict) -> None:
        """Count a verdict. A verdict on a recording does not count as a response."""
        if not verdict.of_recording:
            self.errors += verdict.parsed.is_error
            self.successes += not verdict.parsed.is_error
            if verdict.exchange.body_problem:
                self.unknown_bodies[verdict.exchange.body_problem] += 1
        for violation in verdict.violations:
            (self.broken if violation.severity == "error" else self.warned)[violation.rule] += 1
        for allowance in verdict.allowed:
            self.allowed[allowance.rule] += 1

    def recount(self, verdict: Verdict, violations: Sequence[Violation]) -> None:
        """Count these violations instead of those of a verdict that was added: what a failing assertion reports."""
        for severity, counts in (("error", self.broken), ("warning", self.warned)):
            counts.subtract(each.rule for each in verdict.violations if each.severity == severity)
            counts.update(each.rule for each in violations if each.severity == severity)
        self.broken, self.warned = +self.broken, +self.warned

    def add(self, finding: Finding | Conforming) -> None:
        """Count a finding of an audit, or what was counted instead of findings."""
        if isinstance(finding, Conforming):
            self.errors += finding.errors.total()
            self.successes += finding.successes
            self.other_hosts.update({host[:_LONGEST_HOST]: count for host, count in finding.other_hosts.items()})
            return
        if finding.recording is not None:
            self.add_verdict(finding.recording)
        if finding.verdict is not None:
            self.add_verdict(finding.verdict)
        elif finding.kind == "other-host" and finding.exchange is not None:
            self.other_hosts[host_of(finding.exchange)] += 1
        elif finding.kind == "unreadable":
            self.unreadable += 1
        elif finding.kind == "skipped":
            self.skipped += 1
        elif finding.kind == "undated":
            self.undated.append(safe(finding.origin))

    def counting(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings of an audit, and count each."""
        for finding in findings:
            self.add(finding)
            yield finding

    def plus(self, other: Self) -> None:
        """Add the counts of another tally."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def without_expected(self, warned: Counter[str]) -> Self:
        """Return the counts of a test that did not fail, with only the warnings that were raised.

        Its violations were expected: `check` does not fail a test, and an exception may be caught.
        """
        return replace(self, broken=Counter(), warned=warned)

    def as_data(self) -> dict[str, Any]:
        """Return the counts as plain data for `of_data`, in an order that does not depend on that of the tests."""
        return {
            name: dict(sorted(value.items())) if isinstance(value, Counter) else value
            for name, value in vars(self).items()
        }

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> Self:
        """Make a tally from plain data; counts that it does not know are ignored."""
        names = [each.name for each in fields(cls) if each.name in data]
        counts: dict[str, Any] = {
            name: Counter(data[name]) if isinstance(data[name], dict) else data[name] for name in names
        }
        return cls(**counts)

    @property
    def has_skipped_all(self) -> bool:
        """Whether nothing was judged, and something was skipped because of its host."""
        return bool(self.other_hosts) and not self.errors and not self.successes

    def unchecked(self) -> str:
        """Return why no error response was checked, or an empty text if one was, or if something could not be read."""
        if self.has_skipped_all:
            return nothing_checked(self.other_hosts)
        return "" if self.errors or self.unreadable else "no error response was found to check"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return not any(vars(self).values())

    def sentence(self) -> str:
        """Return the summary in one line."""
        parts = [f"{counted(self.errors, 'error response')} checked"]
        if self.successes:
            parts.append(f"{counted(self.successes, 'other response')} searched")
        parts.append(f"{counted(self.broken.total(), 'violation')}{_listed(self.broken)}")
        if self.warned:
            parts.append(f"{counted(self.warned.total(), 'warning')}{_listed(self.warned)}")
        if self.allowed:
            parts.append(f"{counted(self.allowed.total(), 'violation')} allowed{_listed(self.allowed)}")
        if self.unknown_bodies:
            reasons = self.unknown_bodies
            several = ranked({f"{reason}:": number for reason, number in reasons.items()}, _MOST_NAMED)
            named = next(iter(reasons)) if len(reasons) == 1 else several
            parts.append(f"{counted(reasons.total(), 'body')} unknown ({named})")
        if self.unreadable:
            parts.append(counted(self.unreadable, "unreadable place"))
        if self.skipped:
            parts.append(f"{counted(self.skipped, 'request')} without a response skipped")
        if self.other_hosts:
            parts.append(named_hosts(self.other_hosts))
        return ", ".join(parts)


def _listed(rules: Counter[str]) -> str:
    """Return the rules with their counts, in brackets; an empty text without any."""
    return f" ({ranked(rules, _MOST_NAMED)})" if rules else ""


def host_of(exchange: Exchange) -> str:
    """Return the host of an exchange, cut to the maximum length of a host name."""
    return ((exchange.request.host if exchange.request else None) or "")[:_LONGEST_HOST]


def named_hosts(hosts: Counter[str]) -> str:
    """Return how many exchanges were skipped, with which hosts, and the setting to check them."""
    whose, pronoun = ("another host", "it") if hosts.total() == 1 else ("other hosts", "them")
    named = ranked({safe(host): count for host, count in hosts.items()}, _MOST_HOSTS)
    return f"{counted(hosts.total(), 'exchange')} with {whose} skipped: {named} (to check {pronoun}: hosts in {TABLE})"


def nothing_checked(hosts: Counter[str]) -> str:
    """Return the message that all exchanges were skipped because of their hosts, with the setting to paste.

    If all hosts are on loopback, such as servers of the tests, it names the setting of vcrpy that leaves them out.
    """
    which = "the exchange" if hosts.total() == 1 else f"each of the {hosts.total()} exchanges"
    pronoun = "it" if hosts.total() == 1 else "them"
    setting = json.dumps([safe(host) for host in sorted(hosts, key=lambda host: (-hosts[host], host))[:_MOST_HOSTS]])
    more = f"  # {counted(len(hosts) - _MOST_HOSTS, 'more host')}" if len(hosts) > _MOST_HOSTS else ""
    local = f"\nnot to record {pronoun}: {_IGNORE_LOCAL}" if all(map(is_loopback, hosts)) else ""
    return (
        f"nothing was checked: {which} is with a host that is not checked\n"
        f"to check {pronoun}, set in pyproject.toml, below {TABLE}:\nhosts = {setting}{more}{local}"
    )
