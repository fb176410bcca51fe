"""Values of clients, however hostile: their descriptions, and the search in them."""

import json

import httpx
import pytest
import requests

from pytest_pcerrors.clients._texts import brief, has_word, is_http_response, texts_in, type_name

SECRET = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


class RaisingError(Exception):
    """Has nothing that can be looked at."""

    def __str__(self):
        raise RuntimeError

    __repr__ = __str__

    @property
    def code(self):
        """Raise too."""
        raise RuntimeError


class Raising(dict):
    """Cannot be shown, and cannot be searched."""

    def __repr__(self):
        raise RuntimeError

    items = __repr__

    @property
    def __class__(self):
        """Raise, as an unbound proxy does."""
        raise RuntimeError


class Slotted:
    """Has slots, one of them empty."""

    __slots__ = ("code", "empty")

    def __init__(self, code):
        self.code = code


class OneSlot(Slotted):
    """Has one more, given as a text."""

    __slots__ = "more"  # noqa: PLC0205 - Python permits it

    def __init__(self):
        super().__init__("800064")
        self.more = ["deep"]


class WithPropertyError(Exception):
    """Computes its code."""

    def __init__(self, response):
        super().__init__("failed")
        self.response = response

    @property
    def code(self):
        """Return the code."""
        return self.response.json()["code"]


def recursive():
    """Return a list that contains itself."""
    value = ["800064"]
    value.append(value)
    return value


def deep(levels):
    """Return a text in this many lists."""
    value = "800064"
    for _ in range(levels):
        value = [value]
    return value


def a_response():
    """Return a response of requests."""
    response = requests.Response()
    response.status_code, response._content = 409, b'{"code": "800064"}'
    return response


HOSTILE = [
    RaisingError("x"),
    Raising(a=1),
    recursive(),
    deep(10_000),
    "x" * 10_000_000,
    b"\xff" * 1_000_000,
    10**10_000,
    dict.fromkeys(range(100_000), tuple(range(1000))),
    f"token {SECRET}",
    {"access_token": SECRET, "client_secret": "Zx8Q~abcdefghijklmnopqrstuvwxyz0123456789"},
    "\x1b[31m\ud800\n",
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_any_value_can_be_described(number):
    """On one short line, that can be encoded, without secrets and without control characters."""
    text = brief(HOSTILE[number])
    assert len(text) <= 123
    assert text.isprintable()
    assert text.encode()
    assert SECRET[:40] not in text
    assert "Zx8Q" not in text


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_any_value_can_be_searched(number):
    """Within bounds."""
    texts = texts_in(HOSTILE[number])
    assert len(texts) <= 500
    assert sum(map(len, texts)) <= 500 * 20_000


@pytest.mark.parametrize(
    "value",
    [
        "code 800064",
        b"code 800064",
        800064,
        {"800064": 1},
        {"error": {"code": 800064}},
        ("x", {"800064"}),
        Slotted(800064),
        OneSlot(),
        recursive(),
        deep(3),
        ValueError(800064),
        WithPropertyError(a_response()),
        {"body": httpx.Headers({"Code": "800064"})},
    ],
    ids=lambda value: type(value).__name__,
)
def test_where_a_code_is_found(value):
    """In texts, numbers, collections and attributes, and the properties of an exception."""
    assert has_word(texts_in(value), "800064")


@pytest.mark.parametrize(
    "value",
    ["1800064", "800064-1", 8000640, deep(5), a_response(), {"response": a_response()}, None],
    ids=str,
)
def test_where_no_code_is_found(value):
    """Inside of other words, too deep, and in the responses of HTTP libraries."""
    assert not has_word(texts_in(value), "800064")


def test_the_text_that_could_not_be_read_is_not_kept():
    """A JSONDecodeError has the whole body, which nobody has read."""
    with pytest.raises(ValueError, match="Expecting") as raised:
        json.loads("<p>800064")
    assert not has_word(texts_in(raised.value), "800064")


def test_the_causes_of_an_exception_are_searched():
    """As deep as it is itself; a chain that is a circle ends."""
    first, second = ValueError("first"), KeyError("800064")
    first.__cause__, second.__cause__ = second, first
    assert has_word(texts_in(first), "800064")


def test_what_is_a_response_of_a_library():
    """Its class says so, and no own class is one; an exception is not one either."""
    assert is_http_response(a_response())
    assert is_http_response(httpx.Response(200))
    assert not is_http_response(requests.RequestException())
    assert not is_http_response(type("Response", (), {})())
    assert type_name(a_response()) == "Response"
