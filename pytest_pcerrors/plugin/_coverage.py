"""The error coverage of a run: what each test has met, and what is printed and written of it."""

from collections import Counter
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Any

import pytest

from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.plugin._facts import FactsOfTest
from pytest_pcerrors.plugin._items import CassetteItem
from pytest_pcerrors.plugin._messages import Files
from pytest_pcerrors.plugin._receiving import Receiving
from pytest_pcerrors.policy.check import Observer
from pytest_pcerrors.policy.verdict import Verdict
from pytest_pcerrors.reporting.coverage import ErrorCoverage, Judged, excluded_by
from pytest_pcerrors.reporting.formats import Target
from pytest_pcerrors.reporting.formats.coverage import COVERAGE_FORMATS, percentage, shortfall
from pytest_pcerrors.rules.parsed_response import ParsedResponse, read
from pytest_pcerrors.settings import Settings

_Fact = tuple[Any, ...]
"""How an error was met (`WAYS`), its status, codes and place; or ``judged`` and what counts of a verdict."""


class CoverageReports(Observer):
    """The error coverage of a run. Its facts are the errors that each test has met, and the rules that were judged in it."""

    def __init__(self, config: pytest.Config, targets: list[Target], receiving: Receiving, settings: Settings) -> None:
        policy = receiving.policy
        self._least = percentage(config.getoption("pc_coverage_min"), "--pc-coverage-min")
        printed = [Target("text", None)] if config.getoption("pc_coverage") else []
        self._files = Files("coverage", [*printed, *targets])
        self._coverage = ErrorCoverage(policy.documented, excluded_by(settings.coverage_exclude, policy.documented))
        self._receiving = receiving
        self._policy = policy
        self._received: list[tuple[str, Exchange]] = []
        self._parsed: dict[int, ParsedResponse] = {}
        self._of_test: list[_Fact] = []
        self._of_run: Counter[_Fact] = Counter()

    def on_verdict(self, verdict: Verdict) -> None:
        """Count the rules of a verdict on a response, by the contract of the run."""
        parsed = verdict.parsed
        if not verdict.of_recording and parsed.contract in self._policy.contracts:
            profile = self._receiving.policy.profile_for(parsed.exchange.origin)
            number = self._policy.contracts.index(parsed.contract)
            ran, broken, shapes = Judged.of(verdict, self._policy.policies[number].rules_under(profile))
            judged = number, profile, parsed.is_error, len(ran), tuple(sorted(broken)), tuple(shapes)
            self._of_test.append(("judged", *judged))
            self._parsed[id(parsed.exchange)] = parsed

    def on_asserted(self, verdict: Verdict, codes: Collection[str]) -> None:
        """Note that an assertion with some codes of a response has passed."""
        if verdict.parsed.contract in self._policy.contracts:
            self._of_test.append(("asserted", verdict.exchange.status, tuple(sorted(codes)), ""))

    def on_served(self, exchange: Exchange) -> None:
        """Note a response of one of our servers, in a thread of the server."""
        self._received.append(("served", exchange))

    def on_simulated(self, exchange: Exchange) -> None:
        """Note a simulated response, in the thread of its client."""
        self._received.append(("simulated", exchange))

    def take(self, item: pytest.Item) -> Any:
        """Return what the current test has met and judged, each with its number; None if that is nothing."""
        facts = Counter([*self._of_test, *self._met(item)])
        self._of_test, self._received, self._parsed = [], [], {}
        return list(facts.items()) or None

    def add(self, facts: FactsOfTest) -> None:
        """Add what a test has met and judged."""
        for fact, count in facts.data:
            self._of_run[fact] += count

    @cached_property
    def counted(self) -> ErrorCoverage:
        """The error coverage of all tests, when they have ended."""
        for fact, count in self._of_run.items():
            if fact[0] == "judged":
                _, number, profile, is_error, length, broken, shapes = fact
                rules = self._policy.policies[number].rules_under(profile)
                names = rules.error_names if is_error else rules.success_names
                self._coverage.add_judged(Judged(names[:length], broken, shapes), count)
            else:
                way, status, codes, place = fact
                self._coverage.add(way, status, codes, place, count)
        return self._coverage

    def write(self, session: pytest.Session) -> None:
        """Write the files; the session fails if one cannot be written, or if the coverage is too low."""
        self._files.write(lambda form: COVERAGE_FORMATS[form](self.counted), session)
        if self._least is not None and (short := shortfall(self.counted, self._least)):
            self._files.lines.append((short, True))
            if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def print(self, terminal: pytest.TerminalReporter) -> None:
        """Print the table and the reports for the terminal, and what was written."""
        terminal.ensure_newline()
        for text in self._files.texts:
            terminal.write_sep("-", f"error coverage of the {self.counted.contract.name} contract")
            terminal.write(text)
        self._files.print_lines(terminal)

    def _replayed(self, item: pytest.Item) -> Iterator[Exchange]:
        if isinstance(item, CassetteItem) and item.exchange:
            yield item.exchange
        yield from filter(self._policy.judges, self._receiving.test.received.replayed())

    def _met(self, item: pytest.Item) -> Iterator[_Fact]:
        """Yield how errors were met in responses; only an undocumented code has a place."""
        for way, exchange in (*(("replayed", each) for each in self._replayed(item)), *self._received):
            parsed, contract = self._parsed.get(id(exchange)), self._receiving.policy.of(exchange).contract
            if parsed is None or parsed.contract is not contract:
                parsed = read(exchange, contract)
            if parsed.is_error:
                codes, entry_of = tuple(sorted(parsed.codes)), parsed.contract.entry_of
                is_known = all(entry_of(exchange.status, code) for code in codes)
                place = "" if is_known else self._receiving.place(exchange).origin
                yield way, exchange.status, codes, item.nodeid if place is None else place
