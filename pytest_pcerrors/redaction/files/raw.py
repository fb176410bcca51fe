"""The bytes of a recording file, looked at once: whether any part of it is worth a closer look."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_pcerrors.secrets import Secrets

_WRITTEN_OTHERWISE = re.compile(
    rb"\\x[2-7]|\\[uU]0+[2-7][0-9A-Fa-f](?![0-9A-Fa-f])|!!?binary|base64|\\\n|\\\r", re.ASCII
)
"""Letters written as escapes of YAML or JSON, binary data, and lines that YAML continues within a word."""

_CONTINUED = re.compile(rb"\\\r?\n[ \t]*\\?")
_BREAK = re.compile(rb"\r?\n[ \t]*")


def may_hold(data: bytes, secrets: "Secrets") -> bool:
    """Return whether the bytes of a file may hold a secret, in any way that JSON and YAML write text."""
    if b"\n" in data and b"\\" in data:
        data = _CONTINUED.sub(b"", data)
    return _WRITTEN_OTHERWISE.search(data) is not None or secrets.may_be_in(_BREAK.sub(b" ", data))
