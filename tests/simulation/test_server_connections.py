"""Connections byte by byte: kept, closed, malformed, slow, lost, and very many at once."""

import http.client
import io
import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from threading import active_count
from time import sleep

import pytest

from pytest_pcerrors.simulation.server import ErrorServer
from pytest_pcerrors.simulation.server._request_bodies import LARGEST, read_body

GET = b"GET /v1 HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /v1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


def test_requests_on_one_connection_are_answered_in_turn(raw, server):
    """Pipelined ones too; the last closes, as clients of Perl do."""
    came = raw((GET + b"\r\n") * 3 + GET + b"Connection: TE, Close\r\n\r\n")
    assert came.count(b"HTTP/1.1 404 Not Found\r\n") == len(server.requests) == 4
    assert came.count(b"Connection: close\r\n") == 1


def test_an_old_client_is_answered_and_left(raw):
    """HTTP/1.0 keeps no connection, whatever it says."""
    assert b"\r\nConnection: close\r\n" in raw(b"GET /v1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (POST + b"Content-Length: 5\r\n\r\nhello", b"hello"),
        (POST + b"\r\n", b""),
        (CHUNKED + b"3\r\nhel\r\n2;ext=1\r\nlo\r\n0\r\nTrailer: x\r\n\r\n", b"hello"),
        (CHUNKED + b"0\r\n\r\n", b""),
    ],
    ids=["length", "none", "chunks", "no chunk"],
)
def test_a_body_is_read_to_its_end(raw, server, sent, body):
    """By its length, or chunk by chunk with trailers."""
    assert raw(sent).startswith(b"HTTP/1.1 404 ")
    assert server.requests[0].body == body


class CountedBytes(bytes):
    """Bytes that count how often their length is asked."""

    asked = 0

    def __len__(self):
        """Count, and return the length."""
        CountedBytes.asked += 1
        return super().__len__()


class CountedStream(io.BytesIO):
    """A stream of counted bytes."""

    def read(self, size=-1):
        """Return counted bytes."""
        return CountedBytes(super().read(size))


def test_many_chunks_cost_as_much_as_their_number():
    """Each chunk is looked at a constant number of times, not once more for every chunk after it."""
    count = 3_000
    head = Message()
    head["Transfer-Encoding"] = "chunked"
    assert read_body(CountedStream(b"1\r\nx\r\n" * count + b"0\r\n\r\n"), head) == b"x" * count
    assert 0 < CountedBytes.asked <= 3 * count


def test_a_client_may_ask_before_it_sends(server):
    """100 Continue comes first."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(POST + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert connection.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        assert connection.recv(1024).startswith(b"HTTP/1.1 404 ")
    assert server.requests[0].body == b"hello"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /v1\r\n", 505),
        (b"GET /v1 HTTP/0.9\r\n\r\n", 505),
        (b"GET /v1 HTTQ/1.1\r\n\r\n", 400),
        (b"GET /v1 HTTP/2.0\r\n\r\n", 505),
        (b"GET /v1 HTTP/" + b"1" * 5000 + b".1\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
        (GET + b"no colon\r\nContent-Length: 5\r\n\r\nhello", 400),
        (GET + b"Content-Length : 5\r\n\r\nhello", 400),
        (GET + b": x\r\n\r\n", 400),
        (b"POST /v1 HTTP/1.1\r\n Content-Length: 5\r\n\r\nhello", 400),
        (b"GET http://[ HTTP/1.1\r\n\r\n", 400),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (GET + b"X: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (GET + b"X: 1\r\n" * 200 + b"\r\n", 431),
        (POST + b"Content-Length: five\r\n\r\n", 400),
        (POST + b"Content-Length: -5\r\n\r\n", 400),
        (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400),
        (POST + b"Content-Length: %d\r\n\r\n" % (LARGEST + 1), 413),
        (POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 413),
        (POST + b"Transfer-Encoding: gzip\r\n\r\n", 400),
        (CHUNKED + b"xyz\r\n", 400),
        (CHUNKED + b"\r\n", 400),
        (CHUNKED + b"3\r\nhello\r\n", 400),
        (CHUNKED + b"f" * 9000 + b"\r\n", 400),
        (CHUNKED + b"fffffff\r\n", 413),
        (CHUNKED + b"0\r\n" + b"X: 1\r\n" * 200, 431),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(raw, server, sent, status, capfd):
    """With a status and a message in JSON; it is not in the log, nothing is printed, and others are served."""
    came = raw(sent)
    assert came.startswith(b"HTTP/1.1 %d " % status)
    assert b'\r\n\r\n{"statusCode": %d, "message": "' % status in came
    assert len(came) < 1000
    assert server.requests == []
    assert raw(GET + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 404 ")
    assert capfd.readouterr() == ("", "")


def test_a_refusal_is_read_though_the_body_was_not(server):
    """A client that sends it all before it looks finds the 413."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("POST", "/v1", b"x" * (LARGEST + 1))
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /v1",
        GET,
        POST + b"Content-Length: 5\r\n\r\nhel",
        CHUNKED + b"5\r\nhel",
        CHUNKED + b"5\r\nhello\r\n",
        GET + b"\r\n",
    ],
)
def test_a_client_that_leaves_disturbs_nobody(raw, server, sent, capfd):
    """At any point of its request, with or without a farewell."""
    for linger in (b"", struct.pack("ii", 1, 0)):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(sent)
            if linger:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    assert raw(GET + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 404 ")
    server.stop()
    assert capfd.readouterr() == ("", "")


def test_a_slow_client_holds_up_nobody(raw, server):
    """It sends half a request and waits; others are served."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as slow:
        slow.sendall(GET)
        assert raw(GET + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 404 ")
        slow.sendall(b"\r\n")
        assert slow.recv(1024).startswith(b"HTTP/1.1 404 ")


def test_a_path_in_utf_8_is_received_as_others_send_it(raw, server):
    """A client such as curl does not percent-encode it."""
    server.fail("GET", "/caf\u00e9", status=503)
    assert raw(b"GET /caf\xc3\xa9 HTTP/1.1\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 503 ")
    assert [each.path for each in server.requests_to("*", "/caf\u00e9")] == ["/caf%C3%A9"]


def test_a_method_can_have_any_name(raw, server):
    """What HTTP permits is answered."""
    server.fail("PURGE", "/v1", status=503)
    assert raw(b"PURGE /v1 HTTP/1.1\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 503 ")
    assert raw(b"OPTIONS * HTTP/1.1\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 404 ")


def test_a_client_of_a_proxy_is_answered_by_path(raw, server):
    """The whole URL in the request is as good."""
    server.fail("GET", "/v1", status=503)
    assert raw(b"GET http://api.example/v1?a=b HTTP/1.1\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 503 ")
    assert server.requests[0].path == "/v1"


def six_requests(server, number):
    """Send six requests on one connection, each with a value of this client only, and return the responses."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    answers = []
    for turn in range(6):
        own = f"{number}-{turn}"
        connection.request("POST", f"/v1/{number}", own, {"MS-RequestId": own})
        response = connection.getresponse()
        answers.append((response.status, response.headers["MS-RequestId"] == own, len(response.read()) > 90))
    connection.close()
    return answers


@pytest.mark.covered
def test_a_hundred_clients_are_served_at_once(server):
    """Each request is answered right, and logged once."""
    server.fail("POST", "/v1/*", 800064)
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda number: six_requests(server, number), range(100)))
    assert answers == [[(409, True, True)] * 6] * 100
    bodies = [each.body for each in server.requests]
    assert len(bodies) == len(set(bodies)) == 600


