"""Hide secrets in pairs of name and value in free text: ``password=x7Kq02pLm``, header lines, quoted values; not expressions of programs."""

import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pytest_pcerrors.secrets.definition import MASK, Certainty
from pytest_pcerrors.secrets.harmless import is_dependency, is_expression
from pytest_pcerrors.secrets.headers import credentials_hidden, holds_credentials
from pytest_pcerrors.secrets.names import Kind
from pytest_pcerrors.secrets.values import Judged, is_opaque, is_placeholder

if TYPE_CHECKING:
    from pytest_pcerrors.secrets.hiding import Hider

_QUOTE = r"""(?:["']|&quot;|&\#34;)"""
_PAIR = re.compile(
    rf"""(?<![\w.$-])(?P<name>[\w.$-]++)(?P<quote>\\*+{_QUOTE})?(?:\[\d*+\]|\])?+[ \t]*+(?P<sign>=>|:=|==|[:=]|%(?:25)*+3[ADad]|(?(quote),(?=[ ]*["'])|(?!)))[ \t]*+(?:&[\w-]++[ \t]++)?+"""
)
_VALUE = re.compile(
    r"""(?P<escape>\\++)["']|"(?:[^"\\]++|\\.)*+"?|'(?:[^'\\]++|\\.)*+'|&quot;(?:[^&]++|&(?!quot;))*+(?:&quot;)?|&\#34;[^&]*+(?:&\#34;)?"""
    r"""|[$#]\{\{?[^{}\r\n]*+\}{0,2}+|[\[{][^\]}]*+[\]}]?|'?(?:(?:Bearer|Basic)[ \t]++)?(?:[^\s&,;"'<>}\]\\%)]++|%(?!(?:25)*2[36]))++""",
    re.DOTALL | re.IGNORECASE,
)
_LINE = re.compile(r"""(?:[^\r\n\\]++|\\(?![rn"]))*+""")
_WORD_BEFORE = re.compile(r"[A-Za-z]+ \Z")
_HEADER_LINE = re.compile(
    r"[ \t]*+(?:[A-Z]{3,7} \S++ HTTP/|HTTP/\d|(?:[A-Za-z]++-[\w-]++|Host|Accept|Origin|Server|Date|Via|Location|Cookie|Connection):)"
)
_BLOCK = re.compile(r"[|>][+-]?\d?[+-]?[ \t]*+\r?\n")
_BREAK = re.compile(r"\r?\n|(?:\\+r)?\\+n")
_WORDS, _PLAIN_WORDS = re.compile(r"""[^\s"'{}\[\](),:]++"""), re.compile(r"""[^\s"'{}\[\](),:\\]++""")
_BRACKETS, _QUOTES = ("[", "{"), ('"', "'", "\\", "&quot;", "&#34;")
_QUOTED = re.compile(r"""["']([^"'\r\n]++)["']""")
_TEXTS = re.compile(r"""\[\s*+(?:["'][^"'\r\n]*+["']\s*+(?:,\s*+|(?=\]|\Z)))++\]?""")  # a list of only texts
_STRUCTURE = re.compile(r"""[\[{][^"'\s]*+["'\s].*[\]}]""", re.DOTALL)
"""A list or an object, which a generated password in brackets is not: it has quotes or spaces."""

_FIRST = re.compile(r"(?:\A|[\r\n])([ \t]*+(?:-[ \t]++)?)\Z")
_ODD = re.compile(r"\d|\w[@#$!^*+~]\w")
"""A character that does not occur in the words of a sentence."""

_OPENING = re.compile(r"""\\*+(?:["']|&quot;|&\#34;)""")
_LITERAL = re.compile(r"null|true|false|None|True|False|-?\d{1,5}")
_JOINED = ("?", "&", " ", "\\")
"""The characters before a name that may have a preceding word, which can change its kind."""

_LOOKBACK, _MAX_WORD, _MAX_LINE = 24, 128, 300

_Span = tuple[int, int, str, Certainty]
"""The range of a secret, its replacement, and its certainty."""


def hidden(text: str, hider: "Hider", *, is_in_brackets: bool = False) -> str:
    """Hide the values after names of secrets; in brackets, inner brackets are not values, since the text around them is searched."""
    secrets, judged, pieces, done = hider.secrets, Judged(), [], 0
    for match in _PAIR.finditer(text):
        if match.start() < done or (
            text[match.start() - 1 : match.start()] not in _JOINED and secrets.kind(match["name"]) is None
        ):
            continue
        span = _Pair(match, hider, judged, is_in_brackets=is_in_brackets).span()
        if span is not None:
            start, end, new, certainty = span
            hider.report("", certainty)
            pieces += [text[done:start], new]
            done = end
    return "".join([*pieces, text[done:]])


