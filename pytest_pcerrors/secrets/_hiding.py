"""Hide secrets in any kind of text: JSON, URLs, forms, multipart forms, base64 and prose, also nested."""

import re
from base64 import b64encode, urlsafe_b64decode
from functools import partial
from typing import TYPE_CHECKING

from pytest_pcerrors.secrets import _prose as prose
from pytest_pcerrors.secrets import _urls as urls
from pytest_pcerrors.secrets import json_text
from pytest_pcerrors.secrets._formats import tokens_hidden
from pytest_pcerrors.secrets._prefilter import BEGINNINGS
from pytest_pcerrors.secrets.definition import BEYOND, MASK, Found, Hidden, Secrets
from pytest_pcerrors.secrets.headers import credentials_hidden
from pytest_pcerrors.secrets.names import Kind
from pytest_pcerrors.text import has_controls, late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.secrets.definition import Certainty

_MAX_DEPTH = 5
_PART_NAME = re.compile(
    r"""^content-disposition:[^\r\n]*?\bname(?:\s*+=\s*+("[^"\r\n]*+"|[^\s;]++)|\*\s*+=\s*+[\w-]*+'[\w-]*+'([^\s;]++))""",
    re.IGNORECASE | re.MULTILINE,
)
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_BLANK_LINE = re.compile(r"\r?\n\r?\n")
_BOUNDARY = re.compile(r"--[^\s\"<>]{1,200}(?=[ \t]*+\r?\n)")
_LATER_BOUNDARY = re.compile(r"^--[^\s\"<>]{1,200}(?=[ \t]*+\r?\n[\w-]++:)", re.MULTILINE)
_LONG = 2048
_BEGINNING = f"(?:{'|'.join(BEGINNINGS)})"
_PACKED = late_pattern(rf"(?<![\w+/.-]){_BEGINNING}[A-Za-z0-9+/_-]{{12,}}+={{0,2}}+(?![\w.])", re.ASCII)
_IN_LINES = late_pattern(rf"{_BEGINNING}[A-Za-z0-9+/_\r\n-]{{12,}}+={{0,2}}+\s*+", re.ASCII)
_LINE = late_pattern(r"[^\r\n]++(\r?\n)")
_BINARY = re.compile(
    rf"(?:data:[\w/+.-]{{1,100}}(?:;[\w=-]{{1,40}})*,)?(?!{_BEGINNING})[A-Za-z0-9+/=_\r\n-]++", re.ASCII
)
"""Base64 of an image or a file, which is too long to be a token."""

_CUT = re.compile(r"""(?:eyJ[\w.-]*+|:(?:\\*/){2}[^/?#\s"'<>\\]*+)\Z""")
"""A token or the user of a URL that may be cut off; a cut name has no value, and other tokens are shorter than what is searched beyond."""

_STRENGTH = {None: 0, "suspected": 1, "secret": 2}


def hidden(text: str, longest: int | None) -> str:
    """Return what `secrets.hide` returns."""
    if longest is None or len(text) <= longest:
        return Hider(_KNOWN).document(text)
    return Hider(_KNOWN, is_cut=True).document(text[: longest + BEYOND])[:longest]


