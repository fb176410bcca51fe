"""The access token: its sources, and that it is never shown."""

import errno
import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.live.token import find_token, usable_token

JWT = "eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiJ4In0.c2lnbmF0dXJl-_x"
OPAQUE = "0pAquE+/token~of.some-2024_length=="
UNFIT = "it contains white space, or characters that no access token has"


def running(program):
    """Return a command that runs a Python program."""
    return [sys.executable, "-IS", "-c", program]


def reported(environment, command, **others):
    """Return the message for a token that cannot be found."""
    with pytest.raises(UsageError) as caught:
        find_token(environment, command, **others)
    return str(caught.value)


@pytest.mark.parametrize("token", [JWT, OPAQUE, "x"])
@pytest.mark.parametrize("form", ["{}", " {}\n", "Bearer {}", "bearer  {}"])
def test_the_variable_holds_a_token(token, form):
    """With or without its scheme, and white space around."""
    assert find_token({"PCERRORS_TOKEN": form.format(token)}, []) == token


def test_the_variable_wins():
    """The command does not even run."""
    assert find_token({"PCERRORS_TOKEN": "abc"}, ["/no/such/command"]) == "abc"


@pytest.mark.parametrize("environment", [{}, {"PCERRORS_TOKEN": ""}, {"PCERRORS_TOKEN": " "}])
def test_without_variable_and_command_there_is_none(environment):
    """An empty variable, as CI sets it for a fork, does not count."""
    assert find_token(environment, ()) is None


@pytest.mark.parametrize("printed", ["abc", "abc\\n", "\\r\\n  Bearer abc\\r\\n\\r\\n"])
def test_a_command_prints_a_token(printed):
    """On a line of its own; empty lines do not count."""
    assert find_token({}, running(f"print('{printed}', end='')")) == "abc"


def test_a_command_sees_the_environment_and_no_shell():
    """Its arguments arrive as they are, and nobody can be asked."""
    program = "import os, sys; print(os.environ['WHO'] + sys.argv[1].strip('$(); ') + sys.stdin.read())"
    assert find_token({"WHO": "me"}, [*running(program), "$(x);"]) == "mex"


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("print()", "it printed no lines, expected one"),
        (f"print('{OPAQUE}'); print('{JWT}')", "it printed 2 lines, expected one"),
        ("print('Bearer')", "it is empty"),
        (f"print('{OPAQUE} x')", UNFIT),
        (f"print('{OPAQUE}\\0')", UNFIT),
        (f"import sys; sys.stdout.buffer.write('{OPAQUE}é'.encode('latin-1'))", UNFIT),
        (f"print('\"{OPAQUE}\"')", UNFIT),
        (f'print(\'{{"accessToken":"{OPAQUE}"}}\')', UNFIT),
    ],
)
def test_what_is_no_token_is_reported_and_not_shown(program, problem):
    """With what to do."""
    message = reported({}, running(program))
    assert message.startswith(f'token-command "{sys.executable}": {problem}')
    assert "print the token alone" in message
    assert OPAQUE not in message
    assert JWT not in message


@given(st.text(st.characters(codec="utf-8"), min_size=9).filter(str.strip))
def test_a_bad_variable_is_not_shown(text):
    """A token comes out that a header can hold, or a message without it."""
    try:
        shown = usable_token(text, "PCERRORS_TOKEN")
    except UsageError as error:
        shown = str(error).replace(text, "shown \0")
    assert shown.isascii()
    assert shown.isprintable()


def test_a_command_that_fails_is_told():
    """With its exit code, and without its output, which may contain the token."""
    program = "import sys; sys.exit('token s3cr3t expired')"
    assert reported({}, running(program)) == (
        f'token-command "{sys.executable}": it ended with exit code 1; run it yourself to see its output '
        "(not shown here, because it may contain a token), or set PCERRORS_TOKEN"
    )


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (["/no/such/command"], f"cannot be run: {os.strerror(errno.ENOENT)}; is it installed"),
        (["/"], f"cannot be run: {os.strerror(errno.EACCES)}; is it installed"),
        ([sys.executable, "\0"], "cannot be run: its arguments contain a NUL character; is it installed"),
    ],
)
def test_a_command_that_cannot_run_is_told(command, problem):
    """With the reason."""
    assert reported({}, command).startswith(f'token-command "{command[0]}": {problem}')


def test_a_command_that_hangs_is_ended():
    """It may wait for a person."""
    message = reported({}, running("import threading; threading.Event().wait()"), seconds=0.05)
    assert "it took more than 0.05 seconds; run it yourself once" in message
