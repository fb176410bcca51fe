"""A comparison of cases that do the same work, what its goals are, and how a case is measured."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from timeit import timeit
from typing import NamedTuple

# Linux gives a new process the peak of the one that starts it, so a small one is between.
_PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
SECONDS, INSTRUCTIONS, MEBIBYTES = "s", "instructions", "MiB"


class Goal(NamedTuple):
    """What a case should reach: `text` is for people; the median of `figure` is at most `limit`.

    `figure` receives the value of a round, and that of the baseline in the same round.
    """

    text: str
    figure: Callable[[float, float], float]
    limit: float


def share(value: float, baseline: float) -> float:
    """Return how many times as much as the baseline a case costs; a time too short for the clock is not 0."""
    return max(value, 1e-12) / max(baseline, 1e-12)


def faster(times: float) -> Goal:
    """Return the goal to be at least so many times as fast as the baseline."""
    return Goal(f"at least {times:g} times as fast", share, 1 / times)


def cost(times: float) -> Goal:
    """Return the goal to need at most so many times as much as the baseline."""
    return Goal(f"at most {times:g} times the cost", share, times)


def more(microseconds: float) -> Goal:
    """Return the goal to take at most so many microseconds beyond the baseline."""
    return Goal(f"at most {microseconds:g} us more", lambda value, baseline: value - baseline, microseconds / 1e6)


def below(limit: float, unit: str) -> Goal:
    """Return the goal to stay below a limit, whatever the baseline."""
    return Goal(f"at most {limit:g} {unit}", lambda value, _: value, limit)


@dataclass(frozen=True)
class Case:
    """One way to do the work; `run` does it once and returns what it cost, in the unit of the comparison."""

    name: str
    run: Callable[[], float]
    goal: Goal | None = None


@dataclass(frozen=True)
class Comparison:
    """Several ways to do the same work; the first case is the baseline. `rounds` is the most often that it is worth to repeat it."""

    what: str
    cases: Sequence[Case]
    unit: str = SECONDS
    rounds: int = 9


def calls(function: Callable[[], object], number: int = 1) -> Callable[[], float]:
    """Return a run that gives the processor seconds of one call, as the mean of a number of calls."""
    return lambda: timeit(function, number=number, timer=time.process_time) / number


def process(command: Sequence[str], folder: Path, *, wall: bool = False, code: int | None = 0) -> Callable[[], float]:
    """Return a run that gives the processor seconds of a process and of its children, or the seconds until it ends.

    A process that ends with another exit code than `code` is an error, unless that is None.
    """
    clock = time.perf_counter if wall or os.name == "nt" else _of_children

    def run() -> float:
        start = clock()
        checked(command, folder, code=code)
        return clock() - start

    return run


def peak(command: Sequence[str], folder: Path) -> Callable[[], float]:
    """Return a run that gives the largest amount of memory that a process, or one of its children, had at once, in MiB; not on Windows."""
    size = 2**20 if sys.platform == "darwin" else 2**10

    def run() -> float:
        return float(checked([sys.executable, "-S", "-c", _PEAK, *command], folder).stdout) / size

    return run


def checked(
    command: Sequence[str], folder: Path, *, code: int | None = 0, more: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a process, with `more` variables in its environment; another exit code than `code` is an error that shows its output."""
    done = subprocess.run(  # noqa: S603 - our own
        command, cwd=folder, check=False, capture_output=True, text=True, env={**os.environ, **(more or {})}
    )
    if code is not None and done.returncode != code:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def _of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system