def disturbed_client(server, number):
    """Lose a connection, send a request slowly, then a few more; return the statuses of those."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as lost:
        lost.sendall(POST + b"Content-Length: 5\r\n\r\nhel")
        lost.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as slow:
        for part in (b"GET /sl", b"ow/%d HTTP/1.1\r\nConnec" % number, b"tion: close\r\n\r", b"\n"):
            slow.sendall(part)
            sleep(0.01)
        assert slow.recv(20).startswith(b"HTTP/1.1 503 ")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    statuses, asked = [], {"X-PC-Error": "429,503,ok"}
    for path in [f"/own/{number}"] * 4 + ["/reset", "/shared", "/_pcerrors/rules"]:
        try:
            connection.request("GET", path, headers=asked if path.startswith("/own") else {})
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
        except OSError:
            connection.close()
            statuses.append(None)
    connection.close()
    return statuses


@pytest.mark.covered
def test_resets_and_slow_clients_disturb_neither_rules_nor_log(server):
    """Each of a hundred clients has its own sequence, a shared rule is used as often as it says, and the log has every request once."""
    server.fail("GET", "/slow/*", status=503)
    server.fail("GET", "/reset", reset=True)
    server.fail("GET", "/shared", 800064, times=50)
    server.fail("GET", "/shared", status=503)
    with ThreadPoolExecutor(100) as pool:
        came = list(pool.map(lambda number: disturbed_client(server, number), range(100)))
    assert [each[:5] + each[6:] for each in came] == [[429, 503, 200, 200, None, 200]] * 100
    assert sorted(each[5] for each in came) == [409] * 50 + [503] * 50
    logged = [each.path for each in server.requests]
    assert [logged.count(f"/own/{number}") for number in range(100)] == [4] * 100
    assert (logged.count("/reset"), logged.count("/shared"), server.unmatched) == (100, 100, [])
    assert [each.number for each in server.requests] == list(range(1, 701))


def test_the_end_waits_for_nobody():
    """Idle connections, half requests and long delays are ended at once, and every thread with them."""
    before = active_count()
    server = ErrorServer()
    server.start()
    server.fail("GET", "/v1", delay=60)
    with ThreadPoolExecutor(1) as pool:
        opened = pool.submit(
            lambda: [socket.create_connection(("127.0.0.1", server.port), 5) for _ in range(9)]
        ).result()
        for connection, sent in zip(opened, [b"", GET, GET + b"\r\n"] * 3, strict=True):
            connection.sendall(sent)
        while len(server.requests) < 3:
            pass
        server.stop()
        assert [connection.recv(10) for connection in opened] == [b""] * 9
    for connection in opened:
        connection.close()
    assert active_count() == before
