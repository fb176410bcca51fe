"""Free text: what is written in it as name and value, as a header line, in markup, or as a URL. Sentences stay."""

import re
from functools import cache
from typing import TYPE_CHECKING

from pytest_pcerrors.exchange.redaction import headers, markup
from pytest_pcerrors.exchange.redaction.secrets import MASK, looks_opaque

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.exchange.redaction.secrets import Secrets

_QUOTE = r"""(?:["']|&quot;|&\#34;)"""
_PAIR = re.compile(
    rf"""(?<![\w.$-])(?P<name>[\w.$-]++)(?P<quote>\\*+{_QUOTE})?(?:\[\d*+\]|\])?+[ \t]*+(?P<sign>=>|:=|==|[:=]|%(?:25)*+3[ADad])[ \t]*+"""
)
_VALUE = re.compile(
    r"""(?P<escape>\\++)["']|"(?:[^"\\]++|\\.)*+"?|'(?:[^'\\]++|\\.)*+'|&quot;(?:[^&]++|&(?!quot;))*+(?:&quot;)?|&\#34;[^&]*+(?:&\#34;)?"""
    r"""|[\[{][^\]}]*+[\]}]?|'?(?:(?:Bearer|Basic)[ \t]++)?(?:[^\s&,;"'<>}\]\\%)]++|%(?!(?:25)*2[36]))++""",
    re.DOTALL | re.IGNORECASE,
)
_LINE = re.compile(r"""(?:[^\r\n\\]++|\\(?![rn"]))*+""")
_WORD_BEFORE = re.compile(r"[A-Za-z]+ \Z")
_URL = re.compile(r"""(?<![A-Za-z0-9+.\-])[A-Za-z][A-Za-z0-9+.\-]*+://[^\s"'<>\\]++""")
_HEADER_LINE = re.compile(
    r"[ \t]*+(?:[A-Z]{3,7} \S++ HTTP/|HTTP/\d|(?:[A-Za-z]++-[\w-]++|Host|Accept|Origin|Server|Date|Via|Location|Cookie|Connection):)"
)
_BREAK = re.compile(r"\r?\n|(?:\\+r)?\\+n")
_FIRST = re.compile(r"(?:\A|[\r\n])([ \t]*+(?:-[ \t]++)?)\Z")
_BLOCK = re.compile(r"[|>][+-]?\d?[+-]?[ \t]*+\r?\n")
_YAML_PAIR = re.compile(
    r"""^([ \t]*+(?:-[ \t]++)?(?:name|key):[ \t]*+["']?([\w.-]++)["']?[ \t]*+\r?\n[ \t]*+value:[ \t]*+)"""
    r"""("[^"\r\n]*+"|'[^'\r\n]*+'|[^\s#|>"'&!*]\S*+(?:[ \t]++[^\s#]\S*+)*+)""",
    re.IGNORECASE | re.MULTILINE,
)
_ODD = re.compile(r"\d|\w[@#$!^*+~]\w")
"""What no word of a sentence has."""

_ESCAPED_LINE = ("r", "n", "t")
_LOOKBACK = 24
_LONGEST_WORD = 128
_LONGEST_LINE = 300


def hidden(text: str, secrets: "Secrets", url: "Callable[[str], str]") -> str:
    """Hide the secrets in free text; `url` hides those of a URL in it."""
    text = _URL.sub(lambda match: url(match[0]), text)
    text = markup.hidden(text, secrets)
    if "\n" in text:
        text = _YAML_PAIR.sub(lambda match: _yaml_value(match, secrets), text)
    return secrets.wherever(_pairs(text, secrets))


def _yaml_value(match: re.Match[str], secrets: "Secrets") -> str:
    return match[1] + _with_quotes(match[2], match[3]) if secrets.is_named(match[2]) else match[0]


def _pairs(text: str, secrets: "Secrets") -> str:
    pieces, done = [], 0
    for match in _PAIR.finditer(text):
        if match.start() < done:
            continue
        span = _secret_span(match, secrets)
        if span is not None:
            start, end, new = span
            pieces += [text[done:start], new]
            done = end
    return "".join([*pieces, text[done:]])


def _secret_span(pair: re.Match[str], secrets: "Secrets") -> tuple[int, int, str] | None:
    """Return where the secret value behind a name stands, and what is to stand there; None where there is none."""
    text, start = pair.string, pair.end()
    name, is_first = _name(pair, secrets)
    if not secrets.is_named(name):
        before = text[max(pair.start() - 1, 0) : pair.start()]
        if before not in ("?", "&") or not secrets.is_parameter(name, _word_at(text, start)):
            return None
    if pair["sign"] == ":" and not pair["quote"] and is_first:
        span = _lines_span(pair, name)
        if span is not None:
            return span
    end = _value_end(text, start, is_told=pair["sign"] != ":" or bool(pair["quote"]))
    value = text[start:end]
    if not value.strip(MASK) or not _is_secret(pair, value, end, name, is_first=is_first):
        return None
    end = _value_end(text, start, is_told=True)
    return start, end, _with_quotes(name, text[start:end])


