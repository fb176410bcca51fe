"""Read the flows of mitmproxy, where mitmproxy is installed."""

from datetime import UTC, datetime
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.adapters.parts import NOT_KEPT
from pytest_pcerrors.exchange.archives.items import Skipped, recorded_item
from pytest_pcerrors.text import late_pattern, readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.exchange.archives.items import Item

EXPORT = "export them as HAR: mitmdump -nr FILE --set hardump=FILE.har"
"""What to do with flows that cannot be read or edited."""

_START = late_pattern(rb"[0-9]{1,12}:[0-9]{1,3}:[a-z_]+[;,]")


def is_flow(start: bytes) -> bool:
    """Return whether an input begins as a file of flows does."""
    return _START.match(start) is not None


def read_flows(stream: IO[bytes], name: str) -> "Iterator[Item]":
    """Read the flows of mitmproxy; origins are ``name#/3``. A flow that is not HTTP, or has no response, is skipped."""
    try:
        reader, error = import_module("mitmproxy.io"), import_module("mitmproxy.exceptions").FlowReadException
    except ImportError:
        problem = "flows of mitmproxy, which is not installed"
        raise ArchiveError(name, problem, f"pip install mitmproxy, or {EXPORT}") from None
    number = 0
    try:
        for flow in reader.FlowReader(stream).stream():
            yield _item(flow, f"{name}#/{number}")
            number += 1
    except error as reason:
        raise ArchiveError(f"{name}#/{number}", readable(f"not a flow of mitmproxy: {reason}"), EXPORT) from None


def _item(flow: Any, origin: str) -> "Item":
    request, response = (getattr(flow, each, None) for each in ("request", "response"))
    if request is None or response is None:
        return Skipped(origin)
    body = response.raw_content
    interaction = {
        "request": {
            "method": request.method,
            "url": request.pretty_url,
            "headers": list(request.headers.items(multi=True)),
            "body": request.raw_content,
        },
        "response": {
            "status": response.status_code,
            "reason": response.reason or None,
            "headers": list(response.headers.items(multi=True)),
            "body": body,
            "recorded_at": datetime.fromtimestamp(response.timestamp_start, UTC),
        },
    }
    return recorded_item(interaction, NOT_KEPT if body is None else None, origin)
