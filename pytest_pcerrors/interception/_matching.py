"""Matching of requests with vcrpy's matchers: an index of recordings, and the differences to report."""

import json
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import Any, NamedTuple
from urllib.parse import ParseResult, parse_qsl

from vcr import matchers
from vcr.request import Request

from pytest_pcerrors.interception._interactions import body_of
from pytest_pcerrors.jsontext import escaped_step

Matcher = Callable[[Request, Request], bool | None]

ABSENT = "nothing"
_MISSING = object()
_MOST_VALUES = 20


class Difference(NamedTuple):
    """One value that differs between the request that was sent and a recorded one."""

    what: str
    sent: str
    recorded: str


def _query(request: Request) -> tuple[tuple[str, str], ...]:
    return tuple(request.query)


def _path(request: Request) -> str:
    return request.path or "/"


def _whole(request: Request) -> Hashable:
    return request.scheme, request.host, request.port, _path(request), _query(request)


_PARTS: dict[Any, Callable[[Request], Hashable]] = {
    matchers.method: lambda request: request.method,
    matchers.scheme: lambda request: request.scheme,
    matchers.host: lambda request: request.host,
    matchers.port: lambda request: request.port,
    matchers.path: _path,
    matchers.query: _query,
}
"""The part of a request that a matcher compares. Two requests match if their parts are equal."""

_NARROWING = {matchers.uri: _whole}
"""A part that is equal in matching requests, for matchers that compare more than this part."""

_BODIES = {matchers.body, matchers.raw_body}


def _of_body(request: Request) -> Iterator[Hashable]:
    """Yield the bytes of a body, and the names and values in it, in any order; of two matching bodies, one of these is equal."""
    value: Any = body_of(request.body)
    yield value
    try:
        for transform in matchers._get_transformers(request):  # noqa: SLF001 - what the matcher itself compares
            value = transform(value)
    except Exception:  # noqa: BLE001 - those of a broken body of XML-RPC may be of any type
        return  # it matches only the same bytes
    yield _scalars(value)


def _scalars(value: Any) -> frozenset[Hashable]:
    left: list[Any] = [value]
    found: set[Hashable] = set()
    while left:
        each = left.pop()
        if isinstance(each, dict):
            found.update(each)
            left += each.values()
        elif isinstance(each, list | tuple):
            left += each
        elif isinstance(each, Hashable):
            found.add(each)
    return frozenset(found)


def _differences(matcher: Matcher, sent: Request, recorded: Request) -> Iterator[Difference]:
    _, failed = matchers.get_matchers_results(sent, recorded, [matcher])
    if not failed:
        return
    if matcher is matchers.query:
        yield from _in_pairs("parameter", sent.query, recorded.query)
    elif matcher is matchers.headers:
        yield from _in_pairs("header", *_spelt_alike(sent.headers.items(), recorded.headers.items()))
    elif matcher in (matchers.body, matchers.raw_body):
        yield from _in_bodies(sent.body, recorded.body)
    elif matcher in _PARTS:
        yield Difference(matcher.__name__, str(_PARTS[matcher](sent)), str(_PARTS[matcher](recorded)))
    elif matcher is matchers.uri:
        yield from _in_urls(sent.parsed_uri, recorded.parsed_uri, sent, recorded)
    else:
        name, message = failed[0]
        yield Difference(f"matcher {name}", str(message) if message else "another", "this")


def _in_urls(
    sent_url: ParseResult, recorded_url: ParseResult, sent: Request, recorded: Request
) -> Iterator[Difference]:
    for what in ("scheme", "netloc", "path", "fragment"):
        ours, theirs = getattr(sent_url, what), getattr(recorded_url, what)
        if ours != theirs:
            yield Difference(what, ours or ABSENT, theirs or ABSENT)
    if sent.query != recorded.query:
        yield from _in_pairs("parameter", sent.query, recorded.query)
    elif sent_url.query != recorded_url.query:
        yield Difference("query, in its order", sent_url.query, recorded_url.query)


def _spelt_alike(sent: Any, recorded: Any) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """Return two lists of headers in which equal names are spelt as they were sent (RFC 9110, section 5.1: in any letter case)."""
    spelling = {str(name).lower(): str(name) for headers in (recorded, sent) for name, _ in headers}
    ours, theirs = ([(spelling[str(name).lower()], value) for name, value in headers] for headers in (sent, recorded))
    return ours, theirs


def _in_pairs(what: str, sent: Any, recorded: Any) -> Iterator[Difference]:
    """Compare names and values; a name may occur more than once."""
    ours, theirs = _grouped(sent), _grouped(recorded)
    for name in dict.fromkeys((*ours, *theirs)):
        mine, other = ours.get(name), theirs.get(name)
        if mine != other:
            yield Difference(f"{what} {name}", _listed(mine), _listed(other))


def _grouped(pairs: Any) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(str(name), []).append(value.decode("latin-1") if isinstance(value, bytes) else str(value))
    return grouped


