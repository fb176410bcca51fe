"""What an adapter returns: a response, and its request where known, as plain data."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.headers import RawHeaders

NOT_KEPT = "not kept in the recording"
"""The problem of a body that its recording does not have, although there was or may have been one."""


class RequestData(NamedTuple):
    """A request: its method, its URL, and its headers and body as far as they are known."""

    method: str
    url: str
    headers: "RawHeaders" = ()
    body: bytes = b""


class ResponseData(NamedTuple):
    """A response; the members are those of `Exchange`."""

    status: int
    headers: "RawHeaders | None"
    body: bytes = b""
    request: RequestData | None = None
    reason: str | None = None
    origin: str | None = None
    body_problem: str | None = None

    def answering(self, request: RequestData) -> "ResponseData":
        """Return the response with its request; the response to a HEAD has no body that could have been kept."""
        is_complete = request.method.upper() == "HEAD" and self.body_problem == NOT_KEPT
        return self._replace(request=request, body_problem=None if is_complete else self.body_problem)
