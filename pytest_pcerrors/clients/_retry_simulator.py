"""The simulator of retries: it answers the tries of a call, one after the other."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal, NamedTuple

from pytest_pcerrors.clients._client_simulator import ClientSimulator
from pytest_pcerrors.clients._tries import Try
from pytest_pcerrors.exchange.model import Request
from pytest_pcerrors.interception.responders import Reply


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


class RetrySimulator(ClientSimulator):
    """Answers the tries of a call with planned answers.

    The tries of a call are its first request that is not for a token, and those with the same method and URL.
    """

    tries: list[Try]
    """The tries of the call."""

    def begin(self, answers: Sequence[Planned], most: int) -> None:
        """Plan the answers to the next call, of which the last one repeats; a call with more than `most` tries is ended."""
        self.begin_call(most)
        self.tries = []
        self._answers = answers

    def is_counted(self, request: Request) -> bool:
        """Return whether a request is a try."""
        return not self.tries or (request.method, request.url) == (
            self.tries[0].request.method,
            self.tries[0].request.url,
        )

    def reply_to_counted(self, request: Request, waited: float) -> Reply:
        """Return the next planned answer, and note the try."""
        now = datetime.now(UTC)
        answer = self._answers[min(len(self.tries), len(self._answers) - 1)]
        with self(answer.what, retry_after=answer.header()):
            reply = self.simulated(request)
        self.tries.append(Try(request, reply.exchange, waited if self.tries else 0.0, now))
        return reply
