"""Network faults, as real clients see them."""

import http.client
from time import monotonic

import pytest
import requests

from pytest_pcerrors.simulation import SHAPES


def test_a_cut_body_is_one_that_promises_more(server):
    """The length is that of the whole body, and the connection is closed after the part."""
    server.shape("gateway-404", cut=20)
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/v1")
    response = connection.getresponse()
    with pytest.raises(http.client.IncompleteRead) as caught:
        response.read()
    connection.close()
    assert (caught.value.partial, caught.value.expected) == (SHAPES["gateway-404"].body[:20], 44)


def test_a_reset_is_one(server):
    """Nothing comes, not even an orderly end."""
    server.fail("GET", "/v1", reset=True)
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/v1")
    with pytest.raises(ConnectionResetError) as caught:
        connection.getresponse()
    connection.close()
    assert not isinstance(caught.value, http.client.RemoteDisconnected)


@pytest.mark.parametrize("member", ["cut", "reset"])
def test_a_client_library_reports_a_lost_connection(server, member):
    """As words of a sequence; the next call on a new connection is answered."""
    server.sequence(member, "ok")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        requests.get(server.url + "/v1")
    assert requests.get(server.url + "/v1").status_code == 200


@pytest.mark.parametrize("shape", ["gateway-404", "long-description-400", "empty-401"])
def test_a_body_comes_in_chunks(server, shape):
    """Without a length, and the connection stays open."""
    server.shape(shape, chunked=True)
    with requests.Session() as session:
        for _ in range(2):
            came = session.get(server.url + "/v1")
            assert came.content == SHAPES[shape].body
            assert (came.headers.get("Content-Length"), came.headers["Transfer-Encoding"]) == (None, "chunked")


def test_a_chunked_body_can_be_cut(raw, server):
    """As many bytes of the body as without chunks, and no last chunk."""
    server.shape("long-description-400", chunked=True, cut=100)
    body = SHAPES["long-description-400"].body
    came = raw(b"GET /v1 HTTP/1.1\r\n\r\n")
    assert came.endswith(b"\r\n\r\n40\r\n%s\r\n24\r\n%s\r\n" % (body[:64], body[64:100]))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(server.url + "/v1")


def test_a_status_without_body_has_nothing_to_chunk(server):
    """So no header mentions chunks."""
    server.sequence(204, chunked=True)
    assert "Transfer-Encoding" not in requests.get(server.url + "/v1").headers


@pytest.mark.parametrize("faults", [{"chunked": False}, {"reset": False}, {"delay": 0}])
def test_a_fault_that_is_off_changes_nothing(server, faults):
    """The answer is that of the rule."""
    server.shape("gateway-404", **faults)
    came = requests.get(server.url + "/v1")
    assert (came.content, came.headers["Content-Length"]) == (SHAPES["gateway-404"].body, "64")


def test_a_delay_is_waited(server):
    """Before the head comes; a client with less patience gives up, and the next one is served."""
    server.shape("gateway-404", delay=0.2)
    begin = monotonic()
    with pytest.raises(requests.ReadTimeout):
        requests.get(server.url + "/v1", timeout=0.05)
    assert requests.get(server.url + "/v1").status_code == 404
    assert monotonic() - begin > 0.2


def test_head_is_answered_without_body(raw, server):
    """With the length that the body would have, and the connection stays open; in chunks too."""
    server.fail("*", "/v1", 800064)
    server.shape("gateway-404", path="/chunks", chunked=True)
    with requests.Session() as session:
        asked = [session.head(server.url + "/v1") for _ in range(2)]
        length = len(session.get(server.url + "/v1").content)
    assert [(each.status_code, each.headers["Content-Length"]) for each in asked] == [(409, str(length))] * 2
    assert raw(b"HEAD /chunks HTTP/1.1\r\nConnection: close\r\n\r\n").partition(b"\r\n\r\n")[2] == b""
