"""The bytes of a recording file, looked at once: whether any part of it is worth a closer look."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_pcerrors.secrets.placeholders import is_placeholder
from pytest_pcerrors.secrets.values import is_opaque

if TYPE_CHECKING:
    from pytest_pcerrors.secrets import Secrets

_WRITTEN_OTHERWISE = (b"!binary", b"base64", b"\\\r")
"""Binary data, and lines that YAML continues within a word."""

_CONTINUED = re.compile(rb"\\\r?\n[ \t]*\\?")
_VALUE = rb"([\w <>\[\]{}()*.$-]{0,80}?)"
_JSON_VALUE = re.compile(rb'"\s*:\s*(\[\s*)?"' + _VALUE + rb'"(?(1)\s*\])(?=\s*[,}])')
_YAML_VALUE = re.compile(rb""":(?: |\n- )(["']?)""" + _VALUE + rb"""\1(?=\n(?:- )?[\w-]+:[ \n])""")
_YAML_KEY = re.compile(rb"[\w-]*")
_FOLDED = re.compile(rb" >[-+\d]*\s")


def may_hold(data: bytes, secrets: "Secrets") -> bool:
    """Return whether the bytes of a file may hold a secret, in any way that JSON and YAML write text."""
    if b"\\\n" in data or b"\\\r" in data:
        data = _CONTINUED.sub(b"", data)
    if any(each in data for each in _WRITTEN_OTHERWISE):
        return True
    skip = None
    if not secrets.names:
        is_json = data.lstrip()[:1] in (b"{", b"[")
        skip = _end_in_json if is_json else None if _FOLDED.search(data) else _end_in_yaml
    return secrets.may_be_in(b"\n".join(map(bytes.strip, data.splitlines())), skip)


def _end_in_json(text: bytes, _: int, end: int) -> int:
    """Return where the placeholder ends that is the value of a member of JSON, or the one item of a list that is; 0 if none is."""
    match = _JSON_VALUE.match(text, end)
    return match.end() if match is not None and _is_nothing(match[2]) else 0


def _end_in_yaml(text: bytes, start: int, end: int) -> int:
    """Return where the placeholder ends that is the value of a key in YAML, or the first item of a list that is; 0 if none is.

    The key begins a line, and neither a blank line nor an escape is before it: a text that YAML folds could have that in it.
    """
    line = text.rfind(b"\n", 0, start)
    match = _YAML_VALUE.match(text, end)
    if match is None or _YAML_KEY.fullmatch(text, line + 1, start) is None:
        return 0
    before = text[max(line - 2, 0) : max(line, 0)]
    is_key = before.strip(b"\n") == before != b"" and b"\\" not in before
    return match.end() if is_key and _is_nothing(match[2]) else 0


@lru_cache(maxsize=4096)
def _is_nothing(value: bytes) -> bool:
    text = value.decode("ascii", "replace")
    return is_placeholder(text) and not is_opaque(text)
