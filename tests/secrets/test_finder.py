"""Several texts are found in one pass: by both engines, and by any number of threads."""

import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_pcerrors.secrets import _finder
from pytest_pcerrors.secrets._finder import Finder, Matches

TEXTS = [b"token", b"key", b'key"', b"\\u00", b"%2", b"\0", b".*", b"(?i)"]
CASED = [b"eyJ", b"xKeY", b"K_"]
DATA = st.lists(
    st.sampled_from([*TEXTS, *CASED, b"eyj", b"_", b"TOKEN", b"Key", b"k", b"e", b"y", b"\n", b"\xff"]), max_size=9
).map(b"".join)


@pytest.fixture(params=["hyperscan", None])
def finder(request, monkeypatch):
    """Make a finder that has searched much, with Hyperscan and without it."""
    monkeypatch.setattr(_finder, "_MUCH", 1)
    if request.param is None:
        monkeypatch.setitem(sys.modules, "hyperscan", None)
    made = Finder(TEXTS)
    made.hits(b"much")
    return made


@given(data=DATA)
def test_both_find_something_in_the_same_texts(data):
    """Wherever one of the texts is, in any case of letters, or a cased one in its own, one that overlaps it is found."""
    few, much = Finder(TEXTS, CASED), Finder(TEXTS, CASED)
    much._searched = _finder._MUCH
    much._scan = _finder._scanner(much._texts, CASED, [])
    found = [[(start, end) for _, start, end in each.hits(data)[0]] for each in (few, much)]
    places = {*places_of(TEXTS, data.lower()), *places_of(CASED, data)}
    in_any_case = places | places_of(map(bytes.lower, CASED), data.lower())
    for hits, permitted in zip(found, (in_any_case, places), strict=True):
        assert sorted(hits, key=lambda hit: hit[1]) == hits
        assert set(hits) <= permitted
        assert all(any(one < end and start < other for one, other in hits) for start, end in places)


def places_of(texts, data):
    """Return the ranges with one of some texts."""
    return {(at, at + len(text)) for text in texts for at in range(len(data)) if data.startswith(text, at)}


def test_ranges_are_those_of_the_shortest_texts(finder):
    """A text that contains another is never found."""
    assert [(start, end) for _, start, end in finder.hits(b'a KEY" TOken \\U00.*')[0]] == [
        (2, 5),
        (7, 12),
        (13, 17),
        (17, 19),
    ]


def test_marks_are_found_besides(finder):
    """By Hyperscan, wherever they are; they hide no text, and no text hides them."""
    made = Finder(TEXTS, CASED, [b"key", b"a to", b"oken"])
    made.hits(b"much")
    hits, marked = made.hits(b"A Token, Key")
    assert [end for _, _, end in hits] == [7, 12]
    assert marked is None or sorted(marked) == [4, 7, 12]


@given(data=DATA, gap=st.integers(0, 12))
@example(data=b"token", gap=12)
def test_all_matches_are_in_the_pieces(data, gap):
    """Within the pieces, the same is found as in the whole, in the same order."""
    data = (b"k" + b"." * gap).join([data, data, b""])
    pieces = list(Finder(TEXTS, CASED).pieces(data))
    for matches, text in ((Matches(TEXTS), data.lower()), (Matches(CASED), data)):
        assert list(matches.found(text, pieces)) == list(matches.found(text, [(0, len(data))]))
    assert all(end < start for (_, end), (start, _) in pairwise(pieces))


def test_several_threads_search_at_once(finder):
    """As those of Dask do."""
    data = b"a token " * 5000
    with ThreadPoolExecutor(4) as threads:
        counts = {len(hits) for hits, _ in threads.map(finder.hits, [data] * 12)}
    assert counts == {5000}
