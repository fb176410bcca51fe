"""The pool of processes, with threads instead of processes: order, bounded memory, and processes that end."""

import pickle
import signal
import sys
from collections import Counter
from multiprocessing import Pipe
from threading import Event, Thread

import pytest

from pytest_pcerrors import UsageError
from pytest_pcerrors.engines import processes
from pytest_pcerrors.engines.pieces import Piece, Unit
from pytest_pcerrors.engines.processes import Pool, work, work_without_interrupts


class Numbers:
    """A task whose parts are the numbers up to the size of a piece; the name of a piece is its unit."""

    def parts(self, unit):
        """Yield a part for each number."""
        yield from ((unit.pieces[0].name, number) for number in range(unit.pieces[0].size))


class Worker:
    """A thread that works as a process does, and ends after `life` messages."""

    def __init__(self, life, task):
        self.life, self.exitcode = life, -9
        self.ours, theirs = Pipe()
        self.thread = Thread(target=self.run, args=(theirs, task))
        self.thread.start()

    def run(self, connection, task):
        """Work until the pipe is closed, or its life ends."""
        work(connection if self.life is None else Mortal(connection, self.life), task)
        connection.close()

    def terminate(self):
        """Wait for the pipe to be closed."""

    def join(self):
        """Wait for the thread."""
        self.thread.join()


class Mortal:
    """A connection that fails after some messages."""

    def __init__(self, connection, life):
        self.connection, self.life = connection, life
        self.recv = connection.recv

    def send_bytes(self, data):
        """Send a message, or fail."""
        if not self.life:
            raise OSError
        self.life -= 1
        self.connection.send_bytes(data)

    def send(self, value):
        """Send a value, or fail."""
        self.send_bytes(pickle.dumps(value))


def pool(jobs, *lives, task=None):
    """Return a pool whose first workers end after so many messages."""
    left, started = list(lives), []

    def start(task):
        started.append(Worker(left.pop(0) if left else None, task))
        return started[-1].ours, started[-1]

    return Pool(task or Numbers(), jobs, start), started


def units(*sizes):
    """Return units with so many parts each; one of None has no pieces."""
    return [Unit((Piece(None, str(n), size),)) if size is not None else Unit() for n, size in enumerate(sizes)]


def expected(wanted):
    """Return what one process would yield."""
    return [(u, part) for u in wanted for part in [*(Numbers().parts(u) if u.pieces else ()), None]]


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("sizes", [(), (0,), (3, 1, 2), (200, 200, 1), (1, None, 5, None), (1,) * 20])
def test_parts_are_in_order(jobs, sizes):
    """Whatever the number of processes, and however large a unit is."""
    wanted = units(*sizes)
    made, started = pool(jobs)
    assert list(made.parts(wanted)) == expected(wanted)
    assert len(started) <= jobs
    assert not any(each.thread.is_alive() for each in started)


@pytest.mark.parametrize("lives", [(0,), (2,), (3,), (5, 4), (0, 0)])
def test_a_process_that_ends_is_replaced(lives):
    """Its units are done again, and nothing is there twice."""
    wanted = units(3, 4, 5, 6)
    made, _ = pool(2, *lives)
    assert list(made.parts(wanted)) == expected(wanted)


def test_a_process_that_ended_while_it_waited_is_replaced(monkeypatch):
    """Nothing can be sent to it."""
    wanted = units(1, 1, 1, 1)
    monkeypatch.setattr(processes, "_AHEAD", 1)
    made, started = pool(1, 2)
    parts = made.parts(wanted)
    found = [next(parts), next(parts)]
    started[0].thread.join(0.01)
    assert found + list(parts) == expected(wanted)


def test_a_unit_that_ends_two_processes_is_an_error():
    """The message has the file and the signal; what was received before is there."""
    made, started = pool(1, 2, 3)
    found = made.parts(units(4))
    with pytest.raises(UsageError, match=r"^0: the process that checked it has ended twice \(signal 9\); check it"):
        assert Counter(list(found)) == {}
    assert not any(each.thread.is_alive() for each in started)


