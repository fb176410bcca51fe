"""Recordings of other tools: detect their JSON documents, and read the exchanges in the form that all archives share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pytest_pcerrors.exchange.archives.foreign._postman import POSTMAN
from pytest_pcerrors.exchange.archives.foreign._tools import Recorded, Source, Tool
from pytest_pcerrors.exchange.archives.foreign._wiremock import WIREMOCK, body_file
from pytest_pcerrors.exchange.archives.foreign._wiremock_net import WIREMOCK_NET

__all__ = ["Recorded", "Tool", "body_file", "recorded_in", "tool_of"]

_TOOLS = (WIREMOCK, WIREMOCK_NET, POSTMAN)


def tool_of(document: Any) -> Tool | None:
    """Return the tool whose document this is, or None.

    >>> tool_of({"mappings": [{"request": {"url": "/v1"}, "response": {"status": 404}}]}).name
    'a mapping of WireMock, with request and response'
    >>> tool_of({"request": {"url": "/v1"}, "response": {"status": 404}}) is None
    True
    """
    return next((each for each in _TOOLS if each.fits(document)), None)


def recorded_in(tool: Tool, document: Any, file: Path) -> Iterator[Recorded]:
    """Yield the exchanges of a document; `file` is where files that it names are looked for."""
    for pointer, interaction, entry in tool.interactions(document):
        if interaction is entry:
            yield Recorded(pointer, entry, is_readable=False)
            continue
        completed, problem = tool.completed(interaction, Source(document, entry, file))
        yield Recorded(pointer, completed, problem)
