"""The command as its users run it: in this process for speed, as a fork of one that has loaded it, or as a new process."""

import io
import json
import logging
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

from pytest_pcerrors.cli.main import main

PROGRAM = str(Path(sys.executable).with_name("pcerrors"))


class Ended(NamedTuple):
    """How a run of the command ended."""

    status: int
    out: str
    err: str


@pytest.fixture
def pcerrors(capsysbinary, tmp_path, monkeypatch):
    """Run the command in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        capsysbinary.readouterr()
        status = main([str(each) for each in arguments])
        out, err = capsysbinary.readouterr()
        return Ended(status, out.decode(), err.decode())

    return run


@pytest.fixture
def shell_pipe():
    """Return the path of a pipe with this content, as a shell passes ``<(command)``."""
    reading = []

    def path_of(content):
        read, write = os.pipe()
        reading.append(read)

        def fill():
            with os.fdopen(write, "wb") as stream:
                stream.write(content)

        Thread(target=fill, daemon=True).start()
        return f"/dev/fd/{read}"

    yield path_of
    for each in reading:
        os.close(each)


@pytest.fixture(scope="module")
def address():
    """Start a Dask cluster in this process, and return its address."""
    import distributed

    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        processes=False,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    ) as started:
        yield started.scheduler_address


@pytest.fixture
def on_cluster(pcerrors, address, monkeypatch):
    """Run ``pcerrors check`` on a Dask cluster, with blocks of a few lines; joins are of two results."""
    from pytest_pcerrors.engines import cluster

    monkeypatch.setattr(cluster, "BLOCK", 700)
    monkeypatch.setattr(cluster, "_WIDTH", 2)
    return lambda *arguments: pcerrors("check", "--engine", f"dask={address}", *arguments)


@pytest.fixture
def process(tmp_path, request):
    """Start the command in an empty folder; it is ended with the test. A fork has the settings of the interpreter, and no group of its own."""
    started = []

    def start(*arguments, environment=None, is_new=False, **keywords):
        is_fork = hasattr(os, "fork") and not is_new
        program = request.getfixturevalue("programs") / "pcerrors" if is_fork else PROGRAM
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | keywords
        started.append(
            subprocess.Popen([program, *arguments], cwd=tmp_path, env={**os.environ, **(environment or {})}, **pipes)
        )
        return started[-1]

    yield start
    for each in started:
        each.terminate()  # which a fork gets too
        each.wait(60)
        for pipe in filter(None, (each.stdin, each.stdout, each.stderr)):
            pipe.close()


@pytest.fixture
def on_terminal(process):
    """Run the command with some of its streams on a terminal; return what the terminal shows, and the rest of standard output."""
    import pty  # which Windows does not have

    def run(*arguments, streams, terminal="xterm"):
        ours, theirs = pty.openpty()
        environment = {"TERM": terminal, "COLUMNS": "80"}
        running = process(*arguments, environment=environment, **dict.fromkeys(streams, theirs))
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # Linux reports the end of a terminal as an error
            while piece := os.read(ours, 65536):
                shown += piece
        os.close(ours)
        rest = "" if running.stdout is None else running.stdout.read().decode()
        return shown.decode().replace("\r\n", "\n"), rest

    return run


@pytest.fixture
def piped(monkeypatch):
    """Give bytes to the command's standard input."""

    def pipe(data):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return pipe


@pytest.fixture
def recorded(tmp_path):
    """Write an NDJSON file of responses, each with a request, and return its path."""

    def write(*responses, name="seen.ndjson"):
        lines = [json.dumps({"request": REQUEST, **response}) for response in responses]
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    return write


REQUEST = {"method": "POST", "url": "https://api.partnercenter.microsoft.com/v1/customers"}
HEADERS = {"Content-Type": "application/json"}


@pytest.fixture
def good():
    """Give a response that keeps the contract."""
    body = {"code": "800064", "description": "Cart 7 is being processed", "source": "PartnerFD"}
    return {"status": 409, "headers": HEADERS, "body": body}


@pytest.fixture
def bad():
    """Give a response that breaks one rule of severity error."""
    body = {"code": 800064, "description": "Cart 7 is being processed", "source": "PartnerFD"}
    return {"status": 409, "headers": HEADERS, "body": body}


@pytest.fixture
def doubtful():
    """Give a response that breaks one rule of severity warning."""
    body = {"code": "800064", "description": "Try again later", "source": "PartnerFD"}
    return {"status": 429, "headers": HEADERS, "body": body}


@pytest.fixture
def by_severity(recorded, good, doubtful, bad):
    """Write a recording that conforms, one with a warning and one with an error, and return their paths."""
    return [recorded(each, name=f"{index}.ndjson") for index, each in enumerate((good, doubtful, bad))]


ACME = {
    "format": 1,
    "name": "Acme",
    "hosts": ["api.acme.example", "api.partnercenter.microsoft.com"],
    "statuses": {"404": "Not Found", "409": "Conflict"},
    "members": {"code": "/error/code", "description": "/error/message"},
    "schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"$ref": "#/$defs/error"}},
        "$defs": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {"code": {"type": "string"}, "message": {"type": "string", "enum": ["No", "Not now"]}},
            }
        },
    },
    "entries": [
        {"status": 404, "code": "notFound", "descriptions": ["[red]No[/red]"]},
        {"status": 409, "code": "busyAndWillBe", "descriptions": ["Not now"]},
    ],
}


@pytest.fixture
def contract_file(tmp_path):
    """Write the contract of another API, with another envelope, and return its path."""
    path = tmp_path / "acme.contract"
    path.write_text(json.dumps(ACME))
    return path
