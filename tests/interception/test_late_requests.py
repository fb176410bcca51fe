"""A request that a thread sends after the end of the test that started it; threads that work for several tests are left alone."""

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.dummy import DummyProcess
from queue import Queue, SimpleQueue

import anyio.to_thread
import pytest
from anyio.from_thread import start_blocking_portal
from http_clients import CLIENTS

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.interception.threads import shared


class Later:
    """A call that waits for the next test."""

    def __init__(self, ask):
        self.ask, self.go, self.done = ask, threading.Event(), threading.Event()
        self.answer = None

    def __call__(self):
        """Wait, ask, and keep the answer."""
        self.go.wait(10)
        try:
            self.answer = self.ask()
        except UsageError as error:
            self.answer = error
        finally:
            self.done.set()

    def now(self):
        """Let it ask, and return what it has received."""
        self.go.set()
        assert self.done.wait(10)
        return self.answer


def a_thread(call):
    """Start a plain thread."""
    threading.Thread(target=call).start()


def a_thread_of_a_subclass(call):
    """Start a thread whose class has its own run method."""
    type("Own", (threading.Thread,), {"run": lambda self: call()})(daemon=True).start()


def a_timer(call):
    """Start a timer."""
    threading.Timer(0, call).start()


def a_thread_of_a_thread(call):
    """Start a thread from another one."""
    threading.Thread(target=a_thread, args=(call,)).start()


def a_job_of_a_pool(call):
    """Submit a job to a pool that is not shut down."""
    ThreadPoolExecutor(1).submit(call)


def a_queued_job(call):
    """Submit a job that does not run before the end of the test."""
    pool, queued = ThreadPoolExecutor(1), threading.Event()
    pool.submit(call.go.wait, 10)
    pool.submit(call)
    queued.set()


def a_job_of_a_loop(call):
    """Run a job in the executor of an event loop."""

    async def run():
        asyncio.get_running_loop().run_in_executor(ThreadPoolExecutor(1), call)

    asyncio.run(run())


STARTED = [
    a_thread, a_thread_of_a_subclass, a_timer, a_thread_of_a_thread, a_job_of_a_pool, a_queued_job, a_job_of_a_loop,
]  # fmt: skip
LATE = [
    *((start, "requests") for start in STARTED),
    *((a_thread, client) for client in ("httpx", "httpx.AsyncClient", "aiohttp")),
]


@pytest.mark.libraries
@pytest.mark.covered
@pytest.mark.parametrize(("start", "client"), LATE, ids=lambda each: getattr(each, "__name__", each))
def test_what_a_test_has_started_is_refused_after_its_end(service, tape, tmp_path, late, received, client, start):
    """Recording and replay name the test; nothing is sent, and the cassette of the next test is as without it."""
    ask = CLIENTS[client]
    for mode in ("once", "none"):
        service.asked.clear()
        later = Later(partial(ask, f"{service.url}/late"))
        with tape(mode, test="test_first"):
            ask(f"{service.url}/first")
            start(later)
        with tape(mode, name="next.yaml", test="test_next") as cassette:
            ask(f"{service.url}/next")
            error = later.now()
        assert isinstance(error, UsageError)
        assert "/late is neither recorded nor replayed" in str(error)
        assert "started by test_first, which has ended" in str(error)
        assert cassette.unmatched == []
        assert service.asked == (["POST /first", "POST /next"] if mode == "once" else [])
    assert "/late" not in (tmp_path / "next.yaml").read_text("utf-8")
    assert [test for test, _ in late] == ["test_first"] * 2
    assert len(received) == 4


def test_a_thread_is_part_of_its_test_until_its_end(service, tape):
    """Its requests are recorded and replayed."""
    answers = []
    for mode in ("once", "none"):
        with tape(mode):
            thread = threading.Thread(target=lambda: answers.append(CLIENTS["requests"](service.url)[0]))
            thread.start()
            thread.join()
    assert answers == [409, 409]
    assert len(service.asked) == 1


