"""The rules of an error schema compiled into one condition: Python code that looks at each place of a body once.

The code consists of the tests of the rules themselves, so a rule is defined in one place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.jsontext import EACH
from pytest_pcerrors.rules.rule import Condition, Rule, always
from pytest_pcerrors.rules.schema_rules import SchemaRule

if TYPE_CHECKING:
    from pytest_pcerrors.rules._keywords import Test


def broken(rules: Sequence[Rule]) -> Condition:
    """Return a condition whose value is the list of those rules that a response breaks; they are made from an error schema.

    The check of a rule in the list is not repeated: it returns the violation.
    """
    root = _Place()
    checks = {number: rule.check for number, rule in enumerate(rules) if isinstance(rule.check, SchemaRule)}
    for number, check in checks.items():
        root.at(check.path).tests[number] = check.test
    known = {number: rules[number]._replace(check=check.violations) for number, check in checks.items()}
    writer = _Writer(names={"selected": lambda numbers: [known[number] for number in sorted({*numbers})]})
    lines = [
        "def broken(parsed):",
        " value = parsed.document",
        " numbers = []",
        *writer.lines(root, "value", " ", "dict"),
        " return numbers and selected(numbers)",
    ]
    try:
        exec("\n".join(lines), writer.names)  # noqa: S102 - the texts are those of `_keywords`, and literals
    except SyntaxError:
        return always  # a schema with more levels than Python code can have
    condition: Condition = writer.names["broken"]
    return condition


@dataclass(eq=False, repr=False)
class _Place:
    """A place of a body: the tests of its value by the numbers of their rules, and the places below it by the step to them."""

    tests: "dict[int, Test]" = field(default_factory=dict)
    below: "dict[str, _Place]" = field(default_factory=dict)

    def at(self, path: tuple[str, ...]) -> "_Place":
        """Return the place at a path below this one; it is added if it is new."""
        place = self
        for step in path:
            place = place.below.setdefault(step, _Place())
        return place


class _Writer:
    """Writes the code; `names` are the constants in it."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self._numbers = count()

    def lines(self, place: _Place, value: str, indent: str, known: str = "") -> Iterator[str]:
        """Yield the lines that add the number of each test that the value of a variable, or one below it, fails.

        `known` is the name of the class that the value has in any case, if it is known.
        """
        yield from self._tests(place, value, indent, None)
        for kind in (dict, list, str):
            inside = indent if kind.__name__ == known else f"{indent} "
            lines = [*self._tests(place, value, inside, kind), *self._below(place, value, inside, kind)]
            if lines and inside != indent:
                yield f"{indent}if isinstance({value}, {kind.__name__}):"
            yield from lines

    def _tests(self, place: _Place, value: str, indent: str, kind: type | None) -> Iterator[str]:
        for number, test in place.tests.items():
            if test.of is kind:
                yield f"{indent}if not ({self._expression(test, value)}): numbers.append({number})"

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
