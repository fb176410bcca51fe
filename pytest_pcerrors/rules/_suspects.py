"""The rules for members that an object may break: their tests compiled into one function, which looks at each place once.

The code consists of the tests of the rules themselves, so a rule is defined in one place.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.jsontext import EACH

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules._keywords import ValueTest
    from pytest_pcerrors.rules.rule import Rule

Suspects = Callable[[Any, int], "Sequence[Rule]"]
"""A function of an object and the status of its response; it returns the rules that the object may break, mostly none."""


def suspects_among(rules: "Sequence[Rule]", contract: "Contract") -> Suspects:
    """Return the function that returns those of the rules that have no tests, or of which a test fails.

    A rule of the error schema that it returns is broken, so its check is not repeated.
    """
    body, sharing = _Place(), defaultdict[Any, list[int]](list)
    for number, rule in enumerate(rules):
        sharing[rule.tests].append(number)
    untested = sharing.pop(None, [])
    for tests, numbers in sharing.items():
        for path, test in tests(contract):
            body.at(path).tests.append((numbers, test))
    known = [each._replace(check=getattr(each.check, "violations", each.check)) for each in rules]
    names: dict[str, Any] = {"selected": lambda numbers: [known[number] for number in sorted({*numbers})]}
    lines = [f"numbers = {untested}", *_code(body, "value", names), "return numbers and selected(numbers)"]
    try:
        exec("\n ".join(["def suspects(value, status):", *lines]), names)  # noqa: S102 - the texts are those of the tests, and literals
    except SyntaxError:  # a schema with more levels than Python code can have
        return lambda _, __: rules
    suspects: Suspects = names["suspects"]
    return suspects


@dataclass(eq=False, repr=False)
class _Place:
    """A place of a body: the tests of its value with the numbers of the rules that have it, and the places below it by the step to them."""

    tests: "list[tuple[list[int], ValueTest]]" = field(default_factory=list)
    below: "dict[str, _Place]" = field(default_factory=dict)

    def at(self, path: tuple[str, ...]) -> "_Place":
        """Return the place at a path below this one; it is added if it is new."""
        place = self
        for step in path:
            place = place.below.setdefault(step, _Place())
        return place


def _code(place: _Place, value: str, names: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that test the value of a variable, and the values below it; add the constants in them to `names`."""
    yield from _tests(place, None, value, names)
    for kind in (dict, list, str, int):
        inside = [*_tests(place, kind, value, names), *_below(place, kind, value, names)]
        if inside:
            yield f"if isinstance({value}, {kind.__name__}):"
            yield from _indented(inside)


def _tests(place: _Place, kind: type | None, value: str, names: dict[str, Any]) -> Iterator[str]:
    for numbers, test in place.tests:
        if test.of is kind:
            own = {name: f"{name}_{len(names) + index}" for index, name in enumerate(test.constants)}
            names |= {own[name]: constant for name, constant in test.constants.items()}
            yield f"if not ({test.expression.format(value=value, **own)}): numbers += {numbers}"


def _below(place: _Place, kind: type, value: str, names: dict[str, Any]) -> Iterator[str]:
    for index, (step, below) in enumerate(place.below.items()):
        inner = f"{value}_{index}"
        if step == EACH and kind is list:
            yield f"for {inner} in {value}:"
            yield from _indented(_code(below, inner, names))
        elif step != EACH and kind is dict:
            yield f"if {step!r} in {value}:"
            yield from _indented([f"{inner} = {value}[{step!r}]", *_code(below, inner, names)])


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f" {line}" for line in lines)
