"""Find several texts in one pass, in any case of their letters: with ahocorasick-rs, or where much is searched, with Hyperscan (the extra ``fast``)."""

from collections.abc import Callable, Collection, Iterable, Iterator
from threading import Lock

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

Hit = tuple[int, int, int]
"""The index of a text, and the range in which it was found."""

Hits = tuple[list[Hit], list[int] | None]
"""What is found, by ascending ends; and the ends of marks, or None if they are not known."""

_SOME = 128 * 1024
"""The number of bytes after which a deterministic automaton has saved the time that it takes to build."""

_MUCH = 4 * 1024 * 1024
"""The number of bytes after which Hyperscan has saved the time that it needs to prepare itself."""


class Finder:
    """Finds texts in any case of their letters, and `cased` ones in their own case; of those that contain another, perhaps only that one.

    Only Hyperscan heeds the case, and finds marks besides, in any case of their letters.

    >>> Finder([b"token", b"a token", b"key"]).hits(b"A Token")
    ([(1, 2, 7)], None)
    """

    def __init__(self, texts: Collection[bytes], cased: Iterable[bytes] = (), marks: Iterable[bytes] = ()) -> None:
        self._texts, self._cased, self._marks = list(texts), list(cased), list(marks)
        self._any_case = _shortest(sorted({*self._texts, *map(bytes.lower, self._cased)}))
        self._longest = max(map(len, (*texts, *self._cased)))
        self._automaton = self._made_as(Implementation.ContiguousNFA)
        self._scan: Callable[[bytes], Hits] | None = None
        self._searched = 0

    def hits(self, data: bytes) -> Hits:
        """Return what is found; of overlapping texts, one of them at least."""
        before = self._searched
        self._searched = before + len(data)
        if before < _SOME <= self._searched:
            self._automaton = self._made_as(Implementation.DFA)
        if before < _MUCH <= self._searched:
            self._scan = _scanner(_shortest(self._texts), self._cased, self._marks)
        if self._scan is None:
            return self._automaton.find_matches_as_indexes(data.lower()), None
        return self._scan(data)

    def pieces(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Yield the ranges in which all the texts are, also those that contain another."""
        start = done = 0
        for _, first, last in self.hits(data)[0]:
            if first - self._longest > done:
                yield start, done
                start = first - self._longest
            done = last + self._longest
        if done:
            yield start, done

    def _made_as(self, kind: Implementation) -> BytesAhoCorasick:
        return BytesAhoCorasick(self._any_case, matchkind=MatchKind.LeftmostFirst, implementation=kind)


class Matches:
    """Finds all texts, also those that contain or overlap another, in the case of their letters.

    >>> list(Matches([b"token", b"a token"]).found(b"a token", [(0, 7)]))
    [(1, 0), (0, 2)]
    """

    def __init__(self, texts: Iterable[bytes]) -> None:
        self._automaton = BytesAhoCorasick(list(texts))

    def found(self, data: bytes, pieces: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Yield the indexes and the starts of the texts in some ranges of data, by ascending ends."""
        for first, last in pieces:
            for index, start, _ in self._automaton.find_matches_as_indexes(data[first:last], overlapping=True):
                yield index, first + start


def _shortest(texts: Iterable[bytes]) -> list[bytes]:
    """Return the texts that contain no other."""
    every = list(texts)
    inside = BytesAhoCorasick(every, implementation=Implementation.NoncontiguousNFA)
    return [each for each in every if len(inside.find_matches_as_indexes(each, overlapping=True)) == 1]


def _scanner(texts: list[bytes], cased: list[bytes], marks: list[bytes]) -> Callable[[bytes], Hits] | None:
    """Return a function that finds texts, cased ones and marks with Hyperscan, or None where that is not installed."""
    try:
        import hyperscan
    except ImportError:
        return None
    every = [*texts, *marks, *cased]
    lengths = [len(text) for text in every]
    patterns = ["".join(f"\\x{byte:02x}" for byte in text).encode() for text in every]
    flags = [hyperscan.HS_FLAG_CASELESS] * (len(texts) + len(marks)) + [0] * len(cased)
    are_marks = range(len(texts), len(texts) + len(marks))
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(patterns, ids=list(range(len(patterns))), flags=flags)

    lock = Lock()  # a scan uses memory of the database

    def scan(data: bytes) -> Hits:
        found: list[Hit] = []
        marked: list[int] = []

        def add(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
            if index in are_marks:
                marked.append(end)
            else:
                found.append((index, end - lengths[index], end))

        with lock:
            database.scan(data, match_event_handler=add)
        return found, marked

    return scan
