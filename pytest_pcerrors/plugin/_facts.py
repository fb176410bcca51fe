"""What a process that runs tests sends of each test to the one that sums up the run: facts on its report.

pytest-xdist sends a report with all its attributes as soon as a phase of a test has ended. So facts of finished tests survive a worker that
is killed later, in contrast to ``workeroutput``, and they do not appear in pytest's own JUnit file, in contrast to ``user_properties``.
"""

from collections import defaultdict
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

_ATTRIBUTE = "pcerrors_facts"


@dataclass(frozen=True)
class FactsOfTest:
    """The facts of one source about a test that has ended."""

    nodeid: str
    has_failed: bool
    """Whether a phase of the test has failed; an expected failure is not one."""
    data: Any
    """What `FactSource.take` returned, as None, bool, int, str, list or dict."""


class FactSource(Protocol):
    """A feature that wants to know something of each test."""

    def take(self, item: pytest.Item) -> Any:
        """Return the facts of a test after its teardown and forget them; None without any. It runs where the test runs."""

    def add(self, facts: FactsOfTest) -> None:
        """Receive the facts of a test. It runs in the controller, in the order in which tests end."""


class Facts:
    """A plugin that carries the facts of its sources. It is registered only if the run uses this package, or if a worker may.

    Where a test is run again, the facts of the last run count. The facts of a test that did not end are lost.
    """

    controlled_run: Callable[[], Any]
    """In the controller of pytest-xdist, returns the `Run`; called when a worker reports that its tests use us."""

    def __init__(self, config: pytest.Config) -> None:
        self.sources: dict[str, FactSource] = {}
        self.is_worker: bool = hasattr(config, "workerinput")
        self._outcomes: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    @classmethod
    def of(cls, config: pytest.Config) -> "Facts":
        """Return the facts of a session; the first call makes them."""
        return config.stash.setdefault(_KEY, cls(config))

    def register(self, config: pytest.Config) -> None:
        """Register the plugin, unless it is registered already."""
        if not config.pluginmanager.is_registered(self):
            config.pluginmanager.register(self, "pcerrors-facts")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add the counts of a worker of pytest-xdist."""
        counted = getattr(node, "workeroutput", {}).get("pcerrors")
        if counted:
            self.controlled_run().add_counts(counted)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put the facts of a test on the report of its teardown."""
        report = yield
        if report.when == "teardown":
            taken = {name: source.take(item) for name, source in self.sources.items()}
            setattr(report, _ATTRIBUTE, {name: data for name, data in taken.items() if data is not None})
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remove the facts from a report before others keep it, and give them to their sources."""
        if self.is_worker:
            return
        key = report.nodeid, getattr(report, "worker_id", "")
        if report.when == "setup":
            self._outcomes[key].clear()
        self._outcomes[key].add(report.outcome)
        if report.when == "teardown":
            outcomes, taken = self._outcomes.pop(key), vars(report).pop(_ATTRIBUTE, {})
            if taken and not self.sources:
                self.controlled_run()
            if "rerun" not in outcomes:  # else pytest-rerunfailures runs the test again
                for name, data in taken.items():
                    self.sources[name].add(FactsOfTest(report.nodeid, "failed" in outcomes, data))


_KEY: pytest.StashKey[Facts] = pytest.StashKey()