def _listed(values: list[str] | None) -> str:
    return ABSENT if values is None else ", ".join(map(json.dumps, values))


def _in_bodies(sent: bytes | None, recorded: bytes | None) -> Iterator[Difference]:
    for compare in (_in_documents, _in_forms):
        try:
            found = list(compare(sent or b"", recorded or b""))
        except (ValueError, RecursionError):
            continue
        if found:
            yield from found[:_MOST_VALUES]
            return
    yield Difference("body", _shown(sent), _shown(recorded))


def _in_documents(sent: bytes, recorded: bytes) -> Iterator[Difference]:
    return _in_values("", json.loads(sent), json.loads(recorded))


def _in_forms(sent: bytes, recorded: bytes) -> Iterator[Difference]:
    fields = [parse_qsl(body.decode(), strict_parsing=True) for body in (sent, recorded)]
    return _in_pairs("field", *fields)


def _in_values(pointer: str, sent: Any, recorded: Any) -> Iterator[Difference]:
    """Yield the innermost differences between two JSON values."""
    if isinstance(sent, dict) and isinstance(recorded, dict):
        for name in dict.fromkeys((*sent, *recorded)):
            ours, theirs = sent.get(name, _MISSING), recorded.get(name, _MISSING)
            yield from _in_values(f"{pointer}/{escaped_step(name)}", ours, theirs)
    elif isinstance(sent, list) and isinstance(recorded, list):
        for index, (ours, theirs) in enumerate(zip_longest(sent, recorded, fillvalue=_MISSING)):
            yield from _in_values(f"{pointer}/{index}", ours, theirs)
    elif sent != recorded or type(sent) is not type(recorded):
        shown = (ABSENT if each is _MISSING else json.dumps(each) for each in (sent, recorded))
        yield Difference(f"body {pointer}" if pointer else "body", *shown)


def _shown(body: bytes | None) -> str:
    if not body:
        return ABSENT
    return f"{len(body)} bytes {json.dumps(body.decode('utf-8', 'backslashreplace'))}"


class RecordingIndex:
    """Finds recordings by keys, which cover the matchers that compare known parts of a request; all others compare what has the same key.

    Each matcher of bodies makes a key of its own: that of vcrpy compares the lines of two bodies that differ, which takes long.
    `comparable` returns the form in which requests are compared.
    """

    def __init__(self, match_on: Sequence[Matcher], comparable: Callable[[Request], Request]) -> None:
        known = {**_PARTS, **_NARROWING}
        self._match_on = match_on
        self._parts = [known[matcher] for matcher in match_on if matcher in known]
        self._closer = [matcher for matcher in match_on if matcher not in _PARTS]
        self._has_body = not _BODIES.isdisjoint(match_on)
        self._comparable = comparable
        self._compared: list[Request] = []
        self._by_key: dict[Hashable, list[int]] = {}
        self._first_left: dict[Hashable, int] = {}

    def add(self, request: Request) -> None:
        """Add the request of the next recording."""
        compared = self._comparable(request)
        for key in self._keys(compared):
            self._by_key.setdefault(key, []).append(len(self._compared))
        self._compared.append(compared)

    def rewind(self) -> None:
        """Forget which recordings are done."""
        self._first_left.clear()

    def find(self, request: Request, is_done: Callable[[int], bool], can_play: Callable[[int], bool]) -> int | None:
        """Return the first matching recording that can be played; recordings at the front that are done are skipped permanently."""
        compared = self._comparable(request)
        found: list[int] = []
        for key in self._keys(compared):
            indices = self._by_key.get(key, ())
            first = self._first_left.get(key, 0)
            while first < len(indices) and is_done(indices[first]):
                first += 1
            self._first_left[key] = first
            playable = (index for index in islice(indices, first, None) if can_play(index))
            found += islice((index for index in playable if self._accepts(compared, index)), 1)
        return min(found, default=None)

    def matches(self, request: Request) -> Iterator[int]:
        """Yield each recording that matches a request, played or not."""
        compared = self._comparable(request)
        indices = {index for key in self._keys(compared) for index in self._by_key.get(key, ())}
        return (index for index in sorted(indices) if self._accepts(compared, index))

    def differences(self, request: Request) -> Iterator[tuple[int, list[Difference]]]:
        """Yield each recording, with all differences between a request and its request that the matchers compare; none if they match."""
        compared = self._comparable(request)
        for index, each in enumerate(self._compared):
            yield index, [found for matcher in self._match_on for found in _differences(matcher, compared, each)]

    def _keys(self, request: Request) -> list[Hashable]:
        parts = tuple(part(request) for part in self._parts)
        return [(parts, each) for each in _of_body(request)] if self._has_body else [parts]

    def _accepts(self, sent: Request, index: int) -> bool:
        """Return whether a recording with the same key matches a request."""
        return not self._closer or bool(matchers.requests_match(sent, self._compared[index], self._closer))
