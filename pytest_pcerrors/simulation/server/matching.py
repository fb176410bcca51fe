"""Which requests a rule is for: a method, and a pattern for the path."""

import re
from dataclasses import dataclass
from functools import cached_property

from pytest_pcerrors.errors import UsageError

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_WILDCARDS = {"**": ".*", "*": "[^/]*"}


@dataclass(frozen=True)
class Place:
    """A method and a path pattern: ``*`` stands for anything within a segment, ``**`` for anything; method ``*`` is any.

    The path is compared as it came over the wire, without the query. Any token is a method (RFC 9110, section 9.1), a rule's in any
    letter case; what is none, and a path that is none, is a `UsageError`.

    >>> Place("POST", "/v1/customers/*/carts/*/checkout").fits("POST", "/v1/customers/7/carts/8/checkout")
    True
    >>> Place("*", "/v1/customers/*").fits("GET", "/v1/customers/7/carts"), Place("*", "/v1/**").fits("GET", "/v1/a/b")
    (False, True)
    """

    method: str
    path: str

    def __post_init__(self) -> None:
        if not isinstance(self.method, str) or not _TOKEN.fullmatch(self.method):
            raise UsageError(f'a method is a word such as "GET", or "*" for any; this is {self.method!r}')
        if not isinstance(self.path, str):
            raise UsageError(f'a path is a text such as "/v1/customers/*"; this is {self.path!r}')
        if not self.path.startswith(("/", "**")):
            raise UsageError(f'a path begins with /, this is "{self.path}"; the host is always that of the server')
        if "?" in self.path or "#" in self.path:
            raise UsageError(f'a rule is for a path without its query, this is "{self.path}"')

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = re.split(r"(\*\*?)", self.path)
        return re.compile("".join(_WILDCARDS.get(part) or re.escape(part) for part in parts), re.DOTALL)

    def fits(self, method: str, path: str) -> bool:
        """Tell whether a request with this method and path is meant."""
        return self.method.upper() in ("*", method) and self._pattern.fullmatch(path) is not None
