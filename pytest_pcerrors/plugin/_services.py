"""What answers requests without a cassette: the live service, our own servers, and simulations."""

import os
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.plugin._messages import warn_at
from pytest_pcerrors.secrets.display import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.interception.cassette import IndexedCassette
    from pytest_pcerrors.live.session import ServiceSession
    from pytest_pcerrors.plugin._receiving import Receiving
    from pytest_pcerrors.settings import Settings
    from pytest_pcerrors.simulation.server import ErrorServer
    from pytest_pcerrors.simulation.simulator import Simulator

_HOW_TO_AUTHORIZE = (
    "set PCERRORS_TOKEN, or token-command in [tool.pcerrors] "
    'such as ["az", "account", "get-access-token", "--query", "accessToken", "--output", "tsv"]'
)


class Services:
    """The live service of a run, with its base URL and token, and the servers that tests start."""

    def __init__(self, config: pytest.Config, settings: "Settings", receiving: "Receiving") -> None:
        self._settings = settings
        self._receiving = receiving
        self._servers: list[str] = []
        self._own_url = _own_url(config, settings)
        self.are_live: bool = config.getoption("pc_live")
        """Whether tests use the live service instead of cassettes."""
        if self.are_live and config.getoption("pc_record"):
            raise UsageError("--pc-live records nothing, so it cannot be used with --pc-record")

    @cached_property
    def base_url(self) -> str:
        """The base URL of the session."""
        from pytest_pcerrors.live.session import base_url_of

        return base_url_of(self._own_url, self._settings.cloud)

    @cached_property
    def token(self) -> str | None:
        """The access token, or None; a live run without a token is a `UsageError`."""
        from pytest_pcerrors.live.token import find_token

        token = find_token(os.environ, self._settings.token_command)
        if token is None and self.are_live:
            raise UsageError(f"--pc-live needs an access token: {_HOW_TO_AUTHORIZE}")
        return token

    def prepare(self, items: list[pytest.Item]) -> None:
        """Raise a `UsageError` if the run is live, a test uses the service, and no token is set."""
        names = (getattr(item, "fixturenames", ()) for item in items)
        if self.are_live and any("pc_session" in each and "pc_server" not in each for each in names):
            _ = self.token

    def session(self, request: pytest.FixtureRequest, cassette: "IndexedCassette") -> "ServiceSession":
        """Make the session of a test, for its server if it has one, otherwise for the service."""
        from pytest_pcerrors.live.session import ServiceSession

        if "pc_server" in request.fixturenames:
            return ServiceSession(request.getfixturevalue("pc_server").url, retries=False)
        if cassette.write_protected:
            return ServiceSession(self.base_url, retries=False)
        return ServiceSession(
            self.base_url,
            token=self.token,
            retries=self.are_live,
            on_retry=self._receiving.mark_checked,
            on_missing_token=lambda method, url: warn_at(
                request.node, [f"401 for {safe(f'{method} {url}')}, which had no access token: {_HOW_TO_AUTHORIZE}"]
            ),
        )

    @contextmanager
    def server(self) -> "Iterator[ErrorServer]":
        """Run a server for a test. Its responses are checked if the run watches, and never recorded; requests without a rule fail the test."""
        from pytest_pcerrors.simulation.server import ErrorServer

        with ErrorServer(self._receiving.policy.contract) as server:
            server.on_answer = self._on_answer
            self._servers.append(server.url)
            self._receiving.test.servers.append(server)
            try:
                yield server
            finally:
                self._servers.pop()

    @contextmanager
    def simulator(self, request: pytest.FixtureRequest) -> "Iterator[Simulator]":
        """Answer the HTTP clients of a test; what the client hides, and a simulation without a request, fails the test."""
        from pytest_pcerrors.simulation.simulator import Simulator

        simulator = Simulator(bypasses=self.handle)
        self._receiving.test.simulators.append(simulator)
        with simulator.opened(request.node.nodeid):
            yield simulator

    def _on_answer(self, exchange: "Exchange") -> None:
        for each in self._receiving.observers:
            each.on_served(exchange)

    def handle(self, url: str) -> bool:
        """Return whether a URL belongs to one of our servers."""
        return any(url == base or url.startswith((f"{base}/", f"{base}?")) for base in self._servers)


def host_of_service(config: pytest.Config, settings: "Settings") -> str | None:
    """Return the host of the base URL of a run; None if it uses one of Microsoft's clouds."""
    url = _own_url(config, settings)
    if url is None:
        return None
    from pytest_pcerrors.live.session import base_url_of

    return urlsplit(base_url_of(url, settings.cloud)).hostname


def _own_url(config: pytest.Config, settings: "Settings") -> str | None:
    return config.getoption("pc_base_url") or settings.base_url
