"""The shared state of a pytest run: policy, counts and cassettes."""

import json
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any, NoReturn

import pytest

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.interception.options import OPTION as MODE_OPTION
from pytest_pcerrors.interception.threads import shared
from pytest_pcerrors.plugin import OPTIONS, SETTINGS, settings_folder
from pytest_pcerrors.plugin._cassettes import Cassettes
from pytest_pcerrors.plugin._facts import Facts
from pytest_pcerrors.plugin._markers import policy_for
from pytest_pcerrors.plugin._outputs import Outputs
from pytest_pcerrors.plugin._received import CurrentTest
from pytest_pcerrors.plugin._receiving import Receiving
from pytest_pcerrors.plugin._recorder import Recorder
from pytest_pcerrors.plugin._services import Services, host_of_service
from pytest_pcerrors.policy.age import days_of, unknown_age_text
from pytest_pcerrors.policy.check import within
from pytest_pcerrors.policy.from_settings import policy_of
from pytest_pcerrors.reporting.summary import Tally, nothing_checked
from pytest_pcerrors.settings import Settings

_KEY: pytest.StashKey["Run"] = pytest.StashKey()
_NOTHING_WATCHED = (
    "no response was watched: --pc-watch sees those of vcrpy's cassettes (also pytest-recording's), of pc_server and live ones;\n"
    "those of responses, respx and other mocks it does not see: pass them to check or to an assertion"
)


