"""Waits of the code in a block are recorded, take no time, and move the clocks; nothing else in the process notices."""

import asyncio
import queue
import sys
import time
from asyncio import sleep as sleep_async
from datetime import UTC, datetime
from functools import partial
from threading import Event, Thread
from time import monotonic, perf_counter, sleep
from types import ModuleType

import anyio
import pytest

from pytest_pcerrors import UsageError
from pytest_pcerrors.clients._replacing import replaced
from pytest_pcerrors.clients._waits import waits_recorded

REAL = {name: getattr(time, name) for name in ("sleep", "time", "monotonic", "perf_counter", "monotonic_ns")}
LONG = 12_000
PARTIAL = partial(asyncio.sleep, LONG)


def in_thread(function):
    """Run a function in a thread of its own, and return its result."""
    results = []
    thread = Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


def with_default(seconds, wait=time.sleep, *, wait_by_name=sleep):
    """Wait with the defaults of arguments, half of the time each."""
    wait(seconds / 2)
    wait_by_name(seconds / 2)


class Patient:
    """Has its waits as attributes."""

    plain = time.sleep
    static = staticmethod(sleep)
    is_static = "static"

    def __init__(self, sleep=time.sleep):
        self.own = sleep

    def wait(self, seconds):
        """Wait in all ways, a third of the time each."""
        for each in (self.plain, self.static, self.own):
            each(seconds / 3)

    @staticmethod
    def wait_by_default(seconds, *, wait=time.sleep):
        """Wait by a default."""
        wait(seconds)


async def with_default_async(seconds, wait=asyncio.sleep):
    """Wait with the default of an argument."""
    await wait(seconds)


WAYS = {
    "a default": lambda: with_default(LONG),
    "a default of an async function": lambda: asyncio.run(with_default_async(LONG)),
    "a default of a method": lambda: Patient.wait_by_default(LONG),
    "attributes of a class": lambda: Patient().wait(LONG),
    "a partial of asyncio.sleep": lambda: asyncio.run(PARTIAL()),
    "time.sleep": lambda: time.sleep(LONG),
    "from time import sleep": lambda: sleep(LONG),
    "asyncio.sleep": lambda: asyncio.run(asyncio.sleep(LONG)),
    "from asyncio import sleep": lambda: asyncio.run(sleep_async(LONG)),
    "anyio.sleep": lambda: anyio.run(anyio.sleep, LONG),
    "Event.wait": lambda: Event().wait(LONG),
    "in an event loop of a thread": lambda: in_thread(lambda: asyncio.run(asyncio.sleep(LONG))),
    "a deadline": lambda: wait_until(time.monotonic() + LONG),
}


def wait_until(deadline):
    """Wait in steps, as a client with a deadline does."""
    while time.monotonic() < deadline:
        time.sleep(LONG / 4)


@pytest.mark.libraries
@pytest.mark.covered
def test_a_wait_is_recorded_and_skipped():
    """However it is written; every clock moves by it, and it takes none of the real time."""
    began = REAL["monotonic"]()
    with waits_recorded() as waits:
        clocks = [
            time.time,
            time.monotonic,
            time.perf_counter,
            monotonic,
            perf_counter,
            lambda: datetime.now(UTC).timestamp(),
        ]
        clocks += [lambda: time.monotonic_ns() / 1e9, lambda: time.time_ns() / 1e9]
        for name, way in WAYS.items():
            before = [clock() for clock in clocks]
            way()
            moved = [clock() - start for clock, start in zip(clocks, before, strict=True)]
            assert waits.take() == LONG, name
            assert waits.take() == 0, name
            assert all(LONG <= each < LONG + 1000 for each in moved), name
    assert REAL["monotonic"]() - began < LONG / 4


def test_everything_is_restored():
    """In every module, also those that were loaded in the block, and a function that was kept works as the real one."""
    module = ModuleType("loaded_later")
    names = {
        name: dict(vars(each))
        for name, each in sys.modules.items()
        if name in ("time", "asyncio", "threading", __name__)
    }
    attributes = dict(vars(Patient))
    defaults = with_default.__defaults__, with_default.__kwdefaults__, Patient.__init__.__defaults__
    code = asyncio.sleep.__code__
    with waits_recorded():
        from time import sleep as kept

        module.sleep = kept
        sys.modules["loaded_later"] = module
        sleep(LONG)
    del sys.modules["loaded_later"]
    kept(0)
    assert {name: dict(vars(sys.modules[name])) for name in names} == names
    assert module.sleep is REAL["sleep"]
    assert dict(vars(Patient)) == attributes
    assert (with_default.__defaults__, with_default.__kwdefaults__, Patient.__init__.__defaults__) == defaults
    assert asyncio.sleep.__code__ is code
    assert all(getattr(time, name) is function for name, function in REAL.items())
    assert abs(time.time() - datetime.now(UTC).timestamp()) < LONG / 4


def test_a_function_that_was_kept_waits_again_after_the_block():
    """It has nothing to record to any more."""
    with waits_recorded() as waits:
        kept, kept_async, moved = time.sleep, asyncio.sleep, time.monotonic
        kept(LONG)
    kept(0.001)
    asyncio.run(kept_async(0.001))
    assert waits.take() == LONG
    assert moved() - time.monotonic() < LONG / 4


