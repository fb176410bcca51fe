"""Readers of the recordings of other tools: each turns one recorded exchange into the form that all archives share."""

from typing import Any

from pytest_pcerrors.exchange.archives.foreign._postman import POSTMAN
from pytest_pcerrors.exchange.archives.foreign._tools import Source, Tool
from pytest_pcerrors.exchange.archives.foreign._wiremock import WIREMOCK, WIREMOCK_NET, body_file

__all__ = ["Source", "Tool", "body_file", "tool_of"]

_TOOLS = (WIREMOCK, WIREMOCK_NET, POSTMAN)


def tool_of(document: Any) -> Tool | None:
    """Return the tool whose document this is, or None."""
    return next((each for each in _TOOLS if each.fits(document)), None)
