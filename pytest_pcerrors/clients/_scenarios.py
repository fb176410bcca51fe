"""The scenarios of `assert_retries`: the answers to one call, and what is judged of its tries."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from pytest_pcerrors.clients._judging import (
    Finding,
    gives_up,
    keeps_request_id,
    never_retries,
    retries_once_with_new_token,
    waits_long_enough,
)
from pytest_pcerrors.clients._retry_simulator import Planned
from pytest_pcerrors.clients._tries import Try, named
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.exchange.http import RETRYABLE

NEVER = frozenset({400, 401, 403, 404, 409, 417})
"""The statuses of errors that a retry never removes; 401 may be retried once, with another token."""

_MAYBE = frozenset({408, 412, 500})
_WITH_RETRY_AFTER = (429, 503)
_WAITS = (41, 67)
_ERRORS = range(400, 600)

Judge = Callable[[list[Try]], Iterator[Finding]]


@dataclass(frozen=True)
class Scenario:
    """The answers to one call, the number of tries after which it is ended, and the functions that judge its tries."""

    name: str
    answers: tuple[Planned, ...]
    most: int
    judges: tuple[Judge, ...]

    def judged(self, tries: list[Try]) -> Iterator[Finding]:
        """Yield what is wrong with the tries."""
        for judge in self.judges:
            yield from judge(tries)


def scenarios(contract: Contract, also: Collection[int], max_tries: int) -> Iterator[Scenario]:
    """Yield the scenarios for a contract; the statuses of `also` may be retried, too."""
    keeps = (keeps_request_id,) if contract.is_partner_center else ()
    documented = {*contract.statuses, *contract.paired_statuses}
    retried = sorted({*RETRYABLE, *also})
    for status in sorted({*NEVER, *_MAYBE, *documented}.intersection(_ERRORS).difference(retried, {401})):
        yield Scenario(named(status), (Planned(status),), 2, (never_retries,))
    for what in (401, "empty-401"):
        yield Scenario(f"{named(401)} ({what})", (Planned(what),), 3, (retries_once_with_new_token,))
    for status in _WITH_RETRY_AFTER:
        for form in ("seconds", "date"):
            first, second = (Planned(status, wait, form) for wait in _WAITS)
            name = f"{status} with Retry-After as {'an HTTP date' if form == 'date' else 'seconds'}, twice"
            yield Scenario(name, (first, second, Planned("ok")), max_tries, (waits_long_enough, *keeps))
    for status in retried:
        endless = f"{named(status)}, endless"
        yield Scenario(endless, (Planned(status),), max_tries + 1, (gives_up(max_tries), *keeps))
