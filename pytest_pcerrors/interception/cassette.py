"""A vcrpy cassette that finds recordings by a key, reports its responses, and explains unmatched requests."""

from collections import Counter
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any

from vcr.cassette import Cassette
from vcr.record_mode import RecordMode

from pytest_pcerrors.interception._interactions import (
    comparable,
    decoded,
    exchange_of_interaction,
    for_client,
    of_client,
)
from pytest_pcerrors.interception._matching import RecordingIndex
from pytest_pcerrors.interception.threads import ended_here
from pytest_pcerrors.interception.unmatched import UnmatchedRequest, described
from pytest_pcerrors.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vcr.request import Request

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.interception._interactions import Response
    from pytest_pcerrors.interception.options import CassetteOptions

_HOOKS = {
    "before_record_request": "request",
    "before_record_response": "response",
    "before_save_interaction": "interaction",
}
"""What each hook of vcrpy is called with."""


class IndexedCassette(Cassette):  # type: ignore[misc]  # vcrpy ships no types
    """A cassette whose replay time does not depend on its size.

    vcrpy compares every recording with every matcher, twice for each request. Here an index finds them. Interactions recorded in this run are not
    played, so that the next run gets the same responses. `on_response` is called with every response that was played or
    recorded, but not with interactions that were only loaded. They pass `filter_loaded`, which returns
    their stored form, or None to leave them out, and none of the hooks of vcrpy, which have made them what the file has.
    The other arguments are those of vcrpy.
    """

    def __init__(self, options: "CassetteOptions", filter_loaded: "Callable[[Request], Any]", **arguments: Any) -> None:
        super().__init__(**arguments)
        self.options = options
        self.name: str = options.name
        """The path that messages show."""
        self.also: tuple[IndexedCassette, ...] = ()
        """Further cassettes of the test, which are only replayed, after this one."""
        self.keep: bool = True
        """Whether the cassette is saved at the end."""
        self.unmatched: list[UnmatchedRequest] = []
        self.left_out: Counter[str] = Counter()
        """How many requests, responses and interactions each hook of vcrpy has left out of the recording."""
        self.written: int = 0
        """The number of interactions that were saved."""
        self.failures: list[Exception] = []
        """Why responses were not recorded or reported; the client, which has received them, does not see it."""
        self.index: RecordingIndex = RecordingIndex(self._match_on, partial(comparable, redaction=options.redaction))
        self._on_response = options.on_response
        self._filter_loaded = filter_loaded
        self._is_loading = False
        self._last_filtered: tuple[object, Any] = (None, None)
        self._lock = RLock()

    def append(self, request: "Request", response: "Response") -> None:
        """Add an interaction that was loaded or recorded; call `on_response` if it was recorded."""
        if self._is_loading:
            if filtered := self._filter_loaded(request):
                self._add(filtered, response)
            return
        with self._keeping_failures():
            self._record(request, of_client(response))

    def _record(self, request: "Request", response: "Response") -> None:
        filtered = self._before_record_request(request)
        if not filtered:
            self.left_out["before_record_request"] += bool(self._filter_loaded(request))  # else its host is ignored
            return
        if ended := ended_here():
            ended.refusal(described(filtered))
            return
        self._on_response(exchange_of_interaction(request, response, self.name if self.keep else None))
        stored = self._before_record_response(decoded(deepcopy(response)) if self.keep else response)
        if stored is None:
            self.left_out["before_record_response"] += 1
        else:
            self._add(filtered, stored)

    def _add(self, request: "Request", response: "Response") -> None:
        with self._lock:
            self.index.add(request)
            self.data.append((request, response))
            self.dirty = True

    def can_play_response_for(self, request: "Request") -> bool:
        """Return whether an unplayed recording matches this request, in this cassette if its mode replays, or in a further one.

        vcrpy calls this before anything else. It raises if the test of the thread that sends the request has ended.
        """
        __tracebackhide__ = True
        self._last_filtered = None, None  # its body may have changed since the last call
        filtered = self._filtered(request)
        if filtered and (ended := ended_here()):
            raise ended.refusal(described(filtered))
        return self._can_play(filtered) or any(each.can_play_response_for(request) for each in self.also)

    def _can_play(self, filtered: "Request | None") -> bool:
        if not filtered or self.record_mode == RecordMode.ALL or not (self.rewound or self.allow_playback_repeats):
            return False
        return self._find(filtered) is not None

    def play_response(self, request: "Request") -> "Response":
        """Return the response of the next recording that matches this request."""
        __tracebackhide__ = True
        filtered = self._filtered(request)
        if self.also and not self._can_play(filtered):
            other = next((each for each in self.also if each.can_play_response_for(request)), self.also[-1])
            return other.play_response(request)
        with self._lock:
            index = self._find(filtered)
            if index is None:
                raise self._no_match(filtered)
            recorded, response = self.data[index]
            if index < self._loaded_count and not self.play_counts[index]:
                self._played_interactions.append((recorded, response))
            self.play_counts[index] += 1
        with self._keeping_failures():
            self._on_response(
                exchange_of_interaction(request, response, getattr(recorded, "origin", None) or self.name)
            )
        return for_client(response)

    def filter_request(self, request: "Request") -> "Request | None":
        """Return the request as it would be stored, or None if it is not; raise if it should have been replayed.

        vcrpy calls this before it fails on an unmatched request with a shorter message.
        """
        __tracebackhide__ = True
        filtered = self._filtered(request)
        if filtered and self.write_protected:
            raise self._no_match(filtered)
        return filtered

    def rewind(self) -> None:
        """Let every recording be played again."""
        super().rewind()
        self.index.rewind()

    def exchanges(self) -> "Iterator[Exchange]":
        """Yield the exchanges of the cassette."""
        for request, response in self.data:
            yield exchange_of_interaction(request, response, getattr(request, "origin", None) or self.name)

    def unplayed(self) -> list[int]:
        """Return the indices of the loaded interactions that were not played; empty if the mode does not replay."""
        if self.record_mode == RecordMode.ALL:
            return []
        return [index for index in range(self._loaded_count) if not self.play_counts[index]]

    def why_nothing_was_recorded(self) -> str:
        """Return which hooks of vcrpy left everything out; an empty text if something was recorded, or was only replayed."""
        left_out = +self.left_out
        has_replayed = self.write_protected or (self.play_count and "before_save_interaction" not in left_out)
        if not self.keep or self.written or has_replayed:
            return ""
        return ", ".join(
            f"{hook} returned None for {counted(left_out[hook], noun)}; a hook has to return the {noun}"
            for hook, noun in _HOOKS.items()
            if left_out[hook]
        )

    def _filtered(self, request: "Request") -> Any:
        """Return the request as it would be stored. The last result is kept, because vcrpy asks repeatedly for the same request."""
        request_before, filtered = self._last_filtered
        if request_before is not request:
            filtered = self._before_record_request(request)
            self._last_filtered = request, filtered
        return filtered

    def _find(self, request: "Request") -> int | None:
        """Return the index of the recording to play next."""
        return self.index.find(request, self._is_done, self._is_left)

    def _is_done(self, index: int) -> bool:
        return bool(self.play_counts[index]) and not self.allow_playback_repeats

    def _is_left(self, index: int) -> bool:
        return self.allow_playback_repeats or (index < self._loaded_count and not self.play_counts[index])

    @contextmanager
    def _keeping_failures(self) -> "Iterator[None]":
        """Keep an exception in `failures`, and write nothing: a client that waits for a callback would never return."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the hooks of users may raise any
            self.failures.append(error)
            self.keep = False

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
        self._old_interactions = list(self.data)  # in their stored form, like the requests they are compared with

    def _persist(self, cassette_dict: dict[str, Any]) -> None:
        super()._persist(cassette_dict)
        self.written = self._persister.held
        self.left_out["before_save_interaction"] += len(cassette_dict["requests"]) - self.written

    def _save(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - vcrpy's signature
        if self.keep:
            super()._save(force)

    def _rerecorded_interactions(self) -> "list[tuple[Request, Response]]":
        """Return what mode "all" saves: the recorded interactions, and the loaded ones that none of them matches."""
        loaded: list[Any] = self.data[: self._loaded_count]
        recorded: list[Any] = self.data[self._loaded_count :]
        if self.drop_unused_requests:
            return recorded
        kept = [each for each in loaded if all(index < self._loaded_count for index in self.index.matches(each[0]))]
        return kept + recorded

    def _build_used_interactions_dict(self) -> dict[str, Any]:
        """Return what is saved if unused recordings are dropped: the played and the recorded interactions."""
        used = [*self._played_interactions, *self.data[self._loaded_count :]]
        return {"requests": [request for request, _ in used], "responses": [response for _, response in used]}
