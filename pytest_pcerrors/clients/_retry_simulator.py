"""The simulator of retries: it answers the tries of a call, one after the other, and ends a call that does not stop."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import RLock
from typing import Literal, NamedTuple

from pytest_pcerrors.clients._tokens import TokenService
from pytest_pcerrors.clients._tries import Try
from pytest_pcerrors.clients._waits import Waits
from pytest_pcerrors.exchange.model import Request
from pytest_pcerrors.interception.responders import Reply
from pytest_pcerrors.simulation.in_process import Simulator


class EndlessRetriesError(BaseException):
    """Ends a call with too many tries; clients that retry after any `Exception` do not retry after it."""


class Planned(NamedTuple):
    """A planned answer: what `Simulator` takes, and ``Retry-After`` in seconds, or as the date of that moment."""

    what: int | str
    retry_after: int | None = None
    form: Literal["seconds", "date"] = "seconds"

    def header(self) -> int | str | None:
        """Return the value of ``Retry-After``, at the moment of the answer."""
        if self.retry_after is None or self.form == "seconds":
            return self.retry_after
        return format_datetime(datetime.now(UTC) + timedelta(seconds=self.retry_after), usegmt=True)


class RetrySimulator(Simulator):
    """Answers the tries of a call with planned answers, requests for tokens with new tokens, and all others with a success.

    The tries of a call are its first request that is not for a token, and those with the same method and URL.
    """

    def __init__(self, waits: Waits) -> None:
        super().__init__()
        self.tries: list[Try] = []
        self._waits = waits
        self._turn = RLock()
        self._tokens = TokenService()
        self.begin((Planned("ok"),), 1)

    def begin(self, answers: Sequence[Planned], most: int) -> None:
        """Plan the answers to the next call, of which the last one repeats; a call with more than `most` tries is ended."""
        self.tries = []
        self._answers = answers
        self._most = most
        self._has_ended = False
        self._waits.take()

    def matches(self, method: str, url: str) -> bool:  # noqa: ARG002 - as of a `Simulator`
        """Return True: every request is answered."""
        return True

    def reply(self, request: Request) -> Reply:
        """Return the next planned answer to a try, and note it."""
        with self._turn:
            self._waits.participants.add()
            if self._tokens.answers(request):
                self(self._tokens.answer(request), times=1)
                return super().reply(request)
            if self._has_ended or (self.tries and not self._is_try(request)):
                self("ok", times=1)
                return super().reply(request)
            return self._reply_to_try(request)

    def _reply_to_try(self, request: Request) -> Reply:
        if len(self.tries) >= self._most:
            self._has_ended = True  # a client that continues after this error gets a success
            raise EndlessRetriesError(f"more than {self._most} tries")
        waited, now = self._waits.take(), datetime.now(UTC)
        answer = self._answers[min(len(self.tries), len(self._answers) - 1)]
        self(answer.what, times=1, retry_after=answer.header())
        reply = super().reply(request)
        self.tries.append(Try(request, reply.exchange, waited if self.tries else 0.0, now))
        return reply

    def _is_try(self, request: Request) -> bool:
        first = self.tries[0].request
        return (request.method, request.url) == (first.method, first.url)
