"""Matching of requests: vcrpy's matchers, a key for those that compare plain parts, and reported differences."""

from itertools import combinations, product

import pytest
from tapes import HOST, interaction
from vcr import matchers
from vcr.request import Request

from pytest_pcerrors.interception._matching import RecordingIndex

BY_NAME = {
    name: getattr(matchers, name)
    for name in ("method", "scheme", "host", "port", "path", "query", "uri", "headers", "body", "raw_body")
}
BASE = {"method": "GET", "uri": "http://host:80/v1/a?x=1", "headers": {"Accept": "a"}, "body": b'{"n": 1}'}
VARIANTS = {
    "method": {"method": "POST"},
    "scheme": {"uri": "https://host:80/v1/a?x=1"},
    "host": {"uri": "http://other:80/v1/a?x=1"},
    "port": {"uri": "http://host:81/v1/a?x=1"},
    "path": {"uri": "http://host:80/v1/b?x=1"},
    "query": {"uri": "http://host:80/v1/a?x=2"},
    "headers": {"headers": {"Accept": "b"}},
    "body": {"body": b'{"n": 2}'},
}


def request(**changes):
    """Return the base request with changes."""
    return Request(**BASE | changes)


def index_of(matchers, recorded):
    """Return an index with one recording."""
    index = RecordingIndex(matchers, lambda request: request)
    index.add(recorded)
    return index


def matches(names, one, other):
    """Return whether two requests match, as a cassette decides."""
    return list(index_of([BY_NAME[name] for name in names], other).matches(one)) == [0]


def differences(matchers, sent, recorded):
    """Return the differences between two requests."""
    [(_, found)] = index_of(matchers, recorded).differences(sent)
    return found


def shown(found):
    """Return differences as texts."""
    return [f"{each.what}: sent {each.sent}, recorded {each.recorded}" for each in found]


@pytest.mark.untraced
@pytest.mark.parametrize("variant", VARIANTS)
def test_key_and_closer_look_decide_as_vcrpy_does(variant):
    """Each matcher, and each pair of them, against requests that differ in one property."""
    chosen, other = [*combinations(BY_NAME, 1), *combinations(BY_NAME, 2)], request(**VARIANTS[variant])
    expected = {names: matchers.requests_match(request(), other, [BY_NAME[name] for name in names]) for names in chosen}
    assert {names: matches(names, request(), other) for names in chosen} == expected


BODIES = [
    None, b"", b'{"a": [1, {"b": null}]}', b'{"a":[1.0,{"b":null}]}', b'{"a": 1}', b"[1", b"[" * 9_999, b"a=1&b=2", b"b=2&a=1", b"3\r\na=1\r\n0\r\n\r\n", b"a=1",
    b"<methodCall><params><param><value><dateTime.iso8601>20240101T00:00:00</dateTime.iso8601></value></param></params></methodCall>",
    b"<fault/>", b"\xff",
]  # fmt: skip
HEADERS = [
    {}, {"content-type": "application/json"}, {"Content-Type": "application/x-www-form-urlencoded"}, {"Transfer-Encoding": "chunked"},
    {"Content-Type": "text/xml", "User-Agent": "xmlrpc"},
]  # fmt: skip


@pytest.mark.parametrize("name", ["body", "raw_body"])
def test_bodies_are_found_as_vcrpy_finds_them(name):
    """Each pair of bodies, with and without the headers that say how to read them; a body that vcrpy cannot read has the same bytes, or does not match."""
    requests = [request(body=body, headers=headers) for body, headers in product(BODIES, HEADERS)]
    index = RecordingIndex([BY_NAME[name]], lambda request: request)
    for each in requests:
        index.add(each)

    def is_match(one, other):
        try:
            return matchers.requests_match(one, other, [BY_NAME[name]])
        except (RecursionError, TypeError, LookupError, matchers.xmlrpc.client.Error):
            return False

    for sent in requests:
        if is_match(sent, sent):
            assert list(index.matches(sent)) == [number for number, each in enumerate(requests) if is_match(sent, each)]


def test_bodies_that_differ_are_not_compared_line_by_line(monkeypatch):
    """A recording is found with one comparison for each key, in any order of requests: vcrpy takes long for two bodies that differ."""
    several = [request(method="POST", body=b'{"n": %d}' % n, headers=HEADERS[1]) for n in range(9)]
    index = RecordingIndex([matchers.method, matchers.uri, matchers.body], lambda request: request)
    for each in several:
        index.add(each)
    compared = []
    decide = matchers.requests_match
    monkeypatch.setattr(matchers, "requests_match", lambda *given: compared.append(given) or decide(*given))
    found = [index.find(each, lambda _: False, lambda _: True) for each in reversed(several)]
    assert (found, len(compared)) == ([*reversed(range(9))], 2 * 9)