class Hider:
    """Hide secrets in one text, and collect their places in `found`.

    `depth` is the number of texts around this one: JSON in a string of JSON, a URL in a parameter of another.
    """

    def __init__(self, secrets: Secrets, depth: int = 0, *, is_cut: bool = False) -> None:
        self.found: list[Found] = []
        self._secrets = secrets
        self._depth = depth
        self._is_cut = is_cut

    @property
    def certainty(self) -> "Certainty | None":
        """The highest certainty of the secrets found; None if nothing was found."""
        return max((each.certainty for each in self.found), key=_STRENGTH.__getitem__, default=None)

    def url(self, url: str) -> str:
        """Hide the secrets of a URL."""
        if not self._secrets.may_be_in(url):
            return url
        return urls.url_hidden(url, self._secrets, self._inner, self._report)

    def header(self, name: str, value: str) -> str:
        """Hide the secrets of a header's value; in a credentials header, any value is a secret."""
        kind = self._secrets.kind_of_header(name)
        if kind is Kind.PUBLIC:
            return value
        certainty: Certainty | None
        if kind is Kind.CREDENTIALS:
            new, certainty = credentials_hidden(name, value), "secret"
        else:
            certainty = self._secrets.certainty(kind, value)
            new = self.text(value) if certainty is None else MASK
        if new != value and certainty is not None:
            self._report("", certainty)
        return new

    def document(self, text: str, is_binary: bool = False) -> str:  # noqa: FBT001, FBT002 - an edit of a body
        """Hide the secrets of a complete body, which may be a form.

        With `is_binary`, the body is data decoded as Latin-1, and only tokens of known formats are hidden; in a multipart form, each
        part may be text.
        """
        if self._has_nothing(text):
            return text
        boundary = _BOUNDARY.match(text) or ("\n--" in text and _LATER_BOUNDARY.search(text))
        if boundary:
            line = re.compile(rf"^{re.escape(boundary[0])}(?=[ \t]*+(?:--)?[ \t]*+\r?$)", re.MULTILINE)
            return boundary[0].join([self._part(part, may_be_binary=is_binary) for part in line.split(text)])
        if is_binary:
            return self._binary(text)
        is_packed = _IN_LINES.fullmatch(text) is not None  # its padding could be mistaken for the sign in a form
        if urls.is_form(text) and not is_packed:
            return urls.form_hidden(text, self._secrets, self._inner, self._report)
        return self._text(text)

    def text(self, text: str) -> str:
        """Hide the secrets of any text."""
        return text if self._has_nothing(text) else self._text(text)

    def _text(self, text: str) -> str:
        """Hide the secrets of a text that must be searched."""
        if self._depth > _MAX_DEPTH:
            return prose.hidden(text, self._secrets, Hidden, self._report, is_cut=self._is_cut)
        if json_text.looks_like_json(text):
            done = json_text.edited(text, self._secrets, self._inner)
            for edit in done.edits:
                self._report(edit.pointer, edit.certainty)
            return done.text if done.is_json else self._prose(done.text)
        if urls.is_url(text) and not self._is_cut:
            return self.url(text)
        return self._prose(self._packed(text))

    def _packed(self, text: str) -> str:
        """Hide the secrets of JSON in base64, in either alphabet."""
        whole = _IN_LINES.fullmatch(text)
        return self._unpacked(whole) if whole else _PACKED.sub(self._unpacked, text)

    def _unpacked(self, match: re.Match[str]) -> str:
        packed = "".join(match[0].split()).replace("+", "-").replace("/", "_").rstrip("=")
        try:
            plain = urlsafe_b64decode(packed + "==").decode()
        except ValueError:
            return match[0]
        new = self._inner(plain)
        if new.certainty is None:
            return match[0]
        self._report("", new.certainty)
        return _written(new.text, match[0])

    def _binary(self, text: str) -> str:
        """Hide tokens of known formats in binary data, each with asterisks of the same length."""
        new = tokens_hidden(text, lambda match: "*" * len(match[0]))
        if new != text:
            self._report("", "secret")
        return new

    def _has_nothing(self, text: str) -> bool:
        """Return whether a text need not be searched."""
        if self._is_cut and _CUT.search(text):
            return False
        is_file = len(text) > _LONG and not self._is_cut and _BINARY.fullmatch(text) is not None
        return is_file or not self._secrets.may_be_in(text)

    def _prose(self, text: str) -> str:
        url = partial(self._nested, lambda hider, part: hider.url(part))
        return prose.hidden(text, self._secrets, url, self._report, is_cut=self._is_cut)

    def _inner(self, text: str) -> Hidden:
        return self._nested(lambda hider, part: hider.text(part), text)

    def _nested(self, hide: "Callable[[Hider, str], str]", text: str) -> Hidden:
        hider = Hider(self._secrets, self._depth + 1, is_cut=self._is_cut)
        return Hidden(hide(hider, text), hider.certainty)

    def _report(self, place: str, certainty: "Certainty") -> None:
        self.found.append(Found(place, certainty))

    def _part(self, part: str, *, may_be_binary: bool) -> str:
        """Hide the secrets of one part of a multipart form (RFC 7578)."""
        blank = _BLANK_LINE.search(part)
        head, content = (part[: blank.end()], part[blank.end() :]) if blank else ("", part)
        value = content.rstrip("\r\n")
        match = _PART_NAME.search(_FOLD.sub("", head))
        name = (match[1] or match[2]).strip('"') if match else ""
        certainty = self._secrets.certainty(self._secrets.kind_of_parameter(name), value)
        if certainty is not None:
            self._report(f"parameter {self._secrets.without_tokens(name)}", certainty)
        inner = self._binary if may_be_binary and has_controls(value) else self.text
        hidden = MASK if certainty is not None else inner(value)
        return self.text(head) + hidden + content[len(value) :]


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


_KNOWN = Secrets()
