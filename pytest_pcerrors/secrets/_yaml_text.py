"""Hide secrets in YAML inside a text: names and values on separate lines, lists of secrets, and block scalars."""

import re
from functools import cache
from typing import TYPE_CHECKING

from pytest_pcerrors.secrets.definition import MASK

if TYPE_CHECKING:
    from pytest_pcerrors.secrets.definition import Report, Secrets

_SCALAR = r"""(?:"[^"\r\n]*+"|'[^'\r\n]*+'|[^\s#|>"'&!*\[{-]\S*+(?:[ \t]++[^\s#]\S*+)*+)"""
_NAME_AND_VALUE = re.compile(
    rf"""^([ \t]*+(?:-[ \t]++)?(?:name|key):[ \t]*+["']?([\w.-]++)["']?[ \t]*+\r?\n[ \t]*+value:[ \t]*+)({_SCALAR})""",
    re.IGNORECASE | re.MULTILINE,
)
_LIST = re.compile(
    rf"""^[ \t]*+(?:-[ \t]++)?["']?([\w.-]++)["']?:[ \t]*+\r?\n((?:[ \t]*+-[ \t]++{_SCALAR}[ \t]*+(?:\r?\n|\Z))++)""",
    re.MULTILINE,
)
_ITEM = re.compile(rf"^([ \t]*+-[ \t]++)({_SCALAR})", re.MULTILINE)
_BLOCK = re.compile(r"[|>][+-]?\d?[+-]?[ \t]*+\r?\n")
_INDENT = re.compile(r"(?:\A|[\r\n])([ \t]*+(?:-[ \t]++)?)\Z")
_LOOKBACK = 24


def hidden(text: str, secrets: "Secrets", report: "Report") -> str:
    """Hide the values of names of secrets, and the items of lists with such names."""

    def value(name: str, before: str, written: str) -> str:
        inside = written.strip("\"'")
        certainty = secrets.certainty(name, inside)
        if certainty is None:
            return before + written
        report("", certainty)
        return before + written.replace(inside, MASK)

    def items(match: re.Match[str]) -> str:
        head = match[0][: match.start(2) - match.start()]
        return head + _ITEM.sub(lambda item: value(match[1], item[1], item[2]), match[2])

    if "\n" not in text:
        return text
    text = _NAME_AND_VALUE.sub(lambda match: value(match[2], match[1], match[3]), text)
    return _LIST.sub(items, text)


def block(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the lines of a block that begins at `end`, for a name at `start`, or None."""
    sign = _BLOCK.match(text, end)
    indent = _INDENT.search(text[max(start - _LOOKBACK, 0) : start])
    return _deeper(len(indent[1])).match(text, sign.end()) if sign and indent else None


@cache
def _deeper(indent: int) -> re.Pattern[str]:
    """Return the pattern of lines that are indented by more than `indent` spaces, or blank."""
    return re.compile(rf"(?:[ \t]{{{indent + 1},}}+[^\r\n]*+(?:\r?\n|\Z)|[ \t]*+\r?\n)++")