@pytest.mark.parametrize("variant", VARIANTS)
def test_requests_match_if_and_only_if_nothing_differs(variant):
    """The verdict and its explanation cannot disagree."""
    other = request(**VARIANTS[variant])
    differing = {name: differences([BY_NAME[name]], request(), other) for name in BY_NAME}
    assert {name: matches([name], request(), other) for name in BY_NAME} == {
        name: not found for name, found in differing.items()
    }


def test_the_order_of_parameters_does_not_matter_and_an_empty_path_is_a_slash():
    """As for vcrpy."""
    one, other = request(uri="http://host/?b=2&a=1"), request(uri="http://host?a=1&b=2")
    assert matches(["path", "query"], one, other)


@pytest.mark.parametrize(
    ("name", "changes", "reported"),
    [
        ("method", {"method": "PUT"}, ["method: sent GET, recorded PUT"]),
        ("query", {"uri": "http://host:80/v1/a?x=2&y=3"}, ['parameter x: sent "1", recorded "2"', 'parameter y: sent nothing, recorded "3"']),
        ("headers", {"headers": {}}, ['header Accept: sent "a", recorded nothing']),
        ("headers", {"headers": {"ACCEPT": "b"}}, ['header Accept: sent "a", recorded "b"']),
        (
            "uri",
            {"uri": "http://host:80/v1/b?x=2#f"},
            [
                "path: sent /v1/a, recorded /v1/b",
                "fragment: sent nothing, recorded f",
                'parameter x: sent "1", recorded "2"',
            ],
        ),
        ("body", {"body": b'{"n": 2, "m": [1]}'}, ["body /n: sent 1, recorded 2", "body /m: sent nothing, recorded [1]"]),
        ("body", {"body": b"[1]"}, ['body: sent {"n": 1}, recorded [1]']),
        ("body", {"body": None}, ['body: sent 8 bytes "{\\"n\\": 1}", recorded nothing']),
        ("raw_body", {"body": b'{"n":1}'}, ['body: sent 8 bytes "{\\"n\\": 1}", recorded 7 bytes "{\\"n\\":1}"']),
    ],
)  # fmt: skip
def test_differences_are_reported_value_by_value(name, changes, reported):
    """The sent value and the recorded value."""
    assert shown(differences([BY_NAME[name]], request(), request(**changes))) == reported


def test_forms_and_lists_are_reported_by_field_and_item():
    """The innermost values that differ."""
    form = differences([matchers.raw_body], request(body=b"a=1&b=2"), request(body=b"a=1&b=3"))
    items = differences([matchers.raw_body], request(body=b"[1, 2]"), request(body=b"[1]"))
    assert shown([*form, *items]) == [
        'field b: sent "2", recorded "3"',
        "body /1: sent 2, recorded nothing",
    ]


def test_the_order_of_parameters_is_reported_where_the_whole_url_is_compared():
    """It is the only difference then."""
    one, other = request(uri="http://host/?b=2&a=1"), request(uri="http://host/?a=1&b=2")
    reported = differences([matchers.uri], one, other)
    assert shown(reported) == ["query, in its order: sent b=2&a=1, recorded a=1&b=2"]


def test_a_matcher_of_the_user_reports_what_it_says():
    """By its name; a matcher that only returns False gives no details."""

    def tenant(one, other):
        assert one.headers["Accept"] == other.headers["Accept"], "another tenant"

    def never(one, other):
        return False

    reported = differences([tenant, never], request(), request(headers={"Accept": "b"}))
    assert [each.what for each in reported] == ["matcher tenant", "matcher never"]
    assert reported[0].sent.startswith("another tenant")


def test_bodies_nested_beyond_python_are_reported_as_bytes():
    """Nothing is raised."""
    deep = b"[" * 100_000
    [reported] = differences([matchers.raw_body], request(body=deep), request())
    assert reported.sent.startswith("100000 bytes")


def test_any_other_matchers_scan_what_has_the_same_key(tape, write):
    """A body that differs is another recording, found after the first."""
    import requests

    write(*(interaction(method="POST", body=f'{{"n": {n}}}', answer=str(n)) for n in (1, 2, 3)))
    with tape(match_on=["method", "uri", "body"]):
        for n in (3, 1, 2):
            headers = {"Content-Type": "application/json"}
            asked = requests.post(f"{HOST}/v1/customers", data=f'{{"n": {n}}}', headers=headers, timeout=5)
            assert asked.text == str(n)


def test_a_matcher_of_the_user_is_used_among_the_names(tape, write):
    """As a function, where vcrpy would have it registered first."""

    def same_size(one, other):
        return one.query == other.query

    import requests

    write(interaction("/v1?size=1"), interaction("/v2?size=2", answer=b"2"))
    with tape(match_on=["method", same_size]):
        assert requests.get(f"{HOST}/any?size=2", timeout=5).text == "2"
