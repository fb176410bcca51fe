"""The rule reference: Markdown made from the rules themselves."""

import re

from pytest_pcerrors import Contract
from pytest_pcerrors.cli.catalogue import as_markdown
from pytest_pcerrors.rules.registry import all_rules
from pytest_pcerrors.rules.rule import Rule
from pytest_pcerrors.rules.stages import rule_set


def test_every_rule_has_a_section():
    """Under its stage, in the order of the stages."""
    rules = all_rules(rule_set(Contract.default()).rules)
    assert re.findall(r"^### `(.*)`$", as_markdown(rules), re.MULTILINE) == [rule.name for rule in rules]


def test_a_section_reports_what_the_rule_says_and_leaves_out_what_it_does_not():
    """When it breaks, an example, severities; no empty line for page or fix."""
    rule = Rule("x", "head", "It breaks.", example="`7`", severities={"documented": "error", "observed": "off"})
    assert as_markdown([rule]).endswith(
        "\n## Stage: head\n\nStatus and headers. These rules run for every error response.\n\n### `x`\n\n"
        "- **Breaks when:** It breaks.\n- **Example:** `7`\n- **Severity:** `documented` error, `observed` off\n"
    )


def test_rules_of_users_have_a_stage():
    """A rule from the settings is listed with the others."""
    assert "## Stage: user\n\nYour own rules." in as_markdown([Rule("mine", "user", "It breaks.")])


def test_the_reference_begins_with_what_it_is_about():
    """Readers see no note for maintainers."""
    assert as_markdown([]).startswith("# Rules\n\nA response is checked in stages.")