def _lines_span(pair: re.Match[str], name: str) -> tuple[int, int, str] | None:
    """Return where a value stands that has the rest of a header line, or the lines of a block of YAML."""
    text, start = pair.string, pair.end()
    if headers.is_line_of_its_own(name):
        line = _line_at(text, start)
        end = start + len(line)
        return (start, end, headers.hidden(name, line)) if headers.holds_secret(line) or _is_dump(pair, end) else None
    block = _BLOCK.match(text, start)
    indent = _FIRST.search(text[max(pair.start() - _LOOKBACK, 0) : pair.start()])
    lines = _deeper(len(indent[1])).match(text, block.end()) if block and indent else None
    if lines is None or not lines[0].strip():
        return None
    first, last = len(lines[0]) - len(lines[0].lstrip()), len(lines[0].rstrip())
    return lines.start() + first, lines.start() + last, MASK


@cache
def _deeper(indent: int) -> re.Pattern[str]:
    """Return what lines are that begin with more than so many spaces, or are blank."""
    return re.compile(rf"(?:[ \t]{{{indent + 1},}}+[^\r\n]*+(?:\r?\n|\Z)|[ \t]*+\r?\n)++")


def _is_dump(pair: re.Match[str], end: int) -> bool:
    """Tell whether a line stands among those of an HTTP message."""
    before = _BREAK.split(pair.string[max(pair.start() - _LONGEST_LINE, 0) : pair.start() + 1])[-2:-1]
    after = _BREAK.split(pair.string[end : end + _LONGEST_LINE])[1:2]
    return any(_HEADER_LINE.match(line) for line in before + after)


def _value_end(text: str, start: int, *, is_told: bool) -> int:
    """Return where a value ends. One behind a mere colon is no bracket, and is looked at for a while only."""
    if not is_told and text.startswith(("[", "{"), start):
        return start
    value = _VALUE.match(text, start) if is_told else _VALUE.match(text, start, start + _LONGEST_WORD)
    if value is None:
        return start
    return value.end() if value["escape"] is None else _closing(text, value)


def _closing(text: str, opening: re.Match[str]) -> int:
    """Return where a text ends whose quotes are escaped: behind the next quote with as many backslashes."""
    end = text.find(opening[0], opening.end())
    while end > 0 and text[end - 1] == "\\":
        end = text.find(opening[0], end + len(opening[0]))
    return len(text) if end < 0 else end + len(opening[0])


def _name(pair: re.Match[str], secrets: "Secrets") -> tuple[str, bool]:
    """Return the name before a value, with the word before it if that makes it a secret's, and whether a line begins with it."""
    text, start, name = pair.string, pair.start(), pair["name"]
    before = text[max(start - _LOOKBACK, 0) : start]
    if before.endswith("\\") and name.startswith(_ESCAPED_LINE):
        return name[1:], True
    word = _WORD_BEFORE.search(before)
    is_named = word is not None and not secrets.is_named(name) and secrets.is_named(word[0] + name)
    return (word[0] + name if word and is_named else name), _FIRST.search(before) is not None


def _is_secret(pair: re.Match[str], value: str, end: int, name: str, *, is_first: bool) -> bool:
    """Tell a value from the next word of a sentence: "Invalid token: expired" holds none."""
    if pair["sign"] != "==" and (pair["quote"] or pair["sign"] != ":"):
        return True
    word = value.strip("\\\"'")
    if looks_opaque(word) or (pair["sign"] == "==" and _ODD.search(word)):
        return True
    if pair["sign"] == "==" or (value == word and not _ODD.search(word)):
        return False
    is_last = not _line_at(pair.string, end, _LONGEST_WORD).strip(" \t.,;)")
    if is_first and is_last and not name.lower().endswith(("token", "key")):
        return True
    is_compound = any(each in name for each in "-_") or re.search("[a-z][A-Z]", name)
    return bool(is_compound and (is_last or is_first))


def _with_quotes(name: str, value: str) -> str:
    """Hide a value and leave its quotes."""
    opening = re.match(r"""\\*+(?:["']|&quot;|&\#34;)|""", value)
    quote = opening[0] if opening else ""
    if not quote:
        return headers.hidden(name, value)
    inside = value[len(quote) :].removesuffix(quote)
    if not inside:
        return value
    return quote + headers.hidden(name, inside) + (quote if value[len(quote) :].endswith(quote) else "")


def _word_at(text: str, start: int) -> str:
    match = _VALUE.match(text, start, start + _LONGEST_WORD)
    return match[0] if match else ""


def _line_at(text: str, start: int, longest: int | None = None) -> str:
    match = _LINE.match(text, start, len(text) if longest is None else start + longest)
    return match[0] if match else ""