class _Pair:
    """A name and the sign after it; a secret may follow."""

    def __init__(self, match: re.Match[str], hider: "Hider", judged: Judged, *, is_in_brackets: bool) -> None:
        self._text = match.string
        self._match = match
        self._start = match.end()
        self._sign = match["sign"]
        self._judged, self._last = judged, judged.last(match.end())
        self._hider, self._secrets = hider, hider.secrets
        self._is_in_brackets = is_in_brackets
        self._before = self._text[max(match.start() - _LOOKBACK, 0) : match.start()]
        self._is_assigned = self._sign != ":" or bool(match["quote"])  # after only a colon, a sentence may go on
        self._is_after_escape = self._before.endswith("\\") and match["name"].startswith(("r", "n", "t"))
        self._begins_line = self._is_after_escape or _FIRST.search(self._before) is not None
        self._name, self._kind = self._named()

    def _named(self) -> tuple[str, Kind | None]:
        """Return the name, with the word before it if that makes it the name of a secret, and its kind."""
        name, secrets = self._match["name"], self._secrets
        if self._is_after_escape:
            return name[1:], secrets.kind(name[1:])
        if self._sign == ",":  # a pair of a list of headers, or only the next word of a list
            return name, Kind.WEAK if self._before[-2:-1] in ("(", "[") else None
        is_parameter = self._before[-1:] in ("?", "&") or (self._sign == "=" and secrets.kind(name) is Kind.AMBIGUOUS)
        kind = secrets.kind_of_parameter(name) if is_parameter else secrets.kind(name)
        word = _WORD_BEFORE.search(self._before) if self._before.endswith(" ") else None
        both = (word[0] if word else "") + name
        kind_of_both = secrets.kind(both)
        return (both, kind_of_both) if kind_of_both in (Kind.STRONG, Kind.OWN) else (name, kind)

    def span(self) -> _Span | None:
        """Return the span of the secret value, or None."""
        if self._kind is None:
            return None
        lines = None
        if not self._is_assigned and self._begins_line:
            lines = self._line() if self._kind is Kind.CREDENTIALS else self._block()
        return lines or self._value()

    def _line(self) -> _Span | None:
        """Return the span of the rest of a header line."""
        line = _line_at(self._text, self._start, self._last)
        end = self._start + len(line)
        self._judged.add(end)
        is_secret = holds_credentials(line) or self._is_within_message(end)
        if not is_secret or credentials_hidden(self._name, line) == line:
            return None
        line = _line_at(self._text, self._start, len(self._text))
        return self._start, self._start + len(line), credentials_hidden(self._name, line), "secret"

    def _is_within_message(self, end: int) -> bool:
        """Return whether the lines before and after are those of an HTTP message."""
        start = self._match.start()
        before = _BREAK.split(self._text[max(start - _MAX_LINE, 0) : start + 1])[-2:-1]
        after = _BREAK.split(self._text[end : end + _MAX_LINE])[1:2]
        return any(_HEADER_LINE.match(line) for line in before + after)

    def _block(self) -> _Span | None:
        """Return the span of the lines of a YAML block."""
        sign, indent = _BLOCK.match(self._text, self._start), _FIRST.search(self._before)
        lines = _deeper(len(indent[1])).match(self._text, sign.end()) if sign and indent else None
        certainty = self._secrets.certainty(self._kind, lines[0][: self._last - self._start]) if lines else None
        if lines is None or certainty is None:
            return None
        value = lines[0].strip()
        start = self._text.index(value, lines.start())
        return start, start + len(value), MASK, certainty

    def _value(self) -> _Span | None:
        """Return the span of the word, the quoted text or the list that follows."""
        end = self._value_end(self._last)
        value = self._text[self._start : end]
        inside, quote = _inside(value)
        may_be_code = not quote and self._kind is not Kind.OWN
        if may_be_code and f"{self._name}=" in inside:
            return None  # as in s/pin=/pin=$1/
        self._judged.add(end)
        certainty = self._certainty(inside)
        if certainty is None or not self._is_secret(value, end):
            return None
        if may_be_code and (_LITERAL.fullmatch(inside) or self._is_code(inside, end)):
            return None
        inside, _ = _inside(self._text[self._start : self._value_end(len(self._text))])
        start = self._start + len(quote)
        return start, start + len(inside), self._masked(inside), certainty

    def _certainty(self, value: str) -> Certainty | None:
        if self._kind is Kind.CREDENTIALS:
            is_secret = holds_credentials(value) and not is_placeholder(value)
            return "secret" if is_secret and credentials_hidden(self._name, value) != value else None
        texts = _QUOTED.findall(value) if self._kind is Kind.STRONG and _TEXTS.fullmatch(value) else []
        certainties = (self._secrets.certainty(self._kind, each) for each in (_plain(value), *texts))
        return next(filter(None, certainties), None)

    def _masked(self, value: str) -> str:
        """Hide a secret; of a list or an object, only its opaque words and its pairs, unless that leaves a secret in another notation.

        Of a list or a set of passwords, each word is hidden; in brackets, all of an inner list or object is.
        """
        if self._kind is Kind.CREDENTIALS:
            return credentials_hidden(self._name, value)
        if self._kind is Kind.OWN or self._is_in_brackets or not _STRUCTURE.fullmatch(value):
            return MASK
        has_names = "{" in value and ":" in value
        is_each = (self._kind is Kind.STRONG and not has_names) or len(_WORDS.findall(value)) == 1
        new = _PLAIN_WORDS.sub(lambda word: MASK if is_each or is_opaque(word[0]) else word[0], value)
        new = hidden(new, self._hider, is_in_brackets=True)
        return MASK if self._secrets.certainty(self._kind, _plain(new)) is not None else new

    def _value_end(self, last: int) -> int:
        """Return the end of a value, at most `last` without quotes; after only a colon, brackets are ignored and the length is limited."""
        text, start = self._text, self._start
        if text.startswith(_BRACKETS, start) and (self._is_in_brackets or not (self._is_assigned or self._begins_line)):
            return start
        if not self._is_assigned:
            last = start + _MAX_WORD
        elif text.startswith(_QUOTES, start):
            last = len(text)
        value = _VALUE.match(text, start, last)
        if value is None:
            return start
        return value.end() if value["escape"] is None else _closing(text, value)

    def _is_code(self, value: str, end: int) -> bool:
        """Return whether a value is an expression of a program, such as ``os.getenv("API_KEY")``, not a literal secret."""
        if self._match[0].endswith(":") and is_dependency(self._name, value):
            return True
        is_cut = value.endswith(("(", "[")) and self._text[end : end + 1] not in (*"\"')",)
        return is_expression(value) and not (is_cut and _ODD.search(value)) and not is_opaque(value)

    def _is_secret(self, value: str, end: int) -> bool:
        """Return whether a value is a secret, not the next word of a sentence such as "Invalid token: expired"."""
        if self._is_assigned and self._sign != "==":
            return True
        word = value.strip("\\\"'")
        if is_opaque(word):
            return True
        if self._sign == "==" or (value == word and not _ODD.search(word)):
            return self._sign == "==" and _ODD.search(word) is not None
        is_last = not _line_at(self._text, end, end + _MAX_WORD).strip(" \t.,;)")
        if self._begins_line and is_last and not self._name.lower().endswith(("token", "key")):
            return True
        is_compound = any(each in self._name for each in "-_") or re.search("[a-z][A-Z]", self._name)
        return bool(is_compound and (is_last or self._begins_line))


