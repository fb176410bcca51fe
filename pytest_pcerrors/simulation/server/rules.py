"""What the test wants answered, where, and how often."""

from collections.abc import Sequence

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.simulation.server.answers import Answer
from pytest_pcerrors.simulation.server.matching import Place


class Rule:
    """Answers for a place, one after the other; the last repeats until the rule was used `times` times, without end if that is None."""

    def __init__(self, place: Place, answers: Sequence[Answer], times: int | None = None) -> None:
        if not answers:
            raise UsageError("a sequence has no members")
        if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
            raise UsageError(f"times is a number from 1, or None for always; this is {times!r}")
        self.place = place
        self._answers = tuple(answers)
        self._left = times
        self._next = 0

    def fits(self, method: str, path: str) -> bool:
        """Tell whether the rule is for this request and not used up."""
        return self._left != 0 and self.place.fits(method, path)

    def take(self) -> Answer:
        """Return the next answer and count it."""
        answer = self._answers[min(self._next, len(self._answers) - 1)]
        self._next += 1
        if self._left is not None:
            self._left -= 1
        return answer

    def __str__(self) -> str:
        used_up = " (used up)" if self._left == 0 else ""
        return f"{self.place.method.upper()} {self.place.path}{used_up}"


class Rules:
    """All rules, tried in the order in which they were set.

    >>> from pytest_pcerrors.simulation.server.answers import envelope
    >>> rules = Rules()
    >>> rules.add(Rule(Place("*", "/v1/**"), [envelope(503, "Busy")], times=1))
    >>> str(rules.take("GET", "/v1/customers")), rules.take("GET", "/v1/customers"), str(rules)
    ('503', None, '* /v1/** (used up)')
    """

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
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