def test_a_response_after_the_end_is_received_and_not_recorded(service, tape, tmp_path, late, received):
    """It was sent in time; the next test does not see it. vcrpy closes the connections of requests at the end, so the client is another one."""
    go, entered = threading.Event(), threading.Event()

    def slow(body):
        entered.set()
        go.wait(10)
        return body

    service.encode = slow
    answers = []
    with tape("once", test="test_first"):
        thread = threading.Thread(target=lambda: answers.append(CLIENTS["httpx"](f"{service.url}/slow")[0]))
        thread.start()
        assert entered.wait(10)
    with tape("once", name="next.yaml"):
        go.set()
        thread.join()
    assert answers == [409]
    assert received == []
    assert [(test, request.partition(" (")[0]) for test, request in late] == [
        ("test_first", f"POST {service.url}/slow")
    ]
    assert list(tmp_path.glob("*.yaml")) == []


def a_pool(stack):
    """Return how a pool of `concurrent.futures` is given a call; its bound method is kept."""
    return stack.enter_context(ThreadPoolExecutor(1)).submit


def a_thread_of_multiprocessing(stack):
    """Return how a thread as in `multiprocessing.pool.ThreadPool`, without its pickled messages, is given a call."""
    calls = SimpleQueue()
    DummyProcess(target=lambda: [call() for call in iter(calls.get, None)]).start()
    stack.callback(calls.put, None)
    return calls.put


def a_worker(stack):
    """Return how a thread that takes calls from a queue is given one."""
    calls = Queue()

    def work():
        while call := calls.get():
            call()

    threading.Thread(target=work).start()
    stack.callback(calls.put, None)
    return calls.put


def a_server(stack):
    """Return how a server that makes a call for every request, in a thread of its own, is given one."""
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            calls.pop()()

    server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
    threading.Thread(target=server.serve_forever, args=(0.01,)).start()
    stack.callback(server.shutdown)

    def ask(call):
        calls.append(call)
        with socket.create_connection(server.server_address) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")

    return ask


def a_loop(stack):
    """Return how an event loop in another thread is given a call."""
    loop = stack.enter_context(closing(asyncio.new_event_loop()))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    stack.callback(thread.join)
    stack.callback(loop.call_soon_threadsafe, loop.stop)

    async def run(call):
        call()

    return lambda call: asyncio.run_coroutine_threadsafe(run(call), loop)


def a_portal(stack):
    """Return how anyio's loop in another thread is given a call for its worker threads."""
    portal = stack.enter_context(start_blocking_portal())
    return partial(portal.start_task_soon, anyio.to_thread.run_sync)


def a_thread_of_a_fixture(stack):
    """Return how a thread that a fixture with a wider scope has started is given a call."""
    calls, is_closed = [], threading.Event()

    def poll():
        while not is_closed.wait(0.01):
            while calls:
                calls.pop()()

    with shared():
        threading.Thread(target=poll).start()
    stack.callback(is_closed.set)
    return calls.append


WORKERS = [a_pool, a_thread_of_multiprocessing, a_worker, a_server, a_loop, a_portal, a_thread_of_a_fixture]
WORKING = [*((make, "requests") for make in WORKERS), (a_pool, "httpx")]


@pytest.mark.parametrize(("make", "client"), WORKING, ids=lambda each: getattr(each, "__name__", each))
def test_what_works_for_several_tests_uses_the_cassette_of_the_current_one(service, tape, late, make, client):
    """It was started in the first test, and used there."""
    ask = CLIENTS[client]
    for mode in ("once", "none"):
        with ExitStack() as stack:
            with tape(mode):
                give = make(stack)
                call = Later(partial(ask, f"{service.url}/first"))
                give(call)
                assert call.now()[0] == 409
            with tape(mode, name="next.yaml") as cassette:
                call = Later(partial(ask, f"{service.url}/next"))
                give(call)
                assert call.now()[0] == 409
        assert [each.uri for each in cassette.requests] == [f"{service.url}/next"]
    assert service.asked == ["POST /first", "POST /next"]
    assert late == []


def test_after_the_block_threads_start_as_before(tape):
    """Their methods are those of the standard library."""
    before = threading.Thread.start, ThreadPoolExecutor.submit
    with tape("once"):
        assert (threading.Thread.start, ThreadPoolExecutor.submit) != before
    assert (threading.Thread.start, ThreadPoolExecutor.submit) == before