def test_a_replacement_by_the_test_is_restored(monkeypatch):
    """A test that has replaced `time.sleep` has its own function again."""
    slept = []
    own = slept.append
    monkeypatch.setattr(time, "sleep", own)
    with waits_recorded() as waits:
        time.sleep(LONG)
        sleep(LONG)
        assert waits.take() == 2 * LONG
    assert time.sleep is own
    assert slept == []


def test_a_name_that_the_block_changes_is_left_alone():
    """Only what still is a replacement is restored."""
    module = sys.modules["changing"] = ModuleType("changing")
    module.function = WAYS.get
    old = module.function
    with replaced({old: print}):
        module.function = len
    del sys.modules["changing"]
    assert module.function is len


@pytest.mark.covered
@pytest.mark.parametrize("seconds", [-1, float("nan"), "1", None])
def test_an_invalid_wait_is_reported_by_the_real_function(seconds):
    """As in any other program."""
    with waits_recorded() as waits, pytest.raises((TypeError, ValueError)):
        time.sleep(seconds)
    assert waits.take() == 0


def test_no_wait_is_none():
    """Zero seconds give way to others, and waits without end are not skipped."""
    with waits_recorded() as waits:
        time.sleep(0)
        asyncio.run(asyncio.sleep(0))
        assert asyncio.run(asyncio.sleep(LONG, "result")) == "result"
        assert Event().wait(0) is False
        event = Event()
        event.set()
        assert event.wait(LONG)
        with pytest.raises(TimeoutError):
            asyncio.run(asyncio.wait_for(asyncio.sleep(float("inf")), 0.01))
        assert waits.take() == LONG


def test_a_wait_for_another_thread_ends_when_that_is_ready():
    """An event is also how threads wait for results."""
    with waits_recorded() as waits:
        done = Event()
        worker = Thread(target=lambda: REAL["sleep"](0.05) or done.set())
        worker.start()
        assert done.wait(LONG)
        worker.join()
        ready, ended = Event(), Event()
        worker = Thread(target=lambda: ready.wait() and ended.set())
        worker.start()
        assert ended.wait(LONG) is False  # skipped after a moment: nothing sets it
        ready.set()
        worker.join()
        assert waits.take() == LONG


def test_threads_of_others_wait_and_measure_as_before():
    """Threads that ran before the block, and those of it that never send a request, really wait."""
    start, moved, measured = Event(), Event(), queue.Queue()

    def other():
        before = time.monotonic()
        start.set()
        moved.wait()
        time.sleep(0.01)
        Event().wait(0.01)
        asyncio.run(asyncio.sleep(0.01))
        measured.put(time.monotonic() - before)

    thread = Thread(target=other)
    thread.start()
    start.wait()
    with waits_recorded() as waits:
        time.sleep(LONG)
        moved.set()
        assert 0.02 < measured.get(timeout=LONG) < LONG / 4
        in_thread(lambda: time.sleep(0.01))
        assert waits.take() == LONG
    thread.join()


def test_a_thread_that_sends_a_request_is_one_of_the_client():
    """Such as that of a pool, started before: its waits are skipped, and its clock moves, but not that of its event loop."""
    jobs, results = queue.Queue(), queue.Queue()

    def work():
        for job in iter(jobs.get, None):
            results.put(job())

    thread = Thread(target=work)
    thread.start()

    async def waits_in_loop():
        before = asyncio.get_running_loop().time()
        await asyncio.sleep(LONG)
        return asyncio.get_running_loop().time() - before

    def waits_here():
        waits.participants.add()
        before = time.monotonic()
        time.sleep(LONG)
        return time.monotonic() - before, asyncio.run(waits_in_loop()), Event().wait(LONG)

    with waits_recorded() as waits:
        jobs.put(waits_here)
        moved, in_loop, is_set = results.get()
        assert waits.participants.has_others()
        jobs.put(None)
        thread.join()
        assert waits.take() == 3 * LONG
        assert not waits.participants.has_others()
    assert (moved >= LONG, in_loop < LONG / 4, is_set) == (True, True, False)


def test_the_clock_stays_in_the_range_of_dates():
    """However long a client waits."""
    with waits_recorded() as waits:
        for _ in range(50):
            time.sleep(9e9)
        assert datetime.now(UTC).year < 2200
        assert waits.take() == 50 * 9e9


def test_a_block_without_time_machine_is_a_usage_error(monkeypatch):
    """It names the extra."""
    monkeypatch.setitem(sys.modules, "time_machine", None)
    with pytest.raises(UsageError, match=r"pip install 'pytest-pcerrors\[clients\]'"), waits_recorded():
        pass


def test_waits_without_time_machine(monkeypatch):
    """They are recorded, and the clocks of the module time are moved; a check that needs an exact date is misuse."""
    monkeypatch.setitem(sys.modules, "time_machine", None)
    before = time.time(), time.monotonic()
    with waits_recorded(is_exact=False) as waits:
        time.sleep(41)
        assert waits.take() == 41
        assert time.time() - before[0] >= 41
        assert time.monotonic() - before[1] >= 41
    assert time.time() - before[0] < 41
    with pytest.raises(UsageError, match="needs time-machine"), waits_recorded():
        pass
    with pytest.raises(ZeroDivisionError) as raised, waits_recorded(is_exact=False):
        raise ZeroDivisionError
    assert raised.value.__context__ is None
