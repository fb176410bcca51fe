"""What one pytest run shares: the policy, the counts, and the cassettes that belong to it."""

from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.plugin.cassettes import Cassettes
from pytest_pcerrors.plugin.markers import policy_for
from pytest_pcerrors.plugin.receiving import Receiving
from pytest_pcerrors.plugin.recorder import Recorder
from pytest_pcerrors.plugin.services import Services
from pytest_pcerrors.policy.context import Context, within
from pytest_pcerrors.policy.from_settings import policy_of
from pytest_pcerrors.reporting.other_hosts import nothing_checked
from pytest_pcerrors.reporting.summary import Tally
from pytest_pcerrors.settings import Settings

if TYPE_CHECKING:
    from pytest_pcerrors.policy.verdict import Verdict

_KEY: pytest.StashKey["Run"] = pytest.StashKey()


class Run:
    """The plugin of a run that uses us.

    Its context is one object whose policy changes from test to test, so that whatever lives longer than a test (the
    task in which an async plugin runs its tests, say) sees the policy of the test at hand.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.tally = Tally()
        self._misuse = ""
        try:
            _refuse_empty(config)
            settings = Settings.find(config.rootpath)
            file = config.getoption("pc_contract")
            policy = policy_of(
                settings,
                contract=Contract.load(file, folder=config.invocation_params.dir) if file else None,
                profile=config.getoption("pc_profile"),
                root=config.rootpath,
                max_age=config.getoption("pc_max_age"),
            )
            self._context = Context(policy, self._on_verdict)
            self.receiving = Receiving(self._context, self.tally)
            self._context.on_warning = self.receiving.warned
            self.services = Services(config, settings, self.receiving)
            self.recorder = Recorder(config, settings, self.receiving, self.services)
            self.policy = self._context.policy = policy.with_host(self.services.host)
            self.cassettes = Cassettes(config, settings.collect, self.policy)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None
        if self.services.are_watched:
            self._watch()

    @classmethod
    def of(cls, config: pytest.Config) -> "Run":
        """Return what a run shares, made and registered as a plugin with the first call."""
        if _KEY not in config.stash:
            config.stash[_KEY] = cls(config)
            config.pluginmanager.register(config.stash[_KEY], "pcerrors-run")
            config.pluginmanager.register(config.stash[_KEY].receiving, "pcerrors-receiving")
        return config.stash[_KEY]

    def prepare(self, items: "list[pytest.Item]") -> None:
        """Refuse the run if a marker of ours is misused or a token is missing; give marked tests their cassette."""
        for item in items:
            try:
                policy_for(item, self.policy)
            except UsageError as error:
                self._refuse(f"{item.nodeid}: {error}")
        try:
            self.recorder.prepare(items)
            self.services.prepare(items)
        except UsageError as error:
            self._refuse(str(error))

    def add_counted(self, counted: dict[str, Any]) -> None:
        """Add what a worker has counted, or refuse the run as the worker did.

        Every worker collects all, so what collecting counts is the same in each.
        """
        if counted["misuse"]:
            self._refuse(counted["misuse"])
        self.tally.plus(Tally.of_data(counted["tally"]))
        self.recorder.add_unused(counted["unused"])
        self.receiving.has_judged |= counted["has_judged"]
        for name in ("seen", "hosts"):
            getattr(self.cassettes, name).update((file, Counter(counts)) for file, counts in counted[name].items())

    def pytest_report_header(self) -> str:
        """Say which contract and profile hold, and which service is asked."""
        contract, page = self.policy.contract, self.policy.contract.page
        dated = f" (page of {page.date})" if page.date else ""
        profile = self.policy.forced_profile or self.policy.profile
        live = f", live: {self.services.base_url}" if self.services.are_live else ""
        return f"pcerrors: {contract.name} contract{dated}, {len(contract.pairings)} pairings, profile {profile}{live}"

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Collect the cassettes of the run behind everything else."""
        report = yield
        if isinstance(collector, pytest.Session):
            report.result = [*report.result, *self.cassettes.folders(collector)]
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self) -> None:
        """Refuse the run if it names a recording that is not there."""
        if not_found := self.cassettes.not_found():
            self._refuse("\n".join(not_found))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Let the policy of the run, as the markers of the test have it, hold for the test."""
        self._context.policy = policy_for(item, self.policy)
        try:
            with within(self._context):
                return (yield)
        finally:
            self.receiving.close()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Hand the counts to the controller, where this is a worker of pytest-xdist."""
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output["pcerrors"] = {
                "misuse": self._misuse,
                "tally": self.tally.as_data(),
                "seen": {file: dict(counts) for file, counts in self.cassettes.seen.items()},
                "hosts": {file: dict(counts) for file, counts in self.cassettes.hosts.items()},
                "has_judged": self.receiving.has_judged,
                "unused": self.recorder.unused,
            }

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was checked, and which cassettes held nothing to check."""
        seen = self.cassettes.counts()
        others = sum(self.cassettes.hosts.values(), self.tally.other_hosts)
        tally = replace(self.tally, other_hosts=others, unreadable=seen["unreadable"], skipped=seen["skipped"])
        checked = not self.tally.is_empty or tally.unreadable or tally.skipped
        for line in (*([tally.sentence()] if checked else []), *self.cassettes.remarks(), *self.recorder.remarks()):
            terminalreporter.write_line(f"pcerrors: {line}")
        if tally.has_skipped_all and not (self.receiving.has_judged or seen["error"] or seen["success"]):
            terminalreporter.write_line(f"pcerrors: {nothing_checked(others)}", yellow=True, bold=True)

    def _on_verdict(self, verdict: "Verdict") -> None:
        self.receiving.count(verdict)
        self.receiving.mark_checked(verdict.exchange)

    def _watch(self) -> None:
        """Listen to every cassette of vcrpy until the run ends."""
        from pytest_pcerrors.interception.watching import watching

        stack = ExitStack()
        stack.enter_context(watching(self.receiving.on_response))
        self.config.add_cleanup(stack.close)

    def _refuse(self, misuse: str) -> NoReturn:
        """Stop with a message of misuse; a worker's reaches its controller, which stops with the same."""
        self._misuse = misuse
        raise pytest.UsageError(misuse)


def _refuse_empty(config: pytest.Config) -> None:
    for option, value in (
        ("--pc-cassettes", config.getoption("pc_cassettes")),
        ("--pc-contract", config.getoption("pc_contract")),
        ("--pc-profile", config.getoption("pc_profile")),
        ("--pc-base-url", config.getoption("pc_base_url")),
        ("--pc-max-age", config.getoption("pc_max_age")),
    ):
        if value == "" or (isinstance(value, list) and "" in value):
            raise UsageError(f"{option} is empty; was a variable of the shell not set?")
