"""The requests that were refused because the tests that started their threads had ended."""

from collections.abc import Iterator, Mapping

from pytest_pcerrors.text import counted


class LateRequests:
    """Collects the requests that threads sent after the end of their tests, with the name of the thread."""

    def __init__(self) -> None:
        self.requests: dict[str, list[str]] = {}
        """The requests of each test."""

    def add(self, test: str, request: str) -> None:
        """Add a request of a test."""
        self.requests.setdefault(test, []).append(request)

    def plus(self, others: Mapping[str, list[str]]) -> None:
        """Add the requests that a worker has collected."""
        for test, requests in others.items():
            self.requests[test] = [*self.requests.get(test, ()), *requests]

    def remarks(self) -> Iterator[str]:
        """Yield a line for each test."""
        for test, requests in sorted(self.requests.items()):
            first, *others = requests
            more = f", and {len(others)} more" if others else ""
            yield (
                f"{test}: {counted(len(requests), 'request')} of its threads after its end, neither recorded nor replayed: "
                f"{first}{more}; the test has to wait for its threads"
            )
