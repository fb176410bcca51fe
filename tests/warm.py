"""One process that has loaded pytest and the whole package, and forks for every program of a page, and every worker of pytest-xdist.

A page's shell finds small scripts in place of the programs. A script passes its arguments, environment and standard streams to
the process, so each run is as clean as a new process, and a shell line may use pipes, ``&`` and ``kill``.
"""

import atexit
import gc
import marshal
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import entry_points
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from tempfile import TemporaryDirectory

import coverage
import pytest

ENVIRONMENT = {"COLUMNS": "80", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-p pcerrors -p recording"}
"""A page runs with this plugin, pytest-recording, and no other."""
PROGRAMS = ("pcerrors", "pytest", "python")
FIRST_RUN = """\
from importlib import import_module
from pkgutil import walk_packages

import aiohttp, httpx, rich.console, vcr.patch, xdist.remote

import pytest_pcerrors

for module in walk_packages(pytest_pcerrors.__path__, "pytest_pcerrors."):
    if not module.name.endswith(".__main__"):
        import_module(module.name)


def test_nothing():
    pass
"""
SCRIPT = """\
#!{python} -IS
import marshal, os, signal, socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect({address!r})
asked = marshal.dumps([sys.argv[0].rpartition("/")[2], sys.argv[1:], os.getcwd(), dict(os.environ)])
socket.send_fds(link, [asked], [0, 1, 2])
answers = link.makefile()
pid = int(answers.readline())
for each in signal.SIGINT, signal.SIGTERM:
    signal.signal(each, lambda number, frame: os.kill(pid, number))
sys.exit(int(answers.readline()))
"""


@contextmanager
def programs() -> Iterator[Path]:
    """Start the process, and yield the folder of its scripts."""
    with TemporaryDirectory(prefix="docs-") as folder:
        address = f"{folder}/socket"
        for name in PROGRAMS:
            script = Path(folder, name)
            script.write_text(SCRIPT.format(python=sys.executable, address=address))
            script.chmod(0o755)
        server = Popen(
            [sys.executable, "-P", __file__, address],
            cwd=folder,
            env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")} | ENVIRONMENT,
            stdin=DEVNULL,
            stdout=PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            wait_until_ready(server)
            yield Path(folder)
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
            server.stdout.close()


def wait_until_ready(server: Popen) -> None:
    """Return once the process listens; fail with what it printed if it ended instead."""
    printed = []
    for line in server.stdout:
        if line == "ready\n":
            return
        printed.append(line)
    raise RuntimeError("".join(printed))


def serve(address: str) -> int:
    """Load, listen, and fork for each script that connects; return in each fork, with the exit code of its program."""
    Path("test_first_run.py").write_text(FIRST_RUN)
    if pytest.main(["-q", "-p", "xdist", "-p", "no:cacheprovider"]):
        return 1
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        link, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return answer(link)
        link.close()


def answer(link: socket.socket) -> int:
    """Fork once more: the parent reports the process id and the exit code, the child becomes the program."""
    asked, streams, _, _ = socket.recv_fds(link, 1 << 20, 3)
    pid = os.fork()
    if pid:
        link.sendall(f"{pid}\n".encode())
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with suppress(BrokenPipeError):
            link.sendall(f"{status if status >= 0 else 128 - status}\n".encode())
        os._exit(0)
    link.close()
    for number, (name, mode, stream) in enumerate(zip(("stdin", "stdout", "stderr"), "rww", streams, strict=True)):
        os.dup2(stream, number)
        os.close(stream)
        setattr(sys, name, os.fdopen(number, mode, buffering=1 if name == "stderr" else -1, closefd=False))
    return become(*marshal.loads(asked))


def become(program: str, arguments: list[str], folder: str, environment: dict[str, str]) -> int:
    """Run a program in a folder, with an environment, as its script in ``bin`` would."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    coverage.process_startup()
    if arguments[:1] == ["-u"]:
        del arguments[0]
    sys.argv = [program, *arguments]
    if program != "python":
        [script] = entry_points(group="console_scripts", name=program)
        return script.load()()
    if arguments[:1] != ["-c"]:
        os.execv(sys.executable, [sys.executable, *arguments])
    sys.path.insert(0, "")
    exec(compile(arguments[1], "<string>", "exec"), {"__name__": "__main__"})
    return 0


def end(status: int) -> None:
    """End the process as Python does, but without taking thousands of modules apart, which takes longer than most programs."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    end(serve(sys.argv[1]))
