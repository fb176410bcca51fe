"""Several contracts in one project: the host of a request chooses one."""

import json
from collections import Counter

import pytest

from pytest_pcerrors import Exchange, Request, UsageError
from pytest_pcerrors.policy.audit import finding
from pytest_pcerrors.policy.from_settings import policy_of
from pytest_pcerrors.reporting.totals import Wanted
from pytest_pcerrors.settings import Settings

ENTRY = {"status": 404, "code": "gone", "descriptions": ["Gone"]}
BODIES = {
    "odata": b'{"error": {"code": "gone", "message": "No"}}',
    "stripe": b'{"error": {"type": "x", "code": "gone", "message": "No"}}',
    "shipped": b'{"code": "20000", "description": "No", "source": "x"}',
}
PARTNER_CENTER = "api.partnercenter.microsoft.com"


@pytest.fixture
def policy_for(tmp_path):
    """Make the policy for the settings of a project with some contracts."""
    for name, envelope, hosts in (
        ("tree", "odata", ["tree.example"]),
        ("any", "stripe", []),
        ("other", "problem", []),
        ("same", "google", ["TREE.example"]),
    ):
        keys = {"format": 1, "extends": envelope, "name": name.title(), "hosts": hosts, "entries": [ENTRY]}
        (tmp_path / f"{name}.json").write_text(json.dumps(keys))

    def making(*names, **settings):
        files = [name if name == "shipped" else f"{name}.json" for name in names]
        return policy_of(Settings.of_table({"contract": files, **settings}, tmp_path))

    return making


def judged(policy, host, body):
    """Return the name of the contract that judges a response of a host, and the rules that it breaks."""
    request = Request("GET", f"https://{host}/") if host else None
    verdict = policy.judge(Exchange(404, None, body, request))
    return verdict.parsed.contract.name, [each.rule for each in verdict.violations]


def test_a_finding_names_its_contract(policy_for):
    """A report of both shows which one was broken."""
    policy = policy_for("shipped", "tree")
    requests = [Request("GET", f"https://{host}/") for host in (PARTNER_CENTER, "tree.example")]
    found = [finding(Exchange(404, None, b"[]", request), policy) for request in requests]
    named = [data.get("contract") for each in found for data in Wanted().of(each, policy, Counter())]
    assert named == ["Partner Center", "Tree"]


@pytest.mark.parametrize(
    ("names", "host", "body", "name"),
    [
        (("shipped", "tree"), PARTNER_CENTER, "shipped", "Partner Center"),
        (("shipped", "tree"), "tree.example", "odata", "Tree"),
        (("shipped", "tree"), None, "shipped", "Partner Center"),
        (("tree", "shipped"), None, "odata", "Tree"),
        (("tree", "shipped", "any"), None, "stripe", "Any"),
        (("tree", "any"), "elsewhere.example", "stripe", "Any"),
        (("tree", "any"), "tree.example", "odata", "Tree"),
    ],
)
def test_the_host_chooses_the_contract(policy_for, names, host, body, name):
    """That without hosts, or else the first, is for all other responses."""
    assert judged(policy_for(*names), host, BODIES[body]) == (name, [])


@pytest.mark.parametrize(
    ("names", "judges"),
    [
        (("shipped", "tree"), (True, True, False)),
        (("shipped", "any"), (True, True, True)),
        (("tree",), (False, True, False)),
    ],
)
def test_the_hosts_of_all_are_judged(policy_for, names, judges):
    """Any host is, if one of them is for any."""
    policy = policy_for(*names)
    hosts = (PARTNER_CENTER, "tree.example", "elsewhere.example")
    exchanges = [Exchange(404, None, b"", Request("GET", f"https://{host}/")) for host in hosts]
    assert tuple(map(policy.judges, exchanges)) == judges


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ("any", "other"),
            "at /contract: any.json and other.json have no hosts; at most one may, give the others their hosts",
        ),
        (
            ("tree", "same"),
            "at /contract: tree.json and same.json both have the host tree.example; leave it to one of them",
        ),
    ],
)
def test_the_choice_is_clear(policy_for, names, message):
    """Otherwise the files are refused."""
    with pytest.raises(UsageError, match=message):
        policy_for(*names)


def test_settings_may_name_the_rules_of_any_contract(policy_for):
    """Each contract uses those that it has; an unknown name is refused."""
    allowed = {"rule": "error-message-missing", "reason": "sometimes", "code": "gone"}
    settings = {"severity": {"error-code-type": "warning", "data-type": "off"}, "allow": [allowed]}
    policy = policy_for("shipped", "tree", **settings)
    assert judged(policy, "tree.example", b'{"error": {"code": "gone"}}') == ("Tree", [])
    assert judged(policy, "tree.example", b'{"error": {"code": "lost"}}')[1] == [
        "error-message-missing",
        "code-unknown",
    ]
    assert judged(policy.adapted(profile="observed"), "tree.example", BODIES["odata"]) == ("Tree", [])
    with pytest.raises(UsageError, match='there is no rule "error-mesage-missing"; did you mean'):
        policy_for("shipped", "tree", severity={"error-mesage-missing": "off"})


def test_all_contracts_are_documented_as_one(policy_for):
    """Their errors are listed and counted together; rules are in the order of the stages."""
    policy = policy_for("shipped", "tree")
    assert (policy.documented.name, len(policy.documented.pairings)) == ("Partner Center and Tree", 164)
    stages = [rule.stage for rule in policy.documented_rules.values()]
    assert [stage for number, stage in enumerate(stages) if stages.index(stage) == number] == list(
        dict.fromkeys(stages)
    )
    assert {"error-message-missing", "description-too-long"} < set(policy.documented_rules)
