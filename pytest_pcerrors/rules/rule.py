"""A rule: a function that checks one property of a response, with severities and documentation."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import getdoc
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from pytest_pcerrors.errors import RuleError
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules._keywords import ValueTest
    from pytest_pcerrors.rules.parsed_response import ParsedResponse
    from pytest_pcerrors.rules.violation import Severity

    PlaceTests: TypeAlias = Iterable[tuple[tuple[str, ...], ValueTest]]

PROFILES = ("documented", "observed")
"""The profiles: what the documentation promises, and what the real service sends."""

RuleFunction = Callable[["ParsedResponse"], "Iterable[Violation]"]
"""A function that yields a violation for each place that breaks its rule."""

Condition = Callable[["ParsedResponse"], object]
"""A function that returns a true value if a response meets a condition."""

MOST_FOUND = 5
"""The most violations that a rule reports of one response."""

_LABELS = ("Documentation", "Example", "Fix")
_PART = late_pattern(rf"^({'|'.join(_LABELS)}): (.+?)(?=\n\n|\n(?:{'|'.join(_LABELS)}): |\Z)", re.MULTILINE | re.DOTALL)
"""A part of the docstring of a rule, and its label."""


class Rule(NamedTuple):
    """A rule: its name, the condition that `breaks` it, what the documentation says, an example, and the fix.

    `check` is its function; for the rules of assertions, settings and recordings it yields nothing. `tests` returns, for a contract,
    tests of the values at some paths of an object: where all pass, which they do for most conforming responses, the rule is not
    broken and `check` is not called. Without `tests`, it is called for every object. `severities` has a severity for each profile; it
    is empty if the rule is always an error. `applies` is whether a contract has the rule.
    """

    name: str
    stage: str = ""
    breaks: str = ""
    documentation: str = ""
    example: str = ""
    fix: str = ""
    severities: "Mapping[str, Severity]" = MappingProxyType({})
    check: RuleFunction = lambda _: ()
    tests: "Callable[[Contract], PlaceTests] | None" = None
    applies: "Callable[[Contract], bool]" = lambda _: True


def severities_of(documented: "Severity" = "error", observed: "Severity | None" = None) -> "dict[str, Severity]":
    """Return the severities by profile; `observed` defaults to `documented`."""
    return dict(zip(PROFILES, (documented, observed or documented), strict=True))


def rule(
    function: RuleFunction,
    stage: str,
    documented: "Severity" = "error",
    observed: "Severity | None" = None,
    tests: "Callable[[Contract], PlaceTests] | None" = None,
) -> Rule:
    """Make a rule from a function; its name and its documentation come from the function."""
    text = getdoc(function) or ""
    labelled = {label: " ".join(part.split()) for label, part in _PART.findall(text)}
    documentation, example, fix = (labelled.get(label, "") for label in _LABELS)
    breaks, severities = " ".join(text.partition("\n\n")[0].split()), severities_of(documented, observed)
    return Rule(rule_name(function), stage, breaks, documentation, example, fix, severities, function, tests)


def of_each_error(check: "Callable[[ParsedResponse], Violation | None]") -> RuleFunction:
    """Return the function of a rule that checks each error that a body states, from one that checks one error."""

    @wraps(check)
    def of_all(parsed: "ParsedResponse") -> "Iterable[Violation]":
        if parsed.contract.has_items:
            return islice(filter(None, map(check, parsed.errors)), MOST_FOUND)
        found = check(parsed)
        return () if found is None else (found,)

    return of_all


def user_rule(function: RuleFunction) -> Rule:
    """Make a rule from a user's function; an exception in it becomes a `RuleError` that names the rule and the place of the response."""
    named = rule(function, "user")

    def guarded(parsed: "ParsedResponse") -> "Iterator[Violation]":
        try:
            found: object = function(parsed)
            for violation in found if isinstance(found, Iterable) else (found,):
                if not isinstance(violation, Violation) or violation is found:
                    verb = "returns" if violation is found else "yields"
                    raise TypeError(  # noqa: TRY301 - reported like any other
                        f"it {verb} {type(violation).__name__}; a rule yields each Violation, or returns a list of them"
                    )
                str(violation)  # computes its texts, so that an error in them is reported too
                yield violation
        except Exception as error:
            problem = safe(f"{type(error).__name__}: {error}")
            raise RuleError(named.name, parsed.exchange.origin or str(parsed.exchange), problem) from error

    return named._replace(check=guarded)


def rule_name(function: RuleFunction) -> str:
    """Return the name of a function in kebab-case, which is the name of its rule.

    >>> def retry_after(parsed): ...
    >>> rule_name(retry_after)
    'retry-after'
    """
    return str(getattr(function, "__name__", type(function).__name__)).replace("_", "-")
