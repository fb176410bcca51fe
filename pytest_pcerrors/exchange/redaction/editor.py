"""A text of any kind with its secrets hidden: JSON, URLs, forms, multipart forms, and prose, each inside the other."""

import re
from typing import TYPE_CHECKING

from pytest_pcerrors.exchange.redaction import headers, json_text, parameters, prose
from pytest_pcerrors.exchange.redaction.secrets import MASK

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.redaction.secrets import Secrets

_DEEPEST = 5
_PART_NAME = re.compile(
    r"""^content-disposition:[^\r\n]*?\bname\s*+=\s*+("[^"\r\n]*+"|[^\s;]++)""", re.IGNORECASE | re.MULTILINE
)
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_BLANK_LINE = re.compile(r"\r?\n\r?\n")
_BOUNDARY = re.compile(r"--[^\s\"<>]{1,200}(?=[ \t]*+\r?\n)")
_LATER_BOUNDARY = re.compile(r"^--[^\s\"<>]{1,200}(?=[ \t]*+\r?\n[\w-]++:)", re.MULTILINE)


class Editor:
    """Hides secrets in one text, and remembers in `found` where: JSON Pointers, names of parameters, or nothing.

    `depth` counts the texts around this one: JSON in a string of JSON, a URL in a parameter of another.
    """

    def __init__(self, secrets: "Secrets", depth: int = 0) -> None:
        self.found: list[str] = []
        self._secrets = secrets
        self._depth = depth

    def url(self, url: str) -> str:
        """Hide the secrets of a URL."""
        if not self._secrets.may_be_in(url):
            return url
        return parameters.url_hidden(url, self._secrets, self._inner, self.found)

    def header(self, name: str, value: str) -> str:
        """Hide the secrets of a header's value."""
        return headers.hidden(name, value) if self._secrets.is_named(name) else self.text(value)

    def document(self, text: str) -> str:
        """Hide the secrets of a text that is a whole body, which may be a form."""
        if not self._secrets.may_be_in(text):
            return text
        boundary = _BOUNDARY.match(text) or _LATER_BOUNDARY.search(text)
        if boundary:
            line = re.compile(rf"^{re.escape(boundary[0])}(?=[ \t]*+(?:--)?[ \t]*+\r?$)", re.MULTILINE)
            return boundary[0].join(map(self._part, line.split(text)))
        if parameters.is_form(text):
            return parameters.form_hidden(text, self._secrets, self._inner, self.found)
        return self.text(text)

    def text(self, text: str) -> str:
        """Hide the secrets of a text that stands somewhere."""
        if not self._secrets.may_be_in(text):
            return text
        if self._depth > _DEEPEST:
            return prose.hidden(text, self._secrets, self._secrets.wherever)
        if json_text.looks_like_json(text):
            done = json_text.edited(text, self._secrets, self._inner)
            self.found += done.pointers
            return done.text if done.is_json else self._prose(done.text)
        return self.url(text) if parameters.is_url(text) else self._prose(text)

    def _prose(self, text: str) -> str:
        return prose.hidden(text, self._secrets, Editor(self._secrets, self._depth + 1).url)

    def _inner(self, text: str) -> str:
        return Editor(self._secrets, self._depth + 1).text(text)

    def _part(self, part: str) -> str:
        """Hide the secrets of one part of a multipart form (RFC 7578)."""
        blank = _BLANK_LINE.search(part)
        head, content = (part[: blank.end()], part[blank.end() :]) if blank else ("", part)
        value = content.rstrip("\r\n")
        match = _PART_NAME.search(_FOLD.sub("", head))
        name = match[1].strip('"') if match else ""
        is_secret = bool(value) and self._secrets.is_parameter(name, value)
        if is_secret and value != MASK:
            self.found.append(f"parameter {self._secrets.wherever(name)}")
        hidden = MASK if is_secret else self.text(value)
        return self.text(head) + hidden + content[len(value) :]
