"""``pcerrors serve``: run an HTTP server that returns any documented error, for clients in any language."""

import signal
from contextlib import contextmanager, suppress
from threading import Event
from typing import TYPE_CHECKING

import click

from pytest_pcerrors.cli._options import contract_option, policy_for
from pytest_pcerrors.cli._output import print_output
from pytest_pcerrors.secrets.display import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.simulation.server import Received


@click.command()
@click.option("--port", type=int, default=8080, show_default=True, help="The port to listen on; 0 means any free port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--allow-remote", is_flag=True, help="Permit an address that others can reach.")
@click.option("--quiet", is_flag=True, help="Print nothing to standard error: no hint, no line for each request.")
@contract_option
def serve(port: int, host: str, *, allow_remote: bool, quiet: bool, contract_file: str | None) -> int:
    """Serve the documented errors and the observed shapes over HTTP.

    It runs until Ctrl-C. The page / lists them with their URLs. The header X-PC-Error requests one for any path and method.
    """
    from pytest_pcerrors.simulation.server import ErrorServer

    policy, _ = policy_for(contract_file)
    on_request = None if quiet else _log
    server = ErrorServer(policy.contract, host=host, port=port, allow_remote=allow_remote, on_request=on_request)
    with _terminated() as end, server:
        print_output(server.url)
        if not quiet:
            _print(f"every error and shape, with its URL: {server.url}/ (Ctrl-C ends the server)")
        end.wait()
    return 0


def _log(request: "Received") -> None:
    """Log a request without its query, since any value in it may be a secret."""
    _print(f"{safe(f'{request.method} {request.path}')} -> {safe(request.answer)}")


def _print(line: str) -> None:
    """Print a line to standard error, if somebody reads it."""
    with suppress(OSError):
        click.echo(line, err=True)


@contextmanager
def _terminated() -> "Iterator[Event]":
    """Set an event when the process receives SIGTERM."""
    end = Event()
    before = signal.signal(signal.SIGTERM, lambda *_: end.set())
    try:
        yield end
    finally:
        signal.signal(signal.SIGTERM, before)
