"""Interactions in vcrpy's form: bodies of requests in whatever form a client has them, and exchanges made of both."""

import asyncio
from io import BytesIO

import aiohttp
import pytest
from vcr.request import Request

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.interception._interactions import body_of, exchange_of_interaction


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, None),
        (b"a", b"a"),
        ("Zo\u00eb", "Zo\u00eb".encode()),
        (bytearray(b"a"), b"a"),
        (BytesIO(b"a"), b"a"),
        (iter(["a", b"b", 3]), b"ab"),
        ({"a": 1}, b'{"a": 1}'),
        ([1], b"[1]"),
        ({"a": object()}, None),
        (object(), None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_body_is_bytes_or_none(body, expected):
    """A body that cannot be written as bytes is `None`: bodies are only compared if the settings ask for it."""
    assert body_of(body) == expected


def test_a_form_that_aiohttp_streams_is_recorded(service, tape):
    """Its fields are not bytes before they are sent."""

    async def ask():
        form = aiohttp.FormData({"field": "value"})
        async with aiohttp.ClientSession() as session, session.post(service.url, data=form) as response:
            return response.status

    with tape("once"):
        assert asyncio.run(ask()) == 409
    with tape():
        assert asyncio.run(ask()) == 409
    assert len(service.asked) == 1


def test_what_is_no_response_is_reported_with_its_place():
    """A status of 42, say."""
    response = {"status": {"code": 42, "message": ""}, "headers": {}, "body": {"string": b""}}
    with pytest.raises(ArchiveError, match=r"^tape.yaml:3: the status 42 is not an HTTP status"):
        exchange_of_interaction(Request("GET", "https://host", None, {}), response, "tape.yaml:3")
