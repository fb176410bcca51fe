"""The responses that tests receive, with their places in recordings, and what the current test has opened and counted."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.plugin._messages import shown_path
from pytest_pcerrors.policy.allowances import file_of
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.policy.verdict import Verdict
from pytest_pcerrors.reporting.summary import Tally

Key = tuple[int, bytes]
Place = tuple[str, int, bytes]


@dataclass
class ReceivedResponses:
    """The responses from cassettes and from our servers, in the order in which they were received.

    A response that the test has checked itself, with an assertion or `check`, is not judged again. Threads may add responses.
    """

    _responses: list[tuple[Exchange, bool]] = field(default_factory=list)
    _origins: dict[Key, str | None] = field(default_factory=dict)
    _judged: Counter[Key] = field(default_factory=Counter)

    def add(self, exchange: Exchange) -> None:
        """Add a response from a cassette; its host decides whether it is judged."""
        self._responses.append((exchange, False))
        self._origins[_key(exchange)] = exchange.origin

    def add_served(self, exchange: Exchange) -> None:
        """Add a response from one of our servers; it is judged whatever its host."""
        self._responses.append((exchange, True))

    def replayed(self) -> Iterator[Exchange]:
        """Yield the responses from cassettes and of the live service, checked by the test or not."""
        return (exchange for exchange, is_served in self._responses if not is_served)

    def mark_checked(self, exchange: Exchange) -> None:
        """Mark a response as checked, so that it is not judged again."""
        self._judged[_key(exchange)] += 1

    def located(self, exchange: Exchange) -> Exchange:
        """Return an exchange with the origin of the replayed response, so that profiles by path apply to it."""
        if exchange.origin is not None:
            return exchange
        origin = self._origins.get(_key(exchange))
        return exchange if origin is None else exchange.at(origin)

    def judge(self, policy: Policy) -> tuple[list[Verdict], list[Exchange]]:
        """Return the verdicts on the responses, and the exchanges that are not judged because of their hosts."""
        judged, verdicts, others = self._judged.copy(), [], []
        for exchange, is_served in self._responses:
            key = _key(exchange)
            if judged[key]:
                judged[key] -= 1
            elif is_served or policy.judges(exchange):
                verdicts.append(policy.judge(exchange))
            else:
                others.append(exchange)
        return verdicts, others


@dataclass
class CurrentTest:
    """The current test: the responses it received, the cassettes and servers it opened, and the outcome of its call phase."""

    received: ReceivedResponses = field(default_factory=ReceivedResponses)
    cassettes: list[Any] = field(default_factory=list)
    servers: list[Any] = field(default_factory=list)
    simulators: list[Any] = field(default_factory=list)
    recordings: list[Verdict] = field(default_factory=list)
    """The verdicts on the cassettes themselves."""
    failure: BaseException | None = None
    """The exception with which this plugin failed the test after its call phase."""
    tally: Tally = field(default_factory=Tally)
    warned: Counter[str] = field(default_factory=Counter)
    """The rules whose violations were raised as warnings, in contrast to those that a test only checked."""
    ran_to_its_end: bool = False
    """Whether the test function did, or ended early as it was meant to: it was skipped, or its failure is expected."""
    has_passed: bool = False

    def problems(self) -> list[Exception]:
        """Return what went wrong in the cassettes, servers and simulations of the test: failed recordings, and unmatched requests."""
        of_cassettes = [error for cassette in self.cassettes for error in (*cassette.failures, *cassette.unmatched)]
        return [*of_cassettes, *(error for each in (*self.servers, *self.simulators) for error in each.unmatched)]

    def unused(self) -> Exception | None:
        """Return the error for a simulation that no request has used; None if all were used."""
        return next(filter(None, (each.unused() for each in self.simulators)), None)


def _key(exchange: Exchange) -> Key:
    return exchange.status, exchange.body


class Places:
    """Finds the interactions of responses in their cassettes, of which vcrpy only names the file; it keeps the places of the last file."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._last: tuple[object, dict[Place, dict[str, str]]] = (None, {})

    def placed(self, exchange: Exchange) -> Exchange:
        """Return an exchange with the origin ``path:line``, relative to the root directory if the file is in it.

        The URL may differ from the recorded one, as the matchers of vcrpy permit, if no other interaction has the same response.
        Without such an interaction, as when it was just recorded, the origin is the path alone. If there is no such file, because it
        may not be written, there is no origin.
        """
        origin = exchange.origin
        if origin is None or file_of(origin) != origin:
            return exchange
        file = Path(origin).absolute()
        if (state := _state_of(file)) is None:
            return exchange.at(None)
        name = shown_path(file, self._root)
        places = self._places_in(file, name, state).get(_place_key(exchange), {})
        single = next(iter(places.values())) if len(places) == 1 else name
        return exchange.at(places.get(_url(exchange), single))

    def _places_in(self, file: Path, name: str, state: object) -> dict[Place, dict[str, str]]:
        """Return the places of the interactions of a file in this state: by response, then by URL."""
        from pytest_pcerrors.errors import UsageError
        from pytest_pcerrors.exchange.archives.files import exchanges_of, file_items

        if self._last[0] != state:
            places: dict[Place, dict[str, str]] = defaultdict(dict)
            with suppress(UsageError):  # an entry that cannot be read, or a file in a format of its own
                for each in exchanges_of(file_items(file, name), name):
                    places[_place_key(each)].setdefault(_url(each), each.origin or name)
            self._last = state, places
        return self._last[1]


def _place_key(exchange: Exchange) -> Place:
    return exchange.request.method if exchange.request else "", exchange.status, exchange.body


def _url(exchange: Exchange) -> str:
    return exchange.request.url if exchange.request else ""


def _state_of(file: Path) -> object:
    """Return a value that differs when the file was written again; None if there is no such file."""
    try:
        status = file.stat()
    except OSError:
        return None
    return file, status.st_mtime_ns, status.st_size
