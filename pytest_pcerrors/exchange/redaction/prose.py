"""Free text: what is written in it as name and value, as a header line, in markup, or as a URL. Sentences stay."""

import re
from typing import TYPE_CHECKING

from pytest_pcerrors.exchange.redaction import headers
from pytest_pcerrors.exchange.redaction.secrets import MASK, looks_opaque

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.exchange.redaction.secrets import Secrets

_QUOTE = r"""(?:["']|&quot;|&\#34;)"""
_PAIR = re.compile(
    rf"""(?<![\w.$-])(?P<name>[\w.$-]++)(?P<quote>\\*+{_QUOTE})?\]?+[ \t]*+(?P<sign>=>|:=|==|[:=]|%(?:25)*+3[ADad])[ \t]*+"""
)
_VALUE = re.compile(
    r"""(?P<escape>\\++)["']|"(?:[^"\\]++|\\.)*+"?|'(?:[^'\\]++|\\.)*+'|&quot;(?:[^&]++|&(?!quot;))*+(?:&quot;)?|&\#34;[^&]*+(?:&\#34;)?"""
    r"""|[\[{][^\]}]*+[\]}]?|'?(?:(?:Bearer|Basic)[ \t]++)?(?:[^\s&,;"'<>}\]\\%)]++|%(?!(?:25)*2[36]))++""",
    re.DOTALL | re.IGNORECASE,
)
_LINE = re.compile(r"""(?:[^\r\n\\]++|\\(?![rn"]))*+""")
_WORD_BEFORE = re.compile(r"[A-Za-z]+ \Z")
_TAG = re.compile(r"<(?P<name>[\w.:-]++)(?P<attributes>(?:\s[^<>]*+)?)>")
_NAMING = re.compile(r"""\b(?:name|key|id)\s*+=\s*+["']([^"'<>]*+)["']""", re.IGNORECASE)
_VALUE_ATTRIBUTE = re.compile(r"""(\bvalue\s*+=\s*+)("[^"]++"|'[^']++')""", re.IGNORECASE)
_URL = re.compile(r"""(?<![A-Za-z0-9+.\-])[A-Za-z][A-Za-z0-9+.\-]*+://[^\s"'<>\\]++""")
_ESCAPED_LINE = ("r", "n", "t")
_LOOKBACK = 24
_LONGEST_WORD = 128
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


def hidden(text: str, secrets: "Secrets", url: "Callable[[str], str]") -> str:
    """Hide the secrets in free text; `url` hides those of a URL in it."""
    text = _URL.sub(lambda match: url(match[0]), text)
    if "<" in text:
        text = _markup(text, secrets)
    return secrets.wherever(_pairs(text, secrets))


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
    name, is_first = _name(pair)
    if not secrets.is_named(name):
        before = text[max(pair.start() - 1, 0) : pair.start()]
        if before not in ("?", "&") or not secrets.is_parameter(name, _word_at(text, start)):
            return None
    if pair["sign"] == ":" and not pair["quote"] and is_first and headers.is_line_of_its_own(name):
        line = _line_at(text, start)
        return start, start + len(line), headers.hidden(name, line)
    end = _value_end(text, start, is_told=pair["sign"] != ":" or bool(pair["quote"]))
    value = text[start:end]
    if not value.strip(MASK) or not _is_secret(pair, value, end, name, is_first=is_first):
        return None
    end = _value_end(text, start, is_told=True)
    return start, end, _with_quotes(name, text[start:end])


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


def _name(pair: re.Match[str]) -> tuple[str, bool]:
    """Return the name before a value, with the word before it if it is but a key, and whether a line begins with it."""
    text, start, name = pair.string, pair.start(), pair["name"]
    before = text[max(start - _LOOKBACK, 0) : start]
    if before.endswith("\\") and name.startswith(_ESCAPED_LINE):
        return name[1:], True
    is_first = not before.strip(" \t") or before.rstrip(" \t").endswith(("\n", "\r"))
    word = _WORD_BEFORE.search(before)
    return (word[0] + name if word and name.lower() in ("key", "keys", "string", "id") else name), is_first


def _is_secret(pair: re.Match[str], value: str, end: int, name: str, *, is_first: bool) -> bool:
    """Tell a value from the next word of a sentence: "Invalid token: expired" holds none."""
    if pair["quote"] or pair["sign"] != ":":
        return True
    is_last = not _line_at(pair.string, end, _LONGEST_WORD).strip(" \t.,;)")
    if is_first and is_last and not name.lower().endswith(("token", "key")):
        return True
    is_compound = any(each in name for each in "-_") or re.search("[a-z][A-Z]", name)
    return looks_opaque(value.strip("\\\"'")) or bool(is_compound and (is_last or is_first))


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


def _markup(text: str, secrets: "Secrets") -> str:
    pieces, done = [], 0
    for tag in _TAG.finditer(text):
        if tag.start() < done:
            continue
        name = _NAMING.search(tag["attributes"])
        is_secret = name is not None and secrets.is_named(name[1])
        if is_secret:
            attributes = _VALUE_ATTRIBUTE.sub(_attribute, tag["attributes"])
            pieces += [text[done : tag.start("attributes")], attributes]
            done = tag.end("attributes")
        if is_secret or secrets.is_named(tag["name"].rpartition(":")[2]):
            start, end = _content(text, tag.end())
            if text[start:end].strip():
                pieces += [text[done:start], MASK]
                done = end
    return "".join([*pieces, text[done:]])


def _attribute(match: re.Match[str]) -> str:
    quote = match[2][0]
    return f"{match[1]}{quote}{MASK}{quote}"


def _content(text: str, start: int) -> tuple[int, int]:
    """Return where the text behind a tag stands, that inside CDATA where it is some."""
    if text.startswith(_CDATA, start):
        end = text.find(_CDATA_END, start)
        return start + len(_CDATA), len(text) if end < 0 else end
    end = text.find("<", start)
    return start, len(text) if end < 0 else end