def _inside(value: str) -> tuple[str, str]:
    """Return the text between the quotes of a value, and the opening quote."""
    quote = opening[0] if (opening := _OPENING.match(value)) else ""
    return value.removeprefix(quote).removesuffix(quote), quote


def _plain(value: str) -> str:
    """Return a value without percent-encoding and entities, and only the words of a list or an object."""
    plain = unescape(unquote(value))
    return " ".join(_WORDS.findall(plain)) if plain.startswith(_BRACKETS) else plain


def _closing(text: str, opening: re.Match[str]) -> int:
    """Return the end of a text with escaped quotes: after the next quote with the same number of backslashes."""
    end = text.find(opening[0], opening.end())
    while end > 0 and text[end - 1] == "\\":
        end = text.find(opening[0], end + len(opening[0]))
    return len(text) if end < 0 else end + len(opening[0])


def _line_at(text: str, start: int, last: int) -> str:
    match = _LINE.match(text, start, last)
    return match[0] if match else ""


@cache
def _deeper(indent: int) -> re.Pattern[str]:
    """Return the pattern of lines that are indented by more than `indent` spaces, or blank."""
    return re.compile(rf"(?:[ \t]{{{indent + 1},}}+[^\r\n]*+(?:\r?\n|\Z)|[ \t]*+\r?\n)++")
