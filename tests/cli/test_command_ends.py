"""How the command ends: quietly when it is stopped, in one line when it is misused, whatever the terminal is."""

import errno
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest

from pytest_pcerrors.cli import _commands as commands
from pytest_pcerrors.cli import main as entry
from pytest_pcerrors.cli.main import main


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_command_that_is_stopped_ends_quietly(process, tmp_path, name, status):
    """Stopped while it waits for standard input, it prints nothing and leaves neither a report nor a temporary file."""
    running = process("check", "-", "--output", "report.txt", stdin=subprocess.PIPE)
    while not list(tmp_path.iterdir()):
        assert running.poll() is None
    running.send_signal(signal.Signals[name])
    running.wait(60)  # it ends while its input is open
    out, err = running.communicate()
    assert (running.returncode, out, err.strip(), list(tmp_path.iterdir())) == (status, b"", b"", [])


@pytest.mark.posix
@pytest.mark.parametrize("stopped", [KeyboardInterrupt(), SystemExit(143)], ids=repr)
def test_a_stop_in_a_destructor_is_not_lost(monkeypatch, stopped):
    """Python ignores exceptions there, and prints them."""
    before = signal.getsignal(signal.SIGALRM)
    monkeypatch.setattr(sys, "unraisablehook", entry._raise_again)
    with pytest.raises(type(stopped)):
        stop_in_destructor(stopped)
    signal.signal(signal.SIGALRM, before)


def stop_in_destructor(stopped):
    """Raise an exception in a destructor, and go on."""

    class Stopping:
        def __del__(self):
            raise stopped

    Stopping()
    time.sleep(30)


@pytest.mark.parametrize("error", [ValueError(), SystemExit(1)], ids=repr)
def test_any_other_exception_in_a_destructor_is_printed(monkeypatch, error):
    """As without the command, also where a library ends its own work with it."""
    printed = []
    monkeypatch.setattr(sys, "__unraisablehook__", printed.append)
    ignored = SimpleNamespace(exc_value=error)
    entry._raise_again(ignored)
    assert printed == [ignored]


def test_ctrl_c_ends_quietly_while_the_command_loads(monkeypatch, capsys):
    """Also before a subcommand runs there is no traceback."""

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "run", interrupted)
    assert main(["list"]) == 130
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["list"], 0), (["explain"], 0), (["check", "seen.ndjson"], 1)],
    ids=["list", "explain", "check"],
)
def test_a_reader_that_leaves_is_no_problem(process, bad, recorded, arguments, status):
    """With the pipe closed before the first line, nothing is printed, and the exit code is still correct."""
    recorded(*[bad] * 50)
    ours, theirs = os.pipe()
    os.close(ours)
    running = process(*arguments, stdout=theirs)
    os.close(theirs)
    _, err = running.communicate()
    assert (running.returncode, err) == (status, b"")


@pytest.mark.posix
def test_a_full_disk_is_reported_in_one_line(process):
    """An error of writing does not end with a traceback."""
    with Path("/dev/full").open("wb") as full:
        running = process("list", stdout=full)
        _, err = running.communicate()
    said = f"pcerrors: standard output cannot be written: {os.strerror(errno.ENOSPC)}\n"
    assert (running.returncode, err.decode()) == (2, said)


@pytest.mark.posix
@pytest.mark.parametrize(
    ("redirection", "arguments", "ended"),
    [
        ("<&-", "check -", (2, b"pcerrors: standard input is closed\n")),
        (">&-", "list", (0, b"")),
    ],
)
def test_a_closed_stream_is_no_traceback(tmp_path, redirection, arguments, ended):
    """Closed standard input is reported; to closed standard output, nothing is written."""
    program = f"{sys.executable} -c 'import sys; from pytest_pcerrors.cli.main import main; sys.exit(main())'"
    done = subprocess.run(
        ["sh", "-c", f"{program} {arguments} {redirection}"], cwd=tmp_path, stderr=subprocess.PIPE, check=False
    )
    assert (done.returncode, done.stderr) == ended


