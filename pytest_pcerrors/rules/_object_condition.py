"""The tests of rules compiled into one function: Python code that looks at each place of an object once.

The code consists of the tests of the rules themselves, so a rule is defined in one place.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.jsontext import EACH
from pytest_pcerrors.rules.rule import Condition, Rule, always
from pytest_pcerrors.rules.schema_rules import SchemaRule

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules._keywords import Test
    from pytest_pcerrors.rules.rule import RuleFunction


def broken(contract: "Contract", rules: Sequence[Rule]) -> Condition:
    """Return a condition whose value is the list of those rules that an object may break.

    The check of a rule of the error schema is not repeated: it returns the violation.
    """
    known = [rule._replace(check=_found(rule)) for rule in rules]
    untested = [number for number, rule in enumerate(rules) if rule.tests is None]
    names = {"selected": lambda numbers: [known[number] for number in sorted({*numbers})]}
    writer = _Writer(names, "numbers += {}")
    condition = writer.function(
        "broken(parsed)",
        ["value = parsed.document", "status = parsed.exchange.status", f"numbers = {untested}"],
        _Place.of(contract, rules),
        "return numbers and selected(numbers)",
    )
    return condition or always


def passed(contract: "Contract", rules: Sequence[Rule]) -> "Callable[[dict[str, Any], int], bool] | None":
    """Return a function that returns whether an object, in a response with a status, passes the tests of all rules.

    It is None if there is a rule without tests.
    """
    if any(rule.tests is None for rule in rules):
        return None
    writer = _Writer({}, "return False")
    function: Callable[[dict[str, Any], int], bool] | None = writer.function(
        "passed(value, status)", (), _Place.of(contract, rules), "return True"
    )
    return function


def _found(rule: Rule) -> "RuleFunction":
    return rule.check.violations if isinstance(rule.check, SchemaRule) else rule.check


@dataclass(eq=False, repr=False)
class _Place:
    """A place of a body: the tests of its value with the numbers of the rules that have it, and the places below it by the step to them."""

    tests: "list[tuple[list[int], Test]]" = field(default_factory=list)
    below: "dict[str, _Place]" = field(default_factory=dict)

    @classmethod
    def of(cls, contract: "Contract", rules: Sequence[Rule]) -> "_Place":
        """Return the whole body, with the tests of rules."""
        root, numbers = cls(), defaultdict[Any, list[int]](list)
        for number, rule in enumerate(rules):
            numbers[rule.tests].append(number)
        for tests, of_rules in numbers.items():
            for path, test in tests(contract) if tests else ():
                root.at(path).tests.append((of_rules, test))
        return root

    def at(self, path: tuple[str, ...]) -> "_Place":
        """Return the place at a path below this one; it is added if it is new."""
        place = self
        for step in path:
            place = place.below.setdefault(step, _Place())
        return place


class _Writer:
    """Writes the code; `names` are the constants in it, `failed` is the statement for a failed test, with the numbers of its rules."""

    def __init__(self, names: dict[str, Any], failed: str) -> None:
        self.names = names
        self._failed = failed
        self._numbers = count()

    def function(self, head: str, first: Sequence[str], place: _Place, last: str) -> Any:
        """Return the function; None for a schema with more levels than Python code can have."""
        lines = [f"def {head}:", *(f" {line}" for line in first), *self.lines(place, "value", " ", "dict"), f" {last}"]
        try:
            exec("\n".join(lines), self.names)  # noqa: S102 - the texts are those of the tests, and literals
        except SyntaxError:
            return None
        return self.names[head.partition("(")[0]]

    def lines(self, place: _Place, value: str, indent: str, known: str = "") -> Iterator[str]:
        """Yield the lines with each test of the value of a variable, and of those below it.

        `known` is the name of the class that the value has in any case, if it is known.
        """
        yield from self._tests(place, value, indent, None)
        for kind in (dict, list, str, int):
            inside = indent if kind.__name__ == known else f"{indent} "
            lines = [*self._tests(place, value, inside, kind), *self._below(place, value, inside, kind)]
            if lines and inside != indent:
                yield f"{indent}if isinstance({value}, {kind.__name__}):"
            yield from lines

    def _tests(self, place: _Place, value: str, indent: str, kind: type | None) -> Iterator[str]:
        for numbers, test in place.tests:
            if test.of is kind:
                yield f"{indent}if not ({self._expression(test, value)}): {self._failed.format(numbers)}"

    def _below(self, place: _Place, value: str, indent: str, kind: type) -> Iterator[str]:
        for step, below in place.below.items():
            if kind is (list if step == EACH else dict):
                inner = f"value{next(self._numbers)}"
                if step == EACH:
                    yield f"{indent}for {inner} in {value}:"
                else:
                    yield f"{indent}if {step!r} in {value}:"
                    yield f"{indent} {inner} = {value}[{step!r}]"
                yield from self.lines(below, inner, f"{indent} ")

    def _expression(self, test: "Test", value: str) -> str:
        constants = {name: f"{name}_{next(self._numbers)}" for name in test.constants}
        self.names |= {constants[name]: constant for name, constant in test.constants.items()}
        return test.expression.format(value=value, **constants)
