"""One process that has loaded pytest and the whole package, and forks for every program of a page, and every worker of pytest-xdist.

Both it and the runs of pytest inside tests leave out what takes most of a short run, and is not about the plugin: `quicken`.

A page's shell finds small scripts in place of the programs. A script passes its arguments, environment and standard streams to
the process, so each run is as clean as a new process, and a shell line may use pipes, ``&`` and ``kill``.
"""

import atexit
import gc
import marshal
import os
import runpy
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import metadata
from itertools import chain
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from tempfile import TemporaryDirectory
from types import FunctionType, ModuleType, SimpleNamespace
from weakref import WeakKeyDictionary

import coverage
import pluggy._hooks
import pluggy._manager
import pytest
from _pytest._code import code
from _pytest.config import PytestPluginManager
from _pytest.config.argparsing import OptionGroup
from _pytest.fixtures import FixtureFunctionDefinition, FixtureManager
from hypothesis import settings
from pluggy import HookImpl

ENVIRONMENT = {"COLUMNS": "80", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-p pcerrors -p recording"}
"""A page runs with this plugin, pytest-recording, and no other."""
PROGRAMS = ("pcerrors", "pytest", "python")
FIRST_RUN = """\
from importlib import import_module
from pkgutil import walk_packages

import aiohttp, httpx, rich.console, vcr.patch, vcr.serialize, xdist.remote

import pytest_pcerrors

for module in walk_packages(pytest_pcerrors.__path__, "pytest_pcerrors."):
    if not module.name.endswith(".__main__"):
        import_module(module.name)


def test_nothing():
    pass
"""
SCRIPT = """\
#!{python} -IS
import marshal, sys
from _signal import SIG_BLOCK, SIG_UNBLOCK, SIGINT, SIGTERM, pthread_sigmask, signal
pthread_sigmask(SIG_BLOCK, [SIGINT, SIGTERM])  # until it is known which process they are for
from _socket import AF_UNIX, SCM_RIGHTS, SOL_SOCKET, socket
from posix import environ, getcwdb, kill
link = socket(AF_UNIX)
link.connect({address!r})
asked = marshal.dumps([sys.argv[0].rpartition("/")[2], sys.argv[1:], getcwdb(), environ])
link.sendmsg([asked], [(SOL_SOCKET, SCM_RIGHTS, b"".join(each.to_bytes(4, sys.byteorder) for each in (0, 1, 2)))])
pid = int(link.recv({width}))
for each in SIGINT, SIGTERM:
    signal(each, lambda number, frame: kill(pid, number))
pthread_sigmask(SIG_UNBLOCK, [SIGINT, SIGTERM])
sys.exit(int(link.recv({width})))
"""
"""These modules are part of the interpreter: to load `socket` would take longer than the fork."""
WIDTH = 10
"""The bytes of each number that is sent to a script."""

FIND_HOOK, FIND_FIXTURES = getattr(pluggy._manager, "_static_hook_attr", None), FixtureManager.pytest_plugin_registered
FIND_OPTIONS: Callable[..., dict[str, object] | None] = PytestPluginManager.parse_hookimpl_opts
OPTIONS: WeakKeyDictionary[FunctionType, dict[str, object] | None] = WeakKeyDictionary()
ARGUMENTS: WeakKeyDictionary[Callable[..., object], dict[type, object]] = WeakKeyDictionary()
FIND_ARGUMENTS: Callable[..., object] = pluggy._hooks.varnames
HAS_FIXTURES: WeakKeyDictionary[ModuleType | type, bool] = WeakKeyDictionary()
FIND_RANGE = code.getstatementrange_ast
RANGES: dict[str, dict[int, list[int]]] = {}


def quicken(replace: Callable[[object, str, object], None]) -> None:
    """Let runs of pytest in this process start in half the time.

    pytest reads files of all installed distributions, more than once, and version 9.2 searches every name of every plugin for
    fixtures inside other decorators. For a traceback it parses each file.
    """
    replace(metadata, "distributions", installed)
    replace(pluggy._manager, "dir", names_of_hooks)
    replace(pluggy._manager, "_static_hook_attr", hook_of)
    replace(sys.modules[HookImpl.__module__], "varnames", names_of_arguments)
    replace(PytestPluginManager, "parse_hookimpl_opts", options_of_hook)
    replace(OptionGroup, "addoption", OptionGroup._addoption)
    replace(FixtureManager, "pytest_plugin_registered", fixtures_where_any)
    replace(FixtureManager, "_check_for_wrapped_fixture", lambda *_: None)
    replace(code, "getstatementrange_ast", range_of_statement)


@cache
def installed() -> list[SimpleNamespace]:
    """Return the facts about the distributions with entry points. A distribution would read its files again whenever it is asked."""
    facts = []
    for each in metadata.Distribution.discover():
        if not (points := each.entry_points):
            continue
        of_plugin = ("name", "metadata", "version", "files") if points.select(group="pytest11") else ()
        known = {name: getattr(each, name) for name in ("_normalized_name", *of_plugin)}
        facts.append(SimpleNamespace(entry_points=points, **known))
    return facts


def names_of_hooks(plugin):
    """Return the names of a plugin that may be hooks; pluggy asks pytest about all of them, thousands in each run."""
    return [name for name in dir(plugin) if name.startswith("pytest_")]


def names_of_arguments(function, **options):
    """Look up the names of the arguments of a function or method, which are found once."""
    known = ARGUMENTS.setdefault(getattr(function, "__func__", function), {})
    if type(function) not in known:
        known[type(function)] = FIND_ARGUMENTS(function, **options)
    return known[type(function)]


def hook_of(plugin, name):
    """Look a function up in the names of a module or class; pluggy also searches them for other descriptors."""
    if isinstance(plugin, ModuleType):
        found = bound = vars(plugin).get(name)
    else:
        found, bound = getattr(type(plugin), name, None), getattr(plugin, name, None)
        if getattr(bound, "__func__", None) is not found:
            return FIND_HOOK(plugin, name)
    return (found, bound) if type(found) is FunctionType else FIND_HOOK(plugin, name)


def options_of_hook(self, plugin, name):
    """Look up the options of a hook, which are found once for each function."""
    function = getattr(plugin, name, None)
    function = getattr(function, "__func__", function)
    if type(function) is not FunctionType:
        return FIND_OPTIONS(self, plugin, name)
    if function not in OPTIONS:
        OPTIONS[function] = FIND_OPTIONS(self, plugin, name)
    return OPTIONS[function] and OPTIONS[function].copy()


def fixtures_where_any(self, plugin, plugin_name):
    """Search a plugin for fixtures only if it has any; pytest also asks each attribute of those that have none."""
    owner = plugin if isinstance(plugin, ModuleType) else type(plugin)
    if owner not in HAS_FIXTURES:
        owners = [owner] if owner is plugin else owner.__mro__
        values = chain.from_iterable(vars(each).values() for each in owners)
        HAS_FIXTURES[owner] = FixtureFunctionDefinition in map(type, values)
    if HAS_FIXTURES[owner]:
        FIND_FIXTURES(self, plugin, plugin_name)


def range_of_statement(lineno, source, assertion=False, astnode=None):  # noqa: FBT002 - as pytest defines it
    """Look up where a statement of a file begins and ends, which is found once."""
    ranges = RANGES.setdefault(str(source), {})
    if lineno not in ranges:
        astnode, *ranges[lineno] = FIND_RANGE(lineno, source, assertion, astnode)
    return astnode, *ranges[lineno]


@contextmanager
def programs() -> Iterator[Path]:
    """Start the process, and yield the folder of its scripts."""
    with TemporaryDirectory(prefix="docs-") as folder:
        address = f"{folder}/socket"
        for name in PROGRAMS:
            script = Path(folder, name)
            script.write_text(SCRIPT.format(python=sys.executable, address=address, width=WIDTH))
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
    quicken(setattr)
    installed()
    if pytest.main(["-q", "-p", "xdist", "-p", "no:cacheprovider"]):
        return 1
    gc.freeze()
    gc.set_threshold(50_000, 20)
    settings.register_profile("ci", settings.get_profile("ci"), max_examples=10)
    woken, waker = socket.socketpair()
    waker.setblocking(False)  # noqa: FBT003 - as `set_wakeup_fd` demands
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    running: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([listener, woken], [], [])
        if woken in ready:
            woken.recv(1024)
            report_ended(running)
        if listener in ready:
            link, _ = listener.accept()
            asked, streams, _, _ = socket.recv_fds(link, 1 << 20, 3)
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                take(streams)
                return become(*marshal.loads(asked))
            for stream in streams:
                os.close(stream)
            running[pid] = link
            with suppress(OSError):
                link.sendall(b"%*d" % (WIDTH, pid))


def report_ended(running: dict[int, socket.socket]) -> None:
    """Send the exit code of each program that has ended to its script."""
    while running:
        pid, ended = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        status = os.waitstatus_to_exitcode(ended)
        with running.pop(pid) as link, suppress(OSError):
            link.sendall(b"%*d" % (WIDTH, status if status >= 0 else 128 - status))


def take(streams: list[int]) -> None:
    """Use the streams of a script as the standard ones."""
    for number, (name, mode, stream) in enumerate(zip(("stdin", "stdout", "stderr"), "rww", streams, strict=True)):
        os.dup2(stream, number)
        os.close(stream)
        setattr(sys, name, os.fdopen(number, mode, buffering=1 if name == "stderr" else -1, closefd=False))


def become(program: str, arguments: list[str], folder: bytes, environment: dict[bytes, bytes]) -> int:
    """Run a program in a folder, with an environment, as its script in ``bin`` would."""
    os.chdir(folder)
    os.environb.clear()
    os.environb.update(environment)
    coverage.process_startup()
    if arguments[:1] == ["-u"]:
        del arguments[0]
    if program != "python":
        sys.argv = [program, *arguments]
        [script] = metadata.entry_points(group="console_scripts", name=program)
        return script.load()()
    kind = arguments[0]
    if kind == "-c":
        sys.argv = ["-c", *arguments[2:]]
        sys.path.insert(0, "")
        exec(compile(arguments[1], "<string>", "exec"), {"__name__": "__main__"})
    elif kind == "-m":
        sys.argv = arguments[1:]
        sys.path.insert(0, str(Path.cwd()))
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    elif kind.endswith(".py"):
        sys.argv = arguments
        sys.path.insert(0, str(Path(kind).absolute().parent))
        runpy.run_path(kind, run_name="__main__")
    else:
        os.execv(sys.executable, [sys.executable, *arguments])
    return 0


def end(status: int) -> None:
    """End the process as Python does, but without taking thousands of modules apart, which takes longer than most programs."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    try:
        status = serve(sys.argv[1])
    except SystemExit as ended:
        if not isinstance(ended.code, int | None):
            raise
        status = ended.code or 0
    end(status)
