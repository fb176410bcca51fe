"""The responses that the clients of tests receive, judged at the end of the call phase, so that the test itself fails."""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from pytest_pcerrors.errors import PcErrorsWarning, UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.plugin._facts import FactsOfTest
from pytest_pcerrors.plugin._messages import described, is_explained, own_frames, warn_at
from pytest_pcerrors.plugin._received import CurrentTest, Places
from pytest_pcerrors.policy.check import Context, Observer
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.policy.verdict import Verdict
from pytest_pcerrors.reporting.failure import failure_text
from pytest_pcerrors.reporting.summary import Tally, host_of
from pytest_pcerrors.rules.violation import ContractViolation, Violation
from pytest_pcerrors.text import counted

_MOST_SHOWN = 5


class Receiving(Context, Observer):
    """The context of a run, and its first observer: it receives the responses of its cassettes and servers, judges them, and counts verdicts.

    It is also a source of facts: the counts of each test.
    """

    def __init__(self, policy: Policy, root: Path, *, is_watching: bool) -> None:
        super().__init__(policy)
        self.observers.append(self)
        self.is_watching = is_watching
        """Whether the responses of every vcrpy cassette and of our servers are checked."""
        self.test: CurrentTest = CurrentTest()
        self.tally: Tally = Tally()
        """The counts of all tests that have ended."""
        self._places = Places(root)
        self.late: defaultdict[str, list[str]] = defaultdict(list)
        """The requests of each test that were refused because it had ended, with the names of their threads."""
        self.noted: set[str] = set()
        """What has happened: a test function was ``called``, a response was ``received``, and one of a judged host was ``judged``."""

    def on_verdict(self, verdict: Verdict) -> None:
        """Count a verdict; if the current test has asked for it, its response is not judged again."""
        self.test.tally.add_verdict(verdict)
        self.mark_checked(verdict.exchange)

    def on_warning(self, verdict: Verdict) -> None:
        """Count the warnings of a verdict as raised."""
        self.test.warned.update(violation.rule for violation in verdict.warnings)

    def on_failure(self, verdict: Verdict, violations: Sequence[Violation]) -> None:
        """Count what a failing assertion reports, instead of the violations of its verdict."""
        self.test.tally.recount(verdict, violations)

    def locate(self, exchange: Exchange) -> Exchange:
        """Return a response that the current test has replayed with its origin."""
        return self.test.received.located(exchange)

    def place(self, exchange: Exchange) -> Exchange:
        """Return an exchange with its complete origin, for a message."""
        return self._places.placed(exchange)

    def on_response(self, exchange: Exchange) -> None:
        """Add a response from a cassette."""
        self.noted.add("received")
        self.test.received.add(exchange)

    def mark_checked(self, exchange: Exchange) -> None:
        """Mark a response as checked, such as a 429 that was retried."""
        self.test.received.mark_checked(exchange)

    def on_served(self, exchange: Exchange) -> None:
        """Add a response from one of our servers, if it is to be checked."""
        if self.is_watching:
            self.noted.add("received")
            self.test.received.add_served(exchange)

    def on_late(self, test: str, request: str) -> None:
        """Note a request after the end of its test."""
        self.late[test].append(request)

    def remarks(self) -> Iterator[str]:
        """Yield a line for each test with requests after its end."""
        for test, (first, *others) in sorted(self.late.items()):
            more = f", and {len(others)} more" if others else ""
            yield (
                f"{test}: {counted(1 + len(others), 'request')} of its threads after its end, neither recorded nor replayed: "
                f"{first}{more}; the test has to wait for its threads"
            )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Reset the state for every test, and for every repeated run of a test."""
        self.test = CurrentTest()

    def take(self, _: pytest.Item) -> Any:
        """Return the counts of the current test, and the warnings that were raised; None if nothing was counted."""
        test = self.test
        return None if test.tally.is_empty else {"tally": test.tally.as_data(), "warned": dict(test.warned)}

    def add(self, facts: FactsOfTest) -> None:
        """Add the counts of a test. Only a failed test adds violations; other tests add the warnings that were raised."""
        tally = Tally.of_data(facts.data["tally"])
        self.tally.plus(tally if facts.has_failed else tally.without_expected(Counter(facts.data["warned"])))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Judge the received responses after the test function; if it raised, report the problems of its cassettes."""
        if isinstance(item, pytest.Function):
            self.noted.add("called")
        try:
            result = yield
        except BaseException as error:
            self._report_problems(item, list(_chain(error)))
            raise
        caught = getattr(item, "_excinfo", None)  # pytest stores exceptions of unittest tests here
        if caught:
            self._report_problems(item, [each for info in caught for each in _chain(info.value)])
            caught[:] = [pytest.ExceptionInfo.from_exception(info.value) for info in caught]
        else:
            self.test.ran_to_its_end = True
            self._judge(item)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Show only the violations if they are the failure, and note whether the test passed, or ended early as it was meant to."""
        report = yield
        self.test.ran_to_its_end |= report.skipped
        if report.skipped and hasattr(report, "wasxfail"):
            self._warn_of_hidden(item, report)
        if report.when == "call":
            self.test.has_passed = report.passed
            is_ours = call.excinfo is not None and call.excinfo.value is self.test.failure
            if is_ours and report.longrepr is not None:
                report.longrepr = str(self.test.failure)
        return report

    def _warn_of_hidden(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Warn of the problems that an expected failure hides, unless its marker names exceptions; it fails where warnings are errors."""
        if any(mark.kwargs.get("raises") for mark in item.iter_markers("xfail")):
            return
        hidden = self.test.problems()[:_MOST_SHOWN]
        try:
            warn_at(item, (f"an expected failure hides this: {described(each)}" for each in hidden))
        except PcErrorsWarning as warning:
            report.outcome, report.longrepr = "failed", str(warning)
            del vars(report)["wasxfail"]

    def _judge(self, item: pytest.Item) -> None:
        """Fail the test for a problem of its cassettes that its client did not see, and for violations."""
        test = self.test
        responses, others = test.received.judge(self.policy)
        if responses:
            self.noted.add("judged")
        test.tally.other_hosts.update(map(host_of, others))
        verdicts = [*(each for each in responses if each.parsed.is_error), *test.recordings]
        for verdict, observer in product(verdicts, self.observers):
            observer.on_verdict(verdict)
        problems = test.problems() or [*filter(None, [test.unused()])]
        failing = [verdict for verdict in verdicts if verdict.errors]
        if problems:
            test.failure = problems[0] if is_explained(problems[0]) else None
            raise problems[0]
        if failing:
            test.failure = ContractViolation(self._text(failing), [each for one in failing for each in one.errors])
            raise test.failure
        for verdict, observer in product(verdicts, self.observers):
            observer.on_warning(verdict)
        try:
            warn_at(item, (_warning(verdict, each) for verdict in verdicts for each in verdict.warnings))
        except PcErrorsWarning as warning:
            test.failure = warning
            raise

    def _text(self, verdicts: Sequence[Verdict]) -> str:
        """Return the failure message of all responses, with equal messages only once."""
        texts = dict.fromkeys(
            failure_text(self.place(each.exchange), each.violations, each.parsed.contract) for each in verdicts
        )
        shown = list(texts)[:_MOST_SHOWN]
        more = len(verdicts) - len(shown)
        return "\n\n".join([*shown, *([f"and {counted(more, 'more response')}"] if more else [])])

    def _report_problems(self, item: pytest.Item, errors: list[BaseException]) -> None:
        """Report each problem once: in the traceback, or in a section of the report. A misuse shows the line of the test, and no frame of ours."""
        shown = set(map(id, errors))
        problems = self.test.problems()
        for each in (*problems, *(error for error in errors if isinstance(error, UsageError))):
            each.__traceback__ = own_frames(each.__traceback__, item.config.rootpath)
        if problems and shown.isdisjoint(map(id, problems)):
            item.add_report_section("call", "pcerrors", "\n".join(map(described, problems[:_MOST_SHOWN])))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _warning(verdict: Verdict, violation: Violation) -> str:
    if verdict.of_recording:
        return f"{verdict.exchange.origin}: {violation}; {violation.hint}"
    return f"{verdict.parsed.contract.reason(verdict.exchange.status)}: {violation}"