def test_parts_wait_in_the_pipe(monkeypatch):
    """Not more of them are kept than the limit while the first unit is not done."""
    monkeypatch.setattr(processes, "_MOST_WAITING", 3)
    wanted = units(1, 50)
    made, _ = pool(2)
    assert list(made.parts(wanted)) == expected(wanted)


def test_the_others_go_on_while_a_unit_takes_long():
    """The first one ends after the tenth."""
    is_done, in_time = Event(), []

    class Slow(Numbers):
        def parts(self, unit):
            if unit.pieces[0].name == "0":
                in_time.append(is_done.wait(9))
            yield from super().parts(unit)
            if unit.pieces[0].name == "9":
                is_done.set()

    wanted = units(*[1] * 12)
    made, _ = pool(2, task=Slow())
    assert list(made.parts(wanted)) == expected(wanted)
    assert in_time == [True]


def test_a_unit_that_is_repeated_may_follow_a_later_one(monkeypatch):
    """The third unit, of a process that ends, is given to the one that checks the fourth and large one."""
    monkeypatch.setattr(processes, "_MOST_WAITING", 3)
    may_end, keep = Event(), Pool._keep

    def keep_and_notify(self, worker, message):
        keep(self, worker, message)
        if worker.queue and worker.queue[0].unit is wanted[3]:
            may_end.set()

    class Slow(Numbers):
        def parts(self, unit):
            if unit.pieces[0].name == "0":
                may_end.wait(9)
            yield from super().parts(unit)

    monkeypatch.setattr(Pool, "_keep", keep_and_notify)
    wanted = units(1, 1, 1, 50)
    made, _ = pool(2, 0, task=Slow())
    assert list(made.parts(wanted)) == expected(wanted)


def test_a_process_ignores_interrupts():
    """Ctrl-C reaches all processes of a terminal; only the first of them handles it."""
    before = signal.getsignal(signal.SIGINT)
    before_term = signal.signal(signal.SIGTERM, signal.default_int_handler)
    ours, theirs = Pipe()
    with ours, theirs:
        ours.send(units(1)[0])
        ours.close()
        work_without_interrupts(theirs, Numbers())
    assert signal.signal(signal.SIGINT, before) == signal.SIG_IGN
    assert signal.signal(signal.SIGTERM, before_term) == signal.SIG_DFL


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows holds no signals back")
def test_an_interrupt_while_a_process_starts_is_not_lost():
    """It comes when the process has started."""
    came = []
    before = signal.signal(signal.SIGINT, lambda *_: came.append("interrupt"))
    try:
        with processes._held_interrupts():
            signal.raise_signal(signal.SIGINT)
            came.append("start")
    finally:
        signal.signal(signal.SIGINT, before)
    assert came == ["start", "interrupt"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no copies of processes")
@pytest.mark.parametrize(("threads", "method"), [(0, "spawn"), (1, "fork"), (2, "spawn")])
def test_only_a_process_with_one_thread_is_copied(threads, method):
    """A lock that another thread holds would never be released in the copy."""
    assert processes._context(threads).get_start_method() == method


@pytest.mark.skipif(sys.platform != "linux", reason="the number is unknown on other systems")
def test_all_threads_are_counted():
    """Those of tests too."""
    before, end = processes._threads(), Event()
    thread = Thread(target=end.wait)
    thread.start()
    assert processes._threads() == before + 1 > 1
    end.set()
    thread.join()


def test_a_process_starts_where_no_signals_are_held_back(monkeypatch):
    """On Windows."""
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)
    monkeypatch.delattr(processes, "ensure_running")  # it raises there
    with processes._held_interrupts():
        method = processes._context(0).get_start_method()
    assert method == "spawn"
