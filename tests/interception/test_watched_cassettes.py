"""Watching of vcrpy's own cassettes, and masking of log records while one of ours is open."""

import logging

import pytest
import requests
import vcr
from tapes import HOST, PLAIN, interaction
from vcr.cassette import Cassette
from vcr.request import Request

from pytest_pcerrors.interception.watching import watching


def test_what_is_played_and_what_is_recorded_is_reported(write, service, tmp_path):
    """In this order, with the path of the cassette; what is only loaded is not."""
    file = str(write(interaction("/v1/a"), interaction("/v1/b", host=PLAIN)))
    received = []
    with watching(received.append), vcr.use_cassette(file, record_mode="new_episodes"):
        requests.get(f"{PLAIN}/v1/b", timeout=5)
        requests.get(f"{service.url}/c", timeout=5)
    assert [(each.request.url, each.origin) for each in received] == [
        (f"{PLAIN}/v1/b", file),
        (f"{service.url}/c", file),
    ]


def test_what_vcrpy_ignores_is_not_reported(service, tmp_path):
    """It went past the cassette."""
    received = []
    with watching(received.append), vcr.use_cassette(str(tmp_path / "tape.yaml"), ignore_localhost=True):
        requests.get(service.url, timeout=5)
    assert received == []


def test_a_cassette_of_ours_reports_who_opened_it(tape, write, received):
    """It is not reported twice."""
    write(interaction())
    listened = []
    with watching(listened.append), tape():
        requests.get(f"{HOST}/v1/customers", timeout=5)
    assert (len(received), listened) == (1, [])


class Unreadable:
    """An object that raises whatever is done with it."""

    def __getattr__(self, name):
        raise LookupError(name)

    __str__ = __iter__ = __getattr__

    def __deepcopy__(self, memo):
        return self


SENT = Request("GET", HOST, None, {})
NOT_EXCHANGES = {
    "texts": ("a request", "a response"),
    "numbers": (1, 2),
    "a text as the response": (SENT, "a response"),
    "no status": (SENT, {"headers": {}, "body": {"string": b""}}),
    "a status that is not a mapping": (SENT, {"status": 200}),
    "headers that cannot be read": (SENT, {"status": {"code": 200}, "headers": Unreadable(), "body": {"string": b""}}),
    "a body that cannot be read": (SENT, {"status": {"code": 200}, "headers": {}, "body": Unreadable()}),
    "a request that cannot be read": (Unreadable(), {"status": {"code": 200}, "headers": {}, "body": {"string": b""}}),
}


@pytest.mark.parametrize(("request_", "response"), NOT_EXCHANGES.values(), ids=NOT_EXCHANGES)
def test_what_is_not_an_exchange_is_stored_and_played_as_without_watching(request_, response):
    """A suite may store anything in a cassette, and its persister or its hooks may."""

    def compare(one, other):
        assert one is other

    def used():
        cassette = Cassette("tape.yaml", allow_playback_repeats=True, match_on=[compare])
        cassette.append(request_, response)
        return cassette.play_response(request_)

    received = []
    with watching(received.append):
        watched = used()
    assert watched == used()
    assert received == []


def test_after_the_block_vcrpy_is_as_it_was():
    """Its methods are its own again."""
    before = dict(vars(vcr.cassette.Cassette))
    with watching(print):
        assert vars(vcr.cassette.Cassette) != before
    assert dict(vars(vcr.cassette.Cassette)) == before


@pytest.mark.parametrize(
    ("logger", "message", "shown"),
    [
        ("vcr.stubs", "Playing response for <Request (GET) https://h/v1?sig=s3cr3t>", "Playing response for <Request (GET) https://h/v1?sig=***>"),
        ("urllib3.connectionpool", 'https://h "GET /v1?api_key=s3cr3t HTTP/1.1" 200', 'https://h "GET /v1?api_key=*** HTTP/1.1" 200'),
        ("httpcore.http11", r"""[(b'Set-Cookie', b'a=\'s3cr3t'), (b'Cookie', b"s3cr3t'"), (b'Via', b'x')]""", "[(b'Set-Cookie', b'***'), (b'Cookie', b'***'), (b'Via', b'x')]"),
        ("httpx", "HTTP Request: GET https://h/v1", "HTTP Request: GET https://h/v1"),
        ("shop", "sig=s3cr3t", "sig=s3cr3t"),
    ],
)  # fmt: skip
def test_log_lines_of_http_libraries_are_masked_while_a_cassette_is_open(tape, write, caplog, logger, message, shown):
    """Records of other loggers are unchanged, and after the block nothing is masked."""
    write()
    caplog.set_level(logging.DEBUG)
    with tape():
        caplog.clear()
        logging.getLogger(logger).info("%s", message)
    logging.getLogger(logger).info("%s", message)
    assert caplog.messages == [shown, message]