@pytest.mark.posix
@pytest.mark.parametrize(
    "arguments",
    [
        "check pipe",
        "check pipe pipe --jobs 2",
        "check --status 404 pipe",
        "check --contract pipe seen.ndjson",
        "diff shipped pipe",
        "import pipe",
        "learn pipe",
        "report render pipe",
        "serve --rules pipe",
    ],
)
def test_a_named_pipe_is_not_waited_for(pcerrors, tmp_path, recorded, good, arguments):
    """It may have no writer; one line says what to give instead."""
    recorded(good)
    os.mkfifo(tmp_path / "pipe")
    ended = pcerrors(*arguments.split())
    assert ended.status == 2
    assert "pipe: cannot be read: it is a named pipe, which may never be written to; give <(cat pipe)" in ended.err


@pytest.mark.posix
@pytest.mark.parametrize("arguments", ["diff shipped", "check seen.ndjson --contract"])
def test_a_contract_comes_from_a_pipe_of_a_shell(pcerrors, recorded, good, shell_pipe, arguments):
    """It can be read only once."""
    recorded(good)
    ended = pcerrors(*arguments.split(), shell_pipe(b'{"format": 1, "extends": "shipped"}'))
    assert (ended.status, ended.err) == (0, "")


def test_what_a_process_imports_is_not_garbage_and_what_it_makes_is(tmp_path):
    """The collector pauses while a process loads a subcommand, whose modules it then skips; it collects again before the subcommand runs."""
    code = (
        "import gc, sys; from pytest_pcerrors.cli.main import main; sys.argv[1:] = ['schema']; main();"
        "print(gc.isenabled(), gc.get_freeze_count() > 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("}\nTrue True\n")


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "Zo\u00eb \U0001f6d2".encode()),
        ({"PYTHONIOENCODING": "ascii"}, "Zo\u00eb \U0001f6d2".encode()),
        ({"PYTHONIOENCODING": "latin-1:strict"}, b"Zo\xeb \\U0001f6d2"),
    ],
    ids=["LANG=C", "ascii", "strict latin-1"],
)
def test_a_poor_encoding_is_no_traceback(process, recorded, environment, shown):
    """Where the locale knows no letters they are UTF-8; what another encoding has not is escaped."""
    recorded({"status": 409, "body": "Zo\u00eb \U0001f6d2"})
    running = process("check", "seen.ndjson", environment=environment, is_new=True)
    out, err = running.communicate()
    assert (running.returncode, shown in out, err) == (1, True, b"")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["report"],
        ["chek"],
        ["--nope"],
        ["check", "--format", "yaml", "."],
        ["check", "--profile", "observd", "."],
        ["check", "--contract", "missing.json", "."],
        ["check", "--contract", ".", "."],
        ["check", "--fail-on", "always", "."],
        ["check", "--output", "."],
        ["check", "x" * 300],
        ["list", "--status", "many"],
        ["list", "more"],
        ["explain", "a", "b"],
        ["explain", "\u0661"],
        ["explain", "9" * 5000],
        ["schema", "--contract", "pyproject.toml"],
        ["synth", "--seed", "x"],
        ["synth", "--contract", "nowhere/contract.json"],
    ],
    ids=lambda arguments: " ".join(arguments)[:40],
)
def test_misuse_is_status_2_and_reported_on_standard_error(pcerrors, arguments):
    """Nothing on standard output, no traceback."""
    status, out, err = pcerrors(*arguments)
    assert (status, out) == (2, "")
    assert err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments", [["check", "."], ["list"], ["explain"], ["schema"], ["synth"]], ids=lambda each: each[0]
)
@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ('profil = "observed"', 'unknown key "profil"; did you mean "profile"?'),
        ('rules = ["nowhere:rule"]', "the rule nowhere:rule cannot be imported"),
        ('contract = "missing.json"', "missing.json: cannot be read"),
    ],
    ids=["unknown key", "missing rule", "missing contract"],
)
def test_settings_that_do_not_fit_are_misuse(pcerrors, tmp_path, arguments, settings, problem):
    """Whatever the subcommand, the message says what is wrong with them."""
    (tmp_path / "pyproject.toml").write_text(f"[tool.pcerrors]\n{settings}\n")
    ended = pcerrors(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert problem in ended.err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["explan"], "there is no command 'explan'; did you mean \"explain\"?"),
        (["report", "rendr"], "there is no command 'rendr'; did you mean \"render\"?"),
        (["\x1b" + "x" * 500], f"there is no command '\\x1b{'x' * 95}...; known are check, diff, explain, "),
    ],
    ids=["command", "report", "long"],
)
def test_a_mistyped_command_gets_the_nearest_one(pcerrors, arguments, problem):
    """As a mistyped rule or setting does."""
    assert problem in pcerrors(*arguments).err


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ("check|", "an argument"),
        ("check|a.json|-o|", "an argument"),
        ("check|a.json|--output=", "--output"),
        ("synth|-o|", "an argument"),
        ("diff|shipped|", "an argument"),
        ("report|render|", "an argument"),
    ],
)
def test_an_empty_argument_is_misuse(pcerrors, tmp_path, arguments, what):
    """It is that of a shell variable that is not set, and would be the working directory."""
    problem = f"pcerrors: {what} is empty; is a shell variable not set?\n"
    assert pcerrors(*arguments.split("|")) == (2, "", problem)
    assert list(tmp_path.iterdir()) == []


