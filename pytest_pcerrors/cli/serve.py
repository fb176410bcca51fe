"""``pcerrors serve``: run an HTTP server that returns any documented error, for clients in any language."""

import signal
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from pytest_pcerrors.cli._options import contract_option, policy_for
from pytest_pcerrors.cli._output import print_note, print_output, print_problem
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.secrets.display import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.simulation.server import ErrorServer, Received


@click.command()
@click.option("--port", type=int, default=8080, show_default=True, help="The port to listen on; 0 means any free port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--allow-remote", is_flag=True, help="Permit an address that others can reach.")
@click.option("--rules", "rules_file", metavar="FILE", help="Rules in TOML; read again when the file changes.")
@click.option("--retry-after", metavar="SECONDS|DATE", help="The Retry-After header of every 429 and 503.")
@click.option("--token-lifetime", type=int, default=3599, show_default=True, help="The life of a token in seconds.")
@click.option("--require-token", is_flag=True, help="Refuse requests without a token of this server.")
@click.option("--fault-rate", type=float, help="The share of other requests with a random error, such as 0.1.")
@click.option("--seed", type=int, help="The same seed chooses the same random errors.")
@click.option("--byte-order-mark", is_flag=True, help="Begin successes with a byte order mark, as the service does.")
@click.option("--quiet", is_flag=True, help="Print nothing to standard error but problems.")
@contract_option
def serve(host: str, port: int, *, allow_remote: bool, quiet: bool, contract_file: str | None, **options: Any) -> int:
    """Serve the documented errors and the observed shapes over HTTP.

    It runs until Ctrl-C. The page / lists them with their URLs. The header X-PC-Error requests one for any path and method.
    """
    rate, seed = options["fault_rate"], options["seed"]
    if rate is None and seed is not None:
        raise UsageError("--seed chooses the random errors of --fault-rate; give both")
    on_request = None if quiet else _log
    server = _server(contract_file, options, host=host, port=port, allow_remote=allow_remote, on_request=on_request)
    if rate is not None:
        seed = server.fail_at_random(rate, seed)
    with _terminated() as end, server:
        print_output(server.url)
        if not quiet:
            print_note(f"every error and shape, with its URL: {server.url}/ (Ctrl-C ends the server)")
            if seed is not None:
                print_note(f"random errors, which --seed {seed} repeats")
        end.wait()
    return 0


def _server(contract_file: str | None, options: dict[str, Any], **own: Any) -> "ErrorServer":
    """Return the server that the options describe, without random errors."""
    from pytest_pcerrors.simulation.answers.answer import check_retry_after
    from pytest_pcerrors.simulation.server import ErrorServer

    check_retry_after(options["retry_after"], "--retry-after")
    server = ErrorServer(
        policy_for(contract_file)[0].contract,
        retry_after=options["retry_after"],
        byte_order_mark=options["byte_order_mark"],
        **own,
    )
    if options["rules_file"] is not None:
        server.read_rules(options["rules_file"], on_problem=print_problem)
    server.issue_tokens(options["token_lifetime"], required=options["require_token"])
    return server


def _log(request: "Received") -> None:
    """Print a line for a request, without its query, since any value in it may be a secret."""
    print_note(f"{safe(f'{request.method} {request.path}')} -> {safe(request.answer)}")


@contextmanager
def _terminated() -> "Iterator[Event]":
    """Set an event when the process receives SIGTERM."""
    end = Event()
    before = signal.signal(signal.SIGTERM, lambda *_: end.set())
    try:
        yield end
    finally:
        signal.signal(signal.SIGTERM, before)
