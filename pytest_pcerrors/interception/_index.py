"""An index of the recordings of a cassette: which of them match a request."""

from typing import TYPE_CHECKING

from pytest_pcerrors.interception._matching import Matching

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from vcr.request import Request

    from pytest_pcerrors.interception._matching import Difference, Matcher


class RecordingIndex:
    """Finds recordings by a key, which the matchers make that compare plain parts of a request; only those with the same key are compared.

    `comparable` returns the form in which requests are compared.
    """

    def __init__(self, matchers: "Sequence[Matcher]", comparable: "Callable[[Request], Request]") -> None:
        self._matching = Matching(matchers)
        self._comparable = comparable
        self._compared: list[Request] = []
        self._by_key: dict[Hashable, list[int]] = {}
        self._first_left: dict[Hashable, int] = {}

    def add(self, request: "Request") -> None:
        """Add the request of the next recording."""
        compared = self._comparable(request)
        self._by_key.setdefault(self._matching.key(compared), []).append(len(self._compared))
        self._compared.append(compared)

    def rewind(self) -> None:
        """Forget which recordings are done."""
        self._first_left.clear()

    def find(
        self, request: "Request", is_done: "Callable[[int], bool]", can_play: "Callable[[int], bool]"
    ) -> int | None:
        """Return the first matching recording that can be played; recordings at the front that are done are skipped permanently."""
        compared = self._comparable(request)
        key = self._matching.key(compared)
        indices = self._by_key.get(key, ())
        first = self._first_left.get(key, 0)
        while first < len(indices) and is_done(indices[first]):
            first += 1
        self._first_left[key] = first
        for position in range(first, len(indices)):
            index = indices[position]
            if can_play(index) and self._matching.accepts(compared, self._compared[index]):
                return index
        return None

    def matches(self, request: "Request") -> "Iterator[int]":
        """Yield each recording that matches a request, played or not."""
        compared = self._comparable(request)
        for index in self._by_key.get(self._matching.key(compared), ()):
            if self._matching.accepts(compared, self._compared[index]):
                yield index

    def differences(self, request: "Request") -> "Iterator[tuple[int, list[Difference]]]":
        """Yield each recording, with the differences between a request and its request."""
        compared = self._comparable(request)
        for index, each in enumerate(self._compared):
            yield index, self._matching.differences(compared, each)
