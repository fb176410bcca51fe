"""A cassette of vcrpy's that looks recordings up by a key, tells what it plays, and says what it cannot answer."""

from copy import copy, deepcopy
from threading import RLock
from typing import TYPE_CHECKING, Any

from vcr.cassette import Cassette
from vcr.record_mode import RecordMode

from pytest_pcerrors.interception.interactions import decoded, exchange_of_interaction
from pytest_pcerrors.interception.matching import Matching
from pytest_pcerrors.interception.unmatched import UnmatchedRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from vcr.request import Request

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.interception.interactions import Response
    from pytest_pcerrors.interception.matching import Difference


class IndexedCassette(Cassette):  # type: ignore[misc]  # vcrpy ships no types
    """A cassette whose replay costs the same whatever it holds.

    vcrpy compares every recording with every matcher, twice for each request. Here the matchers that compare plain parts
    of a request make a key, and only recordings with the same key are looked at. What was recorded a moment ago is not
    played, so that the next run is answered as this one. `on_response` is told of every response that was played or recorded; what
    was only loaded does not count.
    """

    def __init__(
        self,
        *,
        on_response: "Callable[[Exchange], object]",
        comparable: "Callable[[Request], Request]" = lambda request: request,
        name: str,
        command: str,
        others: frozenset[str] = frozenset(),
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.name = name
        """The path as messages show it."""
        self.command = command
        """The command that runs the test, for the advice to record."""
        self.others = others
        """The files of other tests, without letter case; they were never this one."""
        self.keep = True
        """Whether anything is written in the end."""
        self.unmatched: list[UnmatchedRequest] = []
        self.matching = Matching(self._match_on)
        self._on_response = on_response
        self._comparable = comparable
        self._is_loading = False
        self._compared: list[Request] = []
        self._by_key: dict[Hashable, list[int]] = {}
        self._first_left: dict[Hashable, int] = {}
        self._last_filtered: tuple[object, Any] = (None, None)
        self._lock = RLock()

    def append(self, request: "Request", response: "Response") -> None:
        """Take in an interaction: one that was loaded, or one that was just recorded, which is heard."""
        filtered = self._before_record_request(request)
        if not filtered:
            return
        if not self._is_loading:
            self._on_response(exchange_of_interaction(request, response, self.name if self.keep else None))
            response = decoded(deepcopy(response)) if self.keep else response
        stored = self._before_record_response(response)
        if stored is None:
            return
        with self._lock:
            compared = self._comparable(filtered)
            self._by_key.setdefault(self.matching.key(compared), []).append(len(self.data))
            self._compared.append(compared)
            self.data.append((filtered, stored))
            self.dirty = True

    def can_play_response_for(self, request: "Request") -> bool:
        """Tell whether a recording is left for this request, in a mode that replays."""
        self._last_filtered = None, None  # it may have grown a body since it was last seen
        filtered = self._filtered(request)
        if not filtered or self.record_mode == RecordMode.ALL or not (self.rewound or self.allow_playback_repeats):
            return False
        return self._find(filtered) is not None

    def play_response(self, request: "Request") -> "Response":
        """Play the next recording for this request."""
        __tracebackhide__ = True
        filtered = self._filtered(request)
        with self._lock:
            index = self._find(filtered)
            if index is None:
                raise self._no_match(filtered)
            recorded, response = self.data[index]
            if index < self._loaded_count and not self.play_counts[index]:
                self._played_interactions.append((recorded, response))
            self.play_counts[index] += 1
        self._on_response(exchange_of_interaction(request, response, getattr(recorded, "origin", None) or self.name))
        return {**response, "headers": copy(response["headers"])}  # vcrpy takes headers out of what it replays

    def filter_request(self, request: "Request") -> "Request | None":
        """Return the request as it would be stored, None where it is not; where it ought to be played, say what is missing.

        vcrpy asks for it where it is about to give up on a request, and says less then.
        """
        __tracebackhide__ = True
        filtered = self._filtered(request)
        if filtered and self.write_protected:
            raise self._no_match(filtered)
        return filtered

    def rewind(self) -> None:
        """Let everything be played anew."""
        super().rewind()
        self._first_left.clear()

    def matches(self, request: "Request") -> "Iterator[int]":
        """Yield the number of each interaction that matches a stored request, played or not."""
        compared = self._comparable(request)
        for index in self._by_key.get(self.matching.key(compared), ()):
            if self.matching.accepts(compared, self._compared[index]):
                yield index

    def differences(self, request: "Request") -> "Iterator[tuple[int, list[Difference]]]":
        """Yield the number of each interaction, and in what a stored request differs from its request."""
        compared = self._comparable(request)
        for index, each in enumerate(self._compared):
            yield index, self.matching.differences(compared, each)

    def exchanges(self) -> "Iterator[Exchange]":
        """Yield what the cassette holds."""
        for request, response in self.data:
            yield exchange_of_interaction(request, response, getattr(request, "origin", None) or self.name)

    def unplayed(self) -> list[int]:
        """Return the number of each loaded interaction that was not played; none in a mode that plays none."""
        if self.record_mode == RecordMode.ALL:
            return []
        return [index for index in range(self._loaded_count) if not self.play_counts[index]]

    def __contains__(self, request: "Request") -> bool:
        filtered = self._filtered(request)
        return bool(filtered) and self._find(filtered) is not None

    def _filtered(self, request: "Request") -> Any:
        """Return the request as it would be stored; vcrpy asks for the same one several times in a row."""
        request_before, filtered = self._last_filtered
        if request_before is not request:
            filtered = self._before_record_request(request)
            self._last_filtered = request, filtered
        return filtered

    def _find(self, request: "Request") -> int | None:
        """Return the number of the recording to play next; those at the front that were played are passed by for good."""
        compared = self._comparable(request)
        key = self.matching.key(compared)
        indices = self._by_key.get(key, ())
        first = self._first_left.get(key, 0)
        while not self.allow_playback_repeats and first < len(indices) and self.play_counts[indices[first]]:
            first += 1
        self._first_left[key] = first
        for position in range(first, len(indices)):
            index = indices[position]
            is_left = index < self._loaded_count and not self.play_counts[index]
            if (is_left or self.allow_playback_repeats) and self.matching.accepts(compared, self._compared[index]):
                return index
        return None

    def _no_match(self, request: "Request") -> UnmatchedRequest:
        error = UnmatchedRequest(self, request)
        self.unmatched.append(error)
        return error

    def _load(self) -> None:
        self._is_loading = True
        try:
            super()._load()
        finally:
            self._is_loading = False
        self._old_interactions = list(self.data)  # in their stored form, as what is compared with them

    def _save(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - vcrpy's signature
        if self.keep:
            super()._save(force)

    def _rerecorded_interactions(self) -> "list[tuple[Request, Response]]":
        """Return what mode "all" saves: what was recorded now, and loaded interactions that it does not match."""
        loaded: list[Any] = self.data[: self._loaded_count]
        recorded: list[Any] = self.data[self._loaded_count :]
        if self.drop_unused_requests:
            return recorded
        kept = [each for each in loaded if all(index < self._loaded_count for index in self.matches(each[0]))]
        return kept + recorded

    def _build_used_interactions_dict(self) -> dict[str, Any]:
        """Return what is saved where unused recordings are dropped: what was played, and what was recorded now."""
        used = [*self._played_interactions, *self.data[self._loaded_count :]]
        return {"requests": [request for request, _ in used], "responses": [response for _, response in used]}
