"""The log of the server, which holds the latest requests."""

from collections import deque
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from pytest_pcerrors.exchange.http import Headers
from pytest_pcerrors.secrets.display import safe

MOST_REQUESTS = 10_000
LARGEST_LOG = 64 * 1024 * 1024


@dataclass(frozen=True, repr=False)
class Received:
    """A request that the server received, and the name of its answer.

    `target` is the path and the query as they were received. `time` is in seconds on a monotonic clock: the difference of two is how
    long a client waited. `status` is `None` if the connection was reset. `answer` describes the answer. `number` counts the requests.

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
    number: int = 0

    @property
    def path(self) -> str:
        """The path as it was received, percent-encoded."""
        return path_of(self.target)

    @property
    def query(self) -> dict[str, list[str]]:
        """The values of each query parameter."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def size(self) -> int:
        """The number of characters and bytes that the request occupies in the log."""
        return len(self.target) + len(self.body) + sum(len(name) + len(value) for name, value in self.headers)

    def __repr__(self) -> str:
        return f"<{safe(f'{self.method} {self.target}')} -> {self.answer}>"


class RequestLog:
    """The latest requests; older ones are dropped when there are more than `most`, or when they occupy more than `largest` bytes."""

    def __init__(self, most: int = MOST_REQUESTS, largest: int = LARGEST_LOG) -> None:
        self._most, self._largest = most, largest
        self.clear()

    def clear(self) -> None:
        """Remove all requests, and count from 1 again."""
        self._requests: deque[Received] = deque()
        self._size = 0
        self.dropped = 0

    @property
    def requests(self) -> list[Received]:
        """The requests that were not dropped, in order."""
        return list(self._requests)

    def add(self, received: Received) -> Received:
        """Add a request, drop the oldest if there are too many, and return it with its number."""
        received = replace(received, number=self.dropped + len(self._requests) + 1)
        self._requests.append(received)
        self._size += received.size
        while len(self._requests) > self._most or (self._size > self._largest and len(self._requests) > 1):
            self._size -= self._requests.popleft().size
            self.dropped += 1
        return received


def path_of(target: str) -> str:
    """Return the path of a request target, which may be a full URL (the absolute form that clients of proxies use)."""
    return urlsplit(target).path or "/"
