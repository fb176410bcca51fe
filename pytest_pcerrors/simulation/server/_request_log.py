"""Requests in the log of the server."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from pytest_pcerrors.exchange.headers import Headers
from pytest_pcerrors.secrets.display import safe


@dataclass(frozen=True, repr=False)
class Received:
    """A request that the server received, and the name of its answer.

    `target` is the path and the query as they were received. `time` is in seconds on a monotonic clock: the difference of two is how
    long a client waited. `status` is `None` if the connection was reset. `answer` describes the answer.

    >>> request = Received("GET", "/v1/customers?size=20", Headers(), b"", 0.0, 429, "gateway-429")
    >>> request, request.path, request.query
    (<GET /v1/customers?size=20 -> gateway-429>, '/v1/customers', {'size': ['20']})
    """

    method: str
    target: str
    headers: Headers
    body: bytes
    time: float
    status: int | None
    answer: str

    @property
    def path(self) -> str:
        """The path as it was received, percent-encoded."""
        return path_of(self.target)

    @property
    def query(self) -> dict[str, list[str]]:
        """The values of each query parameter."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    def __repr__(self) -> str:
        return f"<{safe(f'{self.method} {self.target}')} -> {self.answer}>"


def path_of(target: str) -> str:
    """Return the path of a request target, which may be a full URL (the absolute form that clients of proxies use).

    >>> path_of("/v1/a?b=c"), path_of("http://127.0.0.1/v1/a"), path_of("http://127.0.0.1")
    ('/v1/a', '/v1/a', '/')
    """
    return urlsplit(target).path or "/"