def test_an_argument_that_ends_in_an_equals_sign_is_not_empty(pcerrors):
    """Such as a regular expression."""
    assert "none.csv: " in pcerrors("import", "none.csv", "--as", "shelves", "--status-from=code=").err


def test_a_shell_completes_after_an_unknown_command(pcerrors, monkeypatch):
    """Without a message."""
    for name, value in {
        "_PCERRORS_COMPLETE": "bash_complete",
        "COMP_WORDS": "pcerrors explan 2",
        "COMP_CWORD": "2",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=r"^0$"):
        pcerrors()


def test_a_system_error_is_reported_in_one_line(pcerrors, monkeypatch):
    """An error of the operating system is misuse, with or without a file name."""

    def refuse(*_, **__):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("pytest_pcerrors.cli._input.archive_files", refuse)
    assert pcerrors("check", ".") == (2, "", "pcerrors: Input/output error\n")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-h"], *([name, "--help"] for name in commands.pcerrors.list_commands(None))]
)
def test_help_is_status_0(pcerrors, arguments):
    """Every subcommand has help."""
    ended = pcerrors(*arguments)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("Usage: pcerrors")


@pytest.mark.parametrize(
    ("words", "group"), [([], commands.pcerrors), (["report"], commands.pcerrors.get_command(None, "report"))]
)
def test_the_help_of_a_group_describes_each_subcommand_in_full(pcerrors, words, group):
    """The first sentence of each fits into 80 columns, and is that of its own help."""
    shown = pcerrors(*words, "--help").out.partition("Commands:\n")[2].splitlines()
    helps = {name: group.get_command(None, name).get_short_help_str(80) for name in group.list_commands(None)}
    assert dict(line.split(maxsplit=1) for line in shown) == helps
    assert [line for line in helps.values() if not line.endswith(".") or line.endswith("...")] == []


def test_the_version_is_that_of_the_distribution(pcerrors):
    """It is defined once."""
    assert pcerrors("--version").out == f"pcerrors, version {version('pytest-pcerrors')}\n"


def test_the_package_runs_as_the_command():
    """``python -m pytest_pcerrors`` is ``pcerrors``, with its exit code."""
    command = [sys.executable, "-m", "pytest_pcerrors", "list", "--status", "999"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, "no documented error" in done.stderr) == (1, "", True)


RECORDING = Path(__file__).parents[2] / "cassettes/417.yaml"
LATE = [
    *("asyncio", "difflib", "importlib.metadata", "jsonschema", "msgspec", "requests", "rich", "vcr", "yaml"),
    "pytest_pcerrors.redaction.rewriting",
    "pytest_pcerrors.reporting.formats._html",
    "pytest_pcerrors.secrets.hiding",
]
"""Modules that a check needs only to explain something, to search a recording for secrets, or for other input or output."""


def test_what_conforms_is_checked_without_the_modules_that_explain(tmp_path):
    """They take longer to import than all others."""
    lines = [
        "import sys",
        "before = set(sys.modules)",
        "from pytest_pcerrors.cli.main import main",
        f"status = main(['check', {str(RECORDING)!r}])",
        f"print(status, sorted((sys.modules.keys() - before) & set({LATE})))",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "0 []"
