"""Hide secrets in JSON that is encoded as base64 (either alphabet) anywhere in a text."""

import re
from base64 import b64encode, urlsafe_b64decode
from typing import TYPE_CHECKING

from pytest_pcerrors.text import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.secrets.definition import Report
    from pytest_pcerrors.secrets.found import Hidden

BEGINNINGS = ("eyJ", "eyAi", "ewog", "ewoJ", "ew0K", "W3si", "W3sK", "W3sN", "Wwog", "Ww0K")
"""The beginnings of JSON objects, and of lists of objects, in base64."""

BEGINNING = f"(?:{'|'.join(BEGINNINGS)})"
_PACKED = late_pattern(rf"(?<![\w+/.-]){BEGINNING}[A-Za-z0-9+/_-]{{12,}}+={{0,2}}+(?![\w.])", re.ASCII)
_IN_LINES = late_pattern(rf"{BEGINNING}[A-Za-z0-9+/_\r\n-]{{12,}}+={{0,2}}+\s*+", re.ASCII)
_LINE = late_pattern(r"[^\r\n]++(\r?\n)")


def is_packed(text: str) -> bool:
    """Return whether a whole text is JSON in base64, whose padding could be mistaken for a form."""
    return _IN_LINES.fullmatch(text) is not None


def hidden(text: str, inner: "Callable[[str], Hidden]", report: "Report") -> str:
    """Hide the secrets of JSON in base64; `inner` hides those of JSON."""

    def edited(match: re.Match[str]) -> str:
        packed = match[0]
        try:
            plain = urlsafe_b64decode(
                "".join(packed.split()).replace("+", "-").replace("/", "_").rstrip("=") + "=="
            ).decode()
        except ValueError:
            return packed
        new = inner(plain)
        if new.certainty is None:
            return packed
        report("", new.certainty)
        return _written(new.text, packed)

    whole = _IN_LINES.fullmatch(text)
    return edited(whole) if whole else _PACKED.sub(edited, text)


def _written(text: str, like: str) -> str:
    """Encode a text with the alphabet, the padding and the line lengths of another."""
    packed = b64encode(text.encode()).decode()
    is_for_urls = "-" in like or "_" in like
    if is_for_urls:
        packed = packed.translate(str.maketrans("+/", "-_"))
    if "=" not in like and (is_for_urls or len("".join(like.split())) % 4):
        packed = packed.rstrip("=")
    line = _LINE.match(like)
    if line is None:
        return packed
    width = len(line[0]) - len(line[1])
    return line[1].join(packed[at : at + width] for at in range(0, len(packed), width)) + like[len(like.rstrip()) :]
