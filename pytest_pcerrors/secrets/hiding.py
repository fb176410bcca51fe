"""Hide secrets in any kind of text: JSON, URLs, forms, multipart forms, base64 and prose, also nested."""

import re
from base64 import b64encode
from typing import TYPE_CHECKING

from pytest_pcerrors.base64text import base64_decoded
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
    rf"(?:data:[\w/+.-]{{1,100}}(?:;[\w=-]{{1,40}})*,)?(?!{_BEGINNING})[A-Za-z0-9+/_\r\n-]++[=\s]*+", re.ASCII
)
"""Base64 of an image or a file, which is too long to be a token; not a form, which has a sign inside."""

_CUT = late_pattern(rf"(?<![\w+/.-]){_BEGINNING}[\w+/.-]*+\Z|(?<=//)[^\s/?#@\"'<>\\]{{512,}}+\Z", re.ASCII)
"""JSON in base64 that is not complete, or the long beginning of the user and password of a URL."""

_STRENGTH = {None: 0, "suspected": 1, "secret": 2}


def hidden(text: str, longest: int | None, secrets: Secrets) -> str:
    """Return what `secrets.hide` returns."""
    if longest is not None and len(text) > longest + BEYOND:
        text = _CUT.sub(MASK, text[: longest + BEYOND])
    return Hider(secrets).document(text)[:longest]


class Hider:
    """Hide secrets in one text, and collect their places in `found`.

    `depth` is the number of texts around this one: JSON in a string of JSON, a URL in a parameter of another.
    """

    def __init__(self, secrets: Secrets, depth: int = 0) -> None:
        self.secrets = secrets
        self.found: list[Found] = []
        self._depth = depth

    @property
    def certainty(self) -> "Certainty | None":
        """The highest certainty of the secrets found; None if nothing was found."""
        return max((each.certainty for each in self.found), key=_STRENGTH.__getitem__, default=None)

    def report(self, place: str, certainty: "Certainty") -> None:
        """Add a finding."""
        self.found.append(Found(place, certainty))

    def report_parameter(self, name: str, certainty: "Certainty") -> None:
        """Add a finding in a parameter."""
        self.report(f"parameter {self.secrets.without_tokens(name)}", certainty)

    def edited(self, old: str, new: str) -> str:
        """Return the new text; if it is another one, report a secret."""
        if new != old:
            self.report("", "secret")
        return new

    def inner(self, text: str) -> Hidden:
        """Hide the secrets of a text inside of this one."""
        return self._nested(Hider.text, text)

    def inner_url(self, url: str) -> Hidden:
        """Hide the secrets of a URL inside of this text."""
        return Hidden(url) if self._depth > _MAX_DEPTH else self._nested(Hider.url, url)

    def _nested(self, hide: "Callable[[Hider, str], str]", text: str) -> Hidden:
        hider = Hider(self.secrets, self._depth + 1)
        return Hidden(hide(hider, text), hider.certainty)

    def url(self, url: str) -> str:
        """Hide the secrets of a URL."""
        return urls.url_hidden(url, self) if self.secrets.may_be_in(url) else url

    def header(self, name: str, value: str) -> str:
        """Hide the secrets of a header's value; in a credentials header, any value is a secret."""
        kind = self.secrets.kind_of_header(name)
        if kind is Kind.PUBLIC:
            return value
        certainty: Certainty | None
        if kind is Kind.CREDENTIALS:
            new, certainty = credentials_hidden(name, value), "secret"
        else:
            certainty = self.secrets.certainty(kind, value)
            new = self.text(value) if certainty is None else MASK
        if new != value and certainty is not None:
            self.report("", certainty)
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
            return urls.form_hidden(text, self)
        return self._text(text)

    def text(self, text: str) -> str:
        """Hide the secrets of any text."""
        return text if self._has_nothing(text) else self._text(text)

    def _text(self, text: str) -> str:
        """Hide the secrets of a text that must be searched."""
        if self._depth > _MAX_DEPTH:
            return prose.hidden(text, self)
        if json_text.looks_like_json(text):
            text, is_json = json_text.hidden(text, self)
            return text if is_json else prose.hidden(text, self)
        if urls.is_url(text):
            return self.url(text)
        return prose.hidden(self._packed(text), self)

    def _packed(self, text: str) -> str:
        """Hide the secrets of JSON in base64, in either alphabet."""
        whole = _IN_LINES.fullmatch(text)
        return self._unpacked(whole) if whole else _PACKED.sub(self._unpacked, text)

    def _unpacked(self, match: re.Match[str]) -> str:
        try:
            plain = base64_decoded(match[0]).decode()
        except ValueError:
            return match[0]
        new = self.inner(plain)
        if new.certainty is None:
            return match[0]
        self.report("", new.certainty)
        return _written(new.text, match[0])

    def _binary(self, text: str) -> str:
        """Hide tokens of known formats in binary data, each with asterisks of the same length."""
        return self.edited(text, tokens_hidden(text, lambda match: "*" * len(match[0])))

    def _has_nothing(self, text: str) -> bool:
        """Return whether a text need not be searched."""
        is_file = len(text) > _LONG and _BINARY.fullmatch(text) is not None
        return is_file or not self.secrets.may_be_in(text)

    def _part(self, part: str, *, may_be_binary: bool) -> str:
        """Hide the secrets of one part of a multipart form (RFC 7578)."""
        blank = _BLANK_LINE.search(part)
        head, content = (part[: blank.end()], part[blank.end() :]) if blank else ("", part)
        value = content.rstrip("\r\n")
        match = _PART_NAME.search(_FOLD.sub("", head))
        name = (match[1] or match[2]).strip('"') if match else ""
        is_path = name == "key" and "/" in value  # the name of an object in Amazon S3
        kind = None if is_path else self.secrets.kind_of_parameter(name)
        certainty = self.secrets.certainty(kind, value)
        if certainty is not None:
            self.report_parameter(name, certainty)
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
