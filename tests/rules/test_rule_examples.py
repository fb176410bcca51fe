"""Every rule by example: `tests/examples/{conforming,violating}/<rule>/<case>.json`, where a new case is a new file.

A file is one response in the form of a mapping: `status`, `headers`, `body` (text as it is, anything else as JSON) or
`body_base64`, and where they matter `request` and `reason`. A violating one may add `pointer`: where the violation lies.
"""

import json
from pathlib import Path

import pytest

from pytest_pcerrors import Contract, Exchange
from pytest_pcerrors.rules.stages import rule_set

EXAMPLES = Path(__file__).parents[1] / "examples"
RULES = tuple(rule_set(Contract.default()).rules)


def examples(kind):
    """Return every example of a kind as a case named by rule and file."""
    return [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in sorted(EXAMPLES.glob(f"{kind}/*/*"))]


@pytest.mark.parametrize("path", examples("violating"))
def test_a_violating_example_breaks_its_rule(strict, path):
    """A rule finds what breaks it, and says where."""
    response = json.loads(path.read_text("utf-8"))
    pointer = response.pop("pointer", "")
    found = strict.judge(Exchange.of(response)).violations
    assert (path.parent.name, pointer) in [(violation.rule, violation.pointer) for violation in found]


@pytest.mark.covered
@pytest.mark.parametrize("path", examples("conforming"))
def test_a_conforming_example_keeps_its_rule(strict, path):
    """A rule finds nothing in a response that only looks like a violation."""
    response = json.loads(path.read_text("utf-8"))
    found = strict.judge(Exchange.of(response)).violations
    assert path.parent.name not in [violation.rule for violation in found]


@pytest.mark.parametrize("kind", ["conforming", "violating"])
def test_every_rule_has_examples(kind):
    """Every rule of the stages has examples of both kinds, and there are no other examples."""
    assert {path.parent.name for path in EXAMPLES.glob(f"{kind}/*/*.json")} == set(RULES)
