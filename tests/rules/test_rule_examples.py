"""Every rule by example: `tests/examples/{conforming,violating}/<rule>/<case>.json`, where a new case is a new file.

A file is one response in the form of a mapping: `status`, `headers`, `body` (text as it is, anything else as JSON) or
`body_base64`, and where they matter `request` and `reason`. A violating one may add `pointer`: where the violation lies.
A rule that the shipped contract does not have is shown with the contract document in `contract`.
"""

import json
from pathlib import Path

import pytest

from pytest_pcerrors import Contract, Exchange
from pytest_pcerrors.contract.files import named_document
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.stages import rule_set

EXAMPLES = Path(__file__).parents[1] / "examples"
RULES = tuple(rule_set(Contract.default()).rules)
OF_OTHERS = ("status-differs",)


@pytest.fixture
def judged(strict, tmp_path):
    """Judge the response of an example, by its own contract if it has one."""

    def judging(path):
        response = json.loads(path.read_text("utf-8"))
        pointer, document = response.pop("pointer", ""), response.pop("contract", None)
        policy = strict
        if document is not None:
            file = tmp_path / "contract.json"
            file.write_text(json.dumps(document))
            policy = Policy(Contract.of_document(named_document(file)))
        found = policy.judge(Exchange.of(response)).violations
        return pointer, [(violation.rule, violation.pointer) for violation in found]

    return judging


def examples(kind):
    """Return the folders of the examples of a kind, each named by its rule."""
    return [pytest.param(path, id=path.name) for path in sorted(EXAMPLES.glob(f"{kind}/*"))]


@pytest.mark.parametrize("folder", examples("violating"))
def test_a_violating_example_breaks_its_rule(judged, folder):
    """A rule finds what breaks it, and says where."""
    for path in sorted(folder.iterdir()):
        pointer, found = judged(path)
        assert (folder.name, pointer) in found, path.name


@pytest.mark.covered
@pytest.mark.parametrize("folder", examples("conforming"))
def test_a_conforming_example_keeps_its_rule(judged, folder):
    """A rule finds nothing in a response that only looks like a violation."""
    for path in sorted(folder.iterdir()):
        _, found = judged(path)
        assert folder.name not in [rule for rule, _ in found], path.name


@pytest.mark.parametrize("kind", ["conforming", "violating"])
def test_every_rule_has_examples(kind):
    """Every rule of the stages has examples of both kinds, and there are no other examples."""
    assert {path.parent.name for path in EXAMPLES.glob(f"{kind}/*/*.json")} == {*RULES, *OF_OTHERS}