class Run:
    """The plugin that is registered for a run that uses this package.

    Its context, `receiving`, is one object whose policy changes from test to test, so that objects that live longer than a test (for
    example the task in which an async plugin runs its tests) see the policy of the current test.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config: pytest.Config = config
        self.misuse: str = ""
        """The message of misuse with which this run was stopped, or an empty text."""
        try:
            _refuse_empty(config)
            settings = config.stash.get(SETTINGS, None) or Settings.find(settings_folder(config))
            file = config.getoption("pc_contract")
            self.policy = policy_of(
                settings,
                contract=Contract.load(file, folder=config.invocation_params.dir) if file else None,
                profile=config.getoption("pc_profile"),
                root=config.rootpath,
                max_age=days_of(config.getoption("pc_max_age"), "--pc-max-age"),
                host=host_of_service(config, settings),
            )
            is_watching = config.getoption("pc_watch") or settings.watch
            self.receiving: Receiving = Receiving(self.policy, config.rootpath, is_watching=is_watching)
            self.services: Services = Services(config, settings, self.receiving)
            self.recorder: Recorder = Recorder(config, settings, self.receiving, self.services)
            self.cassettes: Cassettes = Cassettes(config, settings.collect, self.policy)
            self._outputs = Outputs(config, settings, self.receiving, self.cassettes)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None
        if is_watching:
            self._watch()

    @classmethod
    def of(cls, config: pytest.Config) -> "Run":
        """Return the `Run` of a session; the first call makes it and registers it as a plugin."""
        if _KEY not in config.stash:
            run = config.stash[_KEY] = cls(config)
            config.pluginmanager.register(run, "pcerrors-run")
            config.pluginmanager.register(run.receiving, "pcerrors-receiving")
            facts = Facts.of(config)
            facts.sources["tally"] = run.receiving
            facts.register(config)
        return config.stash[_KEY]

    def prepare(self, items: list[pytest.Item], collected: list[pytest.Item], *, has_gaps: bool) -> None:
        """Stop the run for an invalid marker or a missing token; add the cassette fixture to marked tests.

        `items` are the tests that will run, `collected` those before any were deselected. With `has_gaps`, a module was
        skipped or could not be collected.
        """
        for item in items:
            try:
                policy_for(item, self.policy)
            except UsageError as error:
                self._refuse(f"{item.nodeid}: {error}")
        try:
            self.recorder.prepare(items)
            self.recorder.files.add(collected, self.cassettes.files, has_gaps=has_gaps)
            self.services.prepare(items)
        except UsageError as error:
            self._refuse(str(error))

    def counts(self) -> str:
        """Return what a worker has counted, or the misuse with which it stopped, in JSON: pytest-xdist sends only text in UTF-8."""
        receiving, recorder = self.receiving, self.recorder
        counts = {
            "misuse": self.misuse,
            "seen": self.cassettes.seen,
            "hosts": self.cassettes.hosts,
            "noted": list(receiving.noted),
            "late": receiving.late,
            "played": recorder.played,
            "orphans": list(map(str, recorder.files.orphans)),
            "unwritten": list(recorder.unwritten),
            "undated": list(recorder.undated),
        }
        return json.dumps(counts)

    def add_counts(self, sent: str) -> None:
        """Add the counts of a worker to those of the controller, or stop the run as the worker did.

        Every worker collects all tests, so the counts of the collection (`seen`, `hosts`, `orphans`) are the same in each and are replaced.
        """
        counts = json.loads(sent)
        if counts["misuse"]:
            self._refuse(counts["misuse"])
        receiving, recorder, cassettes = self.receiving, self.recorder, self.cassettes
        for test, requests in counts["late"].items():
            receiving.late[test] += requests
        recorder.add_played(counts["played"])
        recorder.files.orphans = list(map(Path, counts["orphans"]))
        recorder.unwritten.update(counts["unwritten"])
        recorder.undated.update(counts["undated"])
        receiving.noted.update(counts["noted"])
        cassettes.seen.update((file, Counter(each)) for file, each in counts["seen"].items())
        cassettes.hosts.update((file, Counter(each)) for file, each in counts["hosts"].items())

    def pytest_report_header(self) -> str:
        """Return the header line with the contract, the profile, and the live service."""
        contract, page = self.policy.documented, self.policy.contract.page
        dated = f" (page of {page.date})" if page.date else ""
        noun = "contracts" if self.policy.others else f"contract{dated}"
        profile = self.policy.forced_profile or self.policy.profile
        live = f", live: {self.services.base_url}" if self.services.are_live else ""
        return f"pcerrors: {contract.name} {noun}, {len(contract.pairings)} pairings, profile {profile}{live}"

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Let a worker of pytest-xdist share with the others what it collects."""
        self.cassettes.sharing.start(node.workerinput)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Collect the cassettes of the run after everything else."""
        report = yield
        if isinstance(collector, pytest.Session):
            report.result = [*report.result, *self.cassettes.folders(collector)]
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Stop the run if an argument names a recording that does not exist; put the items of recordings in order."""
        self.cassettes.sort(items)
        if not_found := self.cassettes.not_found():
            self._refuse("\n".join(not_found))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Set the policy of the test: that of the run with the markers of the test applied. Its setup may end before our hook is called."""
        self.receiving.policy, self.receiving.test = policy_for(item, self.policy), CurrentTest()
        with within(self.receiving):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        """Let the threads that a fixture of a wider scope starts work for every test."""
        with nullcontext() if fixturedef.scope == "function" else shared():
            return (yield)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports, or, if this is a worker of pytest-xdist, send the counts to the controller."""
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output["pcerrors"] = self.counts()
        else:
            self._outputs.write(session, self._counted())

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
        """Print what was checked, and which cassettes had nothing to check."""
        seen = self.cassettes.counts()
        tally = self._counted()
        checked = not self.receiving.tally.is_empty or tally.unreadable or tally.skipped
        noted = self.receiving.noted
        judged = "judged" in noted or seen["error"] or seen["success"]
        if nothing := nothing_checked(tally.other_hosts) if tally.has_skipped_all and not judged else "":
            tally.other_hosts = Counter()  # they are named once
        recorder = self.recorder
        remarks = (
            *self.cassettes.remarks(),
            *recorder.remarks(),
            *recorder.files.remarks(has_passed=exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)),
            *self.receiving.remarks(),
        )
        for line in (*([tally.sentence()] if checked else []), *remarks):
            terminalreporter.write_line(f"pcerrors: {line}")
        if undated := self.cassettes.undated() | self.recorder.undated:
            terminalreporter.write_line(f"pcerrors: {unknown_age_text(undated)}")
        if nothing:
            terminalreporter.write_line(f"pcerrors: {nothing}", yellow=True, bold=True)
        if self.receiving.is_watching and "called" in noted and "received" not in noted:
            terminalreporter.write_line(f"pcerrors: {_NOTHING_WATCHED}", yellow=True, bold=True)
        self._outputs.print(terminalreporter)

    def _counted(self) -> Tally:
        """Return the counts of the run: of its tests, and of what is in the cassettes and is not judged."""
        seen = self.cassettes.counts()
        hosts = sum(self.cassettes.hosts.values(), Counter[str]())
        tally = Tally(other_hosts=hosts, unreadable=seen["unreadable"], skipped=seen["skipped"])
        tally.plus(self.receiving.tally)
        return tally

    def _watch(self) -> None:
        """Watch every cassette of vcrpy until the end of the run."""
        from pytest_pcerrors.interception.watching import watching

        stack = ExitStack()
        stack.enter_context(watching(self.receiving.on_response))
        self.config.add_cleanup(stack.close)

    def _refuse(self, misuse: str) -> NoReturn:
        """Stop the run with a message of misuse; a worker also sends it to the controller."""
        self.misuse = misuse
        raise pytest.UsageError(misuse)


def _refuse_empty(config: pytest.Config) -> None:
    for option in OPTIONS:
        value = config.getoption(option)
        if option != MODE_OPTION and (value == "" or (isinstance(value, list) and "" in value)):
            raise UsageError(f"{option} is empty; is a shell variable not set?")
