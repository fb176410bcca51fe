"""The plain data that an adapter returns: a response, and its request where known."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_pcerrors.exchange.headers import RawHeaders

NOT_KEPT = "not kept in the recording"
"""The `body_problem` of a response that had or may have had a body that the recording does not have."""


class RequestData(NamedTuple):
    """A request: its method and URL, and its headers and body where known."""

    method: str
    url: str
    headers: "RawHeaders" = ()
    body: bytes = b""


class ResponseData(NamedTuple):
    """A response; the fields are those of `Exchange`."""

    status: int
    headers: "RawHeaders | None"
    body: bytes = b""
    request: RequestData | None = None
    reason: str | None = None
    origin: str | None = None
    body_problem: str | None = None
    recorded_at: "datetime | None" = None

    def answering(self, request: RequestData) -> "ResponseData":
        """Return the response with its request; the missing body of a response to a HEAD is not a problem."""
        is_complete = request.method.upper() == "HEAD" and self.body_problem == NOT_KEPT
        return self._replace(request=request, body_problem=None if is_complete else self.body_problem)
