"""The rules of the server and of simulations: request patterns, their answers, and how often they apply."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from string import punctuation
from urllib.parse import quote, urlsplit

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.simulation.answers.answer import Answer
from pytest_pcerrors.text import cut, represented

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_ESCAPE = re.compile("%[0-9a-f]{2}", re.IGNORECASE)
_LONGEST_URL = 200


@dataclass(frozen=True)
class RequestPattern:
    """A method and a path pattern: ``*`` matches anything within a segment, ``**`` anything; method ``*`` matches any.

    The path is compared as it was received, without the query; spaces and what is not ASCII may be percent-encoded or not.
    A method is any token (RFC 9110, section 9.1), and may be written in lower case. An invalid method or path is a `UsageError`.
    """

    method: str
    path: str

    def __post_init__(self) -> None:
        _check_method(self.method)
        if not isinstance(self.path, str):
            raise UsageError(f'expected a path such as "/v1/customers/*", got {represented(self.path)}')
        if not self.path.startswith(("/", "**")):
            raise UsageError(
                f'expected a path that begins with /, got "{self.path}"; the host is always that of the server'
            )
        if "?" in self.path or "#" in self.path:
            raise UsageError(f'expected a path without a query, got "{self.path}"')

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        *before, last = _encoded(self.path).split("**")
        if not before:
            return re.compile(_ending(last), re.DOTALL)
        first, *inner = map(_earliest, before)
        return re.compile(f"{first}{''.join(f'(?>.*?{each})' for each in inner)}.*{_ending(last)}", re.DOTALL)

    def matches(self, method: str, path: str) -> bool:
        """Return whether a request with this method and path matches."""
        return self.method.upper() in ("*", method) and self._pattern.fullmatch(_encoded(path)) is not None

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def _encoded(url: str) -> str:
    r"""Return a path or a URL in which spaces, control characters and what is not ASCII are percent-encoded, in capital letters.

    >>> _encoded("/v1/caf\N{LATIN SMALL LETTER E WITH ACUTE}/*?a=%2f")
    '/v1/caf%C3%A9/*?a=%2F'
    """
    return _ESCAPE.sub(lambda match: match[0].upper(), quote(url, safe=punctuation, errors="replace"))


def _earliest(block: str) -> str:
    """Return an expression for a pattern without ``**`` that only tries the earliest match, so that many wildcards cost no time.

    What follows begins with ``**``, so a later match would not help it.
    """
    first, *others = map(re.escape, block.split("*"))
    return first + "".join(f"(?>[^/]*?{each})" for each in others)


def _ending(block: str) -> str:
    """Return an expression for a pattern without ``**`` at the end of a path, where the last wildcard takes what is left."""
    *before, last = block.split("*")
    return f"{_earliest('*'.join(before))}[^/]*{re.escape(last)}" if before else re.escape(last)


@dataclass(frozen=True)
class UrlPattern:
    """A method and a glob for the URL, in which ``*`` matches anything; a glob that begins with ``/`` is for the path.

    The URL is compared with its query and without it, and without its user and its fragment, which are never sent in it.
    """

    method: str
    url: str

    def __post_init__(self) -> None:
        _check_method(self.method)
        if not isinstance(self.url, str) or not self.url:
            raise UsageError(f'expected a URL with wildcards, such as "*/v1/customers/*", got {represented(self.url)}')

    def matches(self, method: str, url: str) -> bool:
        """Return whether a request with this method and URL matches."""
        if self.method.upper() not in ("*", method):
            return False
        if self.url == "*":
            return True
        sent = urlsplit(url)._replace(fragment="")
        sent = sent._replace(netloc=sent.netloc.rpartition("@")[2])
        if self.url.startswith("/"):
            sent = sent._replace(scheme="", netloc="", path=sent.path or "/")
        url, wanted = _encoded(sent.geturl()), _encoded(self.url)
        return fnmatchcase(url, wanted) or fnmatchcase(url.partition("?")[0], wanted)

    def __str__(self) -> str:
        return shown(self.method.upper(), self.url)


def _check_method(method: object) -> None:
    """Raise a `UsageError` for anything but a method, which is a token (RFC 9110, section 9.1), or ``*``."""
    if not isinstance(method, str) or not _TOKEN.fullmatch(method):
        raise UsageError(f'expected a method such as "GET", or "*" for any, got {represented(method)}')


def shown(method: str, url: str) -> str:
    """Return a request for messages, without secrets."""
    return cut(safe(f"{method} {url}"), _LONGEST_URL)


@dataclass
class ResponseRule:
    """Answers for a request pattern, one after the other. The last one repeats; after `times` uses, the rule no longer applies.

    `document` is the rule as a JSON object, for a list of rules.
    """

    pattern: RequestPattern | UrlPattern
    answers: Sequence[Answer]
    times: int | None = None
    document: Mapping[str, object] = field(default_factory=dict)
    used: int = 0

    def __post_init__(self) -> None:
        if not self.answers:
            raise UsageError("a sequence needs at least one member")
        if self.times is not None and (type(self.times) is not int or self.times < 1):
            raise UsageError(f"expected times as a number from 1, or None for always, got {represented(self.times)}")

    @property
    def is_used_up(self) -> bool:
        """Whether the rule no longer applies."""
        return self.used == self.times

    def matches(self, method: str, path: str) -> bool:
        """Return whether the rule matches this request and is not used up."""
        return not self.is_used_up and self.pattern.matches(method, path)

    def take(self) -> Answer:
        """Return the next answer and count it."""
        answer = self.answers[min(self.used, len(self.answers) - 1)]
        self.used += 1
        return answer

    def as_document(self) -> dict[str, object]:
        """Return the rule as a JSON object, with the number of its uses."""
        return {**self.document, "used": self.used}

    def __str__(self) -> str:
        used_up = " (used up)" if self.is_used_up else ""
        return f"{self.pattern}{used_up}"
