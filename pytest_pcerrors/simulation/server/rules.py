"""What the test wants answered, where, and how often."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.simulation.server.answers import Answer

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_WILDCARDS = {"**": ".*", "*": "[^/]*"}


@dataclass(frozen=True)
class RequestPattern:
    """A method and a path pattern: ``*`` stands for anything within a segment, ``**`` for anything; method ``*`` is any.

    The path is compared as it came over the wire, without the query. Any token is a method (RFC 9110, section 9.1), a rule's in any
    letter case; what is none, and a path that is none, is a `UsageError`.

    >>> RequestPattern("POST", "/v1/customers/*/carts/*/checkout").fits("POST", "/v1/customers/7/carts/8/checkout")
    True
    >>> RequestPattern("*", "/v1/customers/*").fits("GET", "/v1/customers/7/carts"), RequestPattern("*", "/v1/**").fits("GET", "/v1/a/b")
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


class ResponseRule:
    """Answers for a place, one after the other; the last repeats until the rule was used `times` times, without end if that is None."""

    def __init__(self, pattern: RequestPattern, answers: Sequence[Answer], times: int | None = None) -> None:
        if not answers:
            raise UsageError("a sequence has no members")
        if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
            raise UsageError(f"times is a number from 1, or None for always; this is {times!r}")
        self.pattern = pattern
        self._answers = tuple(answers)
        self._left = times
        self._next = 0

    def fits(self, method: str, path: str) -> bool:
        """Tell whether the rule is for this request and not used up."""
        return self._left != 0 and self.pattern.fits(method, path)

    def take(self) -> Answer:
        """Return the next answer and count it."""
        answer = self._answers[min(self._next, len(self._answers) - 1)]
        self._next += 1
        if self._left is not None:
            self._left -= 1
        return answer

    def __str__(self) -> str:
        used_up = " (used up)" if self._left == 0 else ""
        return f"{self.pattern.method.upper()} {self.pattern.path}{used_up}"


class ResponseRules:
    """All rules, tried in the order in which they were set.

    >>> from pytest_pcerrors.simulation.server.answers import envelope
    >>> rules = ResponseRules()
    >>> rules.add(ResponseRule(RequestPattern("*", "/v1/**"), [envelope(503, "Busy")], times=1))
    >>> str(rules.take("GET", "/v1/customers")), rules.take("GET", "/v1/customers"), str(rules)
    ('503', None, '* /v1/** (used up)')
    """

    def __init__(self) -> None:
        self._rules: list[ResponseRule] = []

    def add(self, rule: ResponseRule) -> None:
        """Add a rule behind the others."""
        self._rules.append(rule)

    def take(self, method: str, path: str) -> Answer | None:
        """Return the next answer of the first rule that fits, or None."""
        fitting = next((rule for rule in self._rules if rule.fits(method, path)), None)
        return None if fitting is None else fitting.take()

    def clear(self) -> None:
        """Forget all rules."""
        self._rules.clear()

    def __str__(self) -> str:
        return "; ".join(map(str, self._rules)) or "none"
