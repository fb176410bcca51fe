"""What one pytest run shares: the policy, the counts, and the cassettes that belong to it."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_pcerrors.checking.allowances import Allowance
from pytest_pcerrors.checking.context import Context, within
from pytest_pcerrors.checking.policy import Policy
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.plugin.cassettes import CassetteFile, Cassettes
from pytest_pcerrors.reporting.tally import Tally
from pytest_pcerrors.settings import Settings

_KEY: pytest.StashKey["Session"] = pytest.StashKey()


class Session:
    """The plugin of a run that uses us."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.tally = Tally()
        try:
            self.settings = Settings.find(config.rootpath)
            file = config.getoption("pc_contract")
            self.policy = Policy.of_settings(
                self.settings,
                contract=Contract.load(config.invocation_params.dir / file) if file else None,
                profile=config.getoption("pc_profile"),
                root=config.rootpath,
            )
            self.cassettes = Cassettes(config, self.settings.collect, self.policy)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None

    @classmethod
    def of(cls, config: pytest.Config) -> "Session":
        """Return the session of a run, made and registered as a plugin with the first call."""
        if _KEY not in config.stash:
            config.stash[_KEY] = cls(config)
            config.pluginmanager.register(config.stash[_KEY], "pcerrors-session")
        return config.stash[_KEY]

    def add_cassettes(self) -> None:
        """Let the run collect the cassettes that options and settings name."""
        self.config.args += self.cassettes.arguments()

    def check_markers(self, items: Sequence[pytest.Item]) -> None:
        """Refuse the run if a marker of ours is misused."""
        for item in items:
            try:
                self._policy_of(item)
            except (UsageError, TypeError) as error:
                raise pytest.UsageError(f"{item.nodeid}: {error}") from None

    def add_counted(self, counted: dict[str, Any]) -> None:
        """Add what a worker has counted; every worker collects all, so what collecting counts is the same in each."""
        self.tally.plus(Tally.of_data(counted["tally"]))
        self.cassettes.seen.update(counted["cassettes"])

    def pytest_report_header(self) -> str:
        """Say which contract and profile hold."""
        contract, page = self.policy.contract, self.policy.contract.page
        dated = f" (page of {page.date})" if page.date else ""
        profile = self.policy.forced_profile or self.policy.profile
        return f"pcerrors: {contract.name} contract{dated}, {len(contract.pairings)} pairings, profile {profile}"

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> CassetteFile | None:
        """Collect the cassettes that belong to the run."""
        return self.cassettes.collected(file_path, parent)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Let the policy of the run, as the markers of the test have it, hold for the test."""
        with within(Context(self._policy_of(item), self.tally.hear)):
            return (yield)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Hand the counts to the controller, where this is a worker of pytest-xdist."""
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output["pcerrors"] = {"tally": self.tally.as_data(), "cassettes": self.cassettes.seen}

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was checked, and which cassettes held nothing to check."""
        lines = [self.tally.sentence()] if not self.tally.is_empty else []
        for line in (*lines, *self.cassettes.remarks()):
            terminalreporter.write_line(f"pcerrors: {line}")

    def _policy_of(self, item: pytest.Item) -> Policy:
        allowances = [_allowance(*mark.args, **mark.kwargs) for mark in item.iter_markers("pc_allow")]
        profile = item.get_closest_marker("pc_profile")
        return self.policy.adapted(allowances, _profile(*profile.args) if profile else None)


def _allowance(rule: str, *, reason: str) -> Allowance:
    """Make the allowance of a marker; its signature is what the marker takes."""
    return Allowance(rule, reason)


def _profile(name: str) -> str:
    """Return the profile of a marker; its signature is what the marker takes."""
    return name
