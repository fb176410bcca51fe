"""The path of a request with its identifiers replaced, so that repeated recordings have the same one."""

import re
from urllib.parse import urlsplit

from pytest_pcerrors.secrets import hide

_IDENTIFIER = re.compile(r"(?<=/)(?:\d+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32})(?=/|$)")


def generic_path(url: str) -> str:
    """Return the path of a URL with numbers and GUIDs as ``{id}``, without its query, and with secrets masked.

    >>> generic_path("https://host/v1/orders/17?x=1")
    '/v1/orders/{id}'
    """
    try:
        return _IDENTIFIER.sub("{id}", hide(urlsplit(url).path)) or "/"
    except ValueError:
        return "/"
