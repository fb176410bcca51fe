"""The policy of a run: settings, profiles by path, hosts, and user rules."""

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_pcerrors import Contract, Exchange, Request, UsageError, Violation, check
from pytest_pcerrors.policy import from_settings
from pytest_pcerrors.policy.allowances import Allowance
from pytest_pcerrors.policy.check import Context, within
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.secrets import Found
from pytest_pcerrors.settings import Settings

CONTRACT = Contract.default()
ROOT = Path("/project")
CONFLICT = Exchange(409, None, b'{"code": "800064", "description": "Busy", "source": "PartnerFD"}')


def policy_of(root, **table):
    """Make the policy that a table of settings describes."""
    return from_settings.policy_of(Settings.of_table(table, root), root=root)


def test_settings_make_a_policy(tmp_path):
    """Profile, severities, allowances, hosts and length unit are what the table says."""
    policy = policy_of(
        tmp_path,
        profile="observed",
        severity={"code-number": "warning"},
        allow=[{"rule": "pairing", "reason": "live", "code": 3000, "until": "2027-06-30"}],
        hosts=["API.contoso.com"],
        **{"length-unit": "utf-16"},
    )
    assert (policy.profile, policy.overrides, policy.length_unit) == ("observed", {"code-number": "warning"}, "utf-16")
    assert policy.hosts == {"api.contoso.com"}
    assert [(each.rule, each.code) for each in policy.allowances] == [("pairing", {"3000"})]


def test_settings_name_a_contract(tmp_path):
    """A contract file is read from the folder of the settings; its hosts are the ones that are judged."""
    CONTRACT.save(tmp_path / "own.json")
    policy = policy_of(tmp_path, contract="own.json")
    assert policy.contract is not CONTRACT
    assert policy.hosts == set(CONTRACT.hosts)


def test_options_override_settings(tmp_path):
    """A given contract and profile override the settings."""
    settings = Settings.of_table({"contract": "missing.json", "profile": "documented"}, tmp_path)
    policy = from_settings.policy_of(settings, contract=CONTRACT, profile="observed")
    assert (policy.contract, policy.profile_for("cassettes/a.yaml:1")) == (CONTRACT, "observed")


@pytest.mark.parametrize(
    ("origin", "profile"),
    [
        ("cassettes/a.yaml:1", "observed"),
        ("cassettes/own/a.yaml:1", "documented"),
        ("cassettes/own/a.yaml", "documented"),
        ("other/a.yaml:1", "documented"),
        (None, "documented"),
    ],
)
def test_the_longest_path_wins(origin, profile):
    """A recording is judged under the profile of the deepest folder that it lies in."""
    by_path = ((ROOT / "cassettes/own", "documented"), (ROOT / "cassettes", "observed"))
    assert Policy(CONTRACT, profile_by_path=by_path, root=ROOT).profile_for(origin) == profile


def test_a_profile_by_path_is_applied():
    """The same bytes are judged by where they were recorded."""
    number = CONFLICT.body.replace(b'"800064"', b"800064")
    policy = Policy(CONTRACT, profile_by_path=((ROOT / "observed", "observed"),), root=ROOT)
    found = [policy.judge(Exchange(409, None, number, origin=each)).violations for each in ("observed/a.yaml:1", "a:1")]
    assert [len(each) for each in found] == [0, 1]


@pytest.mark.parametrize(
    ("hosts", "url", "expected"),
    [
        (CONTRACT.hosts, "https://API.PartnerCenter.microsoft.com:443/v1", True),
        (CONTRACT.hosts, "https://partner.partnercenterapi.microsoftonline.cn/v1", True),
        (CONTRACT.hosts, "https://login.microsoftonline.com/token", False),
        (CONTRACT.hosts, "https://api.partnercenter.microsoft.com.contoso.com/", False),
        (CONTRACT.hosts, "/v1/customers", True),
        (CONTRACT.hosts, None, True),
        ((), "https://contoso.com", True),
    ],
)
def test_hosts_bind_recordings(hosts, url, expected):
    """Exchanges with other hosts are not judged; what is unknown is, and without hosts everything."""
    exchange = Exchange(409, None, b"", Request("GET", url) if url else None)
    assert Policy(CONTRACT, hosts=frozenset(hosts)).judges(exchange) is expected


def test_a_policy_is_adapted_to_a_test():
    """Allowances are added, and another profile overrides all others; without either, the policy is unchanged."""
    policy = Policy(CONTRACT, allowances=(Allowance("pairing", "live"),))
    adapted = policy.adapted((Allowance("code-number", "live"),), "observed")
    assert policy.adapted() is policy
    assert [each.rule for each in adapted.allowances] == ["pairing", "code-number"]
    assert adapted.profile_for(None) == "observed"
    assert adapted.adapted((Allowance("code-type", "live"),)).profile_for(None) == "observed"


def busy_cart(parsed):
    """Find a cart that is busy."""
    if parsed.description == "Busy":
        yield Violation("the cart is busy", "/description")


class Deadline:
    """A rule may be any callable."""

    def __call__(self, parsed):
        """Find nothing."""
        return []


def test_a_user_rule_is_a_rule():
    """It is named by its function, has a severity, and is reported like any other."""
    policy = Policy(CONTRACT, user_rules=(busy_cart, Deadline()), overrides={"busy-cart": "warning"})
    [violation] = policy.judge(CONFLICT).violations
    assert str(violation) == "busy-cart /description: the cart is busy"
    assert violation.severity == "warning"


def test_a_user_rule_sees_bodies_of_every_kind():
    """A user rule also runs if a stage ends the check early."""

    def no_text(parsed):
        return [] if parsed.is_object else [Violation("no object")]

    found = Policy(CONTRACT, user_rules=(no_text,)).judge(Exchange(403, None, b"Denied")).violations
    assert [violation.rule for violation in found] == ["no-text", "body-plain-text"]


@pytest.mark.parametrize("taken", ["pairing", "code_number", "allowance_expired", "unreadable", "status_unexpected"])
def test_a_user_rule_needs_a_name_of_its_own(taken):
    """A name that another rule has would make severities and allowances mean two things."""

    def rule(parsed):
        return []

    rule.__name__ = taken
    with pytest.raises(UsageError, match=r"there is already a rule"):
        Policy(CONTRACT, user_rules=(rule,))


def test_two_user_rules_need_two_names():
    """The same function twice is a slip as well."""
    with pytest.raises(UsageError, match="there is already a rule busy-cart"):
        Policy(CONTRACT, user_rules=(busy_cart, busy_cart))


@pytest.mark.parametrize(
    ("found", "reported"),
    [
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda: None, "TypeError: it returns NoneType; a rule yields each Violation, or returns a list of them"),
        (lambda: Violation("busy"), "TypeError: it returns Violation; a rule yields each Violation"),
        (lambda: ["busy"], "TypeError: it yields str; a rule yields each Violation"),
        (lambda: [Violation(7)], "TypeError"),
    ],
    ids=["raises", "returns-nothing", "returns-one", "yields-text", "message-is-no-text"],
)
def test_a_user_rule_that_fails_is_misuse(found, reported):
    """The rule and the response that it failed on are named."""

    def broken(parsed):
        return found()

    with pytest.raises(UsageError, match=f"your rule broken failed on <Exchange 409, .* bytes>: {reported}"):
        Policy(CONTRACT, user_rules=(broken,)).judge(CONFLICT)


def test_a_rule_is_imported_from_beside_the_settings(tmp_path):
    """The folder of the settings need not be on the Python path."""
    (tmp_path / "own_rules.py").write_text("def always(reading):\n    return []\n", "utf-8")
    policy = policy_of(tmp_path, rules=["own_rules:always"])
    assert "always" in policy.rules.rules


@pytest.mark.parametrize(
    ("rule", "module", "reported"),
    [
        ("pc_missing:rule", "", "ModuleNotFoundError: No module named 'pc_missing'; install it, or put it in "),
        ("pc_without:rule", "", "AttributeError: module 'pc_without' has no attribute 'rule'"),
        ("pc_slip:rule", "def rule(:", "SyntaxError"),
        ("pc_fails:rule", "1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_rule_that_cannot_be_imported_is_misuse(tmp_path, rule, module, reported):
    """Any exception of the user's module is reported with the name of the rule."""
    if rule != "pc_missing:rule":
        (tmp_path / f"{rule.partition(':')[0]}.py").write_text(module, "utf-8")
    with pytest.raises(UsageError, match=f"the rule {rule} cannot be imported: {reported}"):
        policy_of(tmp_path, rules=[rule])


def test_a_rule_that_is_no_function_is_misuse(tmp_path):
    """A rule is called."""
    with pytest.raises(UsageError, match="the rule os:name is not a function"):
        policy_of(tmp_path, rules=["os:name"])


def test_another_contract_for_one_check_keeps_what_fits(contract_of):
    """Severities and allowances for rules that this contract does not have are ignored."""
    policy = Policy(
        CONTRACT,
        overrides={"source-missing": "off", "pairing": "off"},
        allowances=(Allowance("source-missing", "live"), Allowance("code-missing", "live")),
        user_rules=(busy_cart,),
    )
    contract = contract_of({"type": "object", "required": ["code", "reason"]})
    with within(Context(policy)):
        found = check((400, b'{"a": 1}'), contract=contract)
    assert [violation.rule for violation in found] == ["reason-missing"]


@pytest.mark.parametrize("name", ["unreadable", "allowance-expired", "code-unexpected"])
def test_what_is_always_an_error_cannot_be_set(name):
    """Rules outside of the stages have no severity to change."""
    with pytest.raises(UsageError, match=f"{name} is always an error"):
        Policy(Contract.default(), overrides={name: "off"})


@pytest.mark.parametrize("arguments", [{"contract": "mine.json"}, {"profile": 3}, {"profile": ""}])
def test_arguments_of_other_types_are_misuse(arguments):
    """The overrides are a contract and the name of a profile."""
    with pytest.raises(UsageError, match=next(iter(arguments))):
        check((404, b"{}"), **arguments)


FOUND = [Found("request URL, parameter sig", "secret")]
WITH_SECRET = Exchange(
    200, None, b"", Request("GET", "https://login.contoso.com/?sig=abc"), origin="cassettes/a.yaml:1"
)


@pytest.mark.parametrize(
    ("excused", "count"),
    [({}, 0), ({"path": ROOT / "other"}, 1), ({"url": "https://login.*"}, 0), ({"status": frozenset({404})}, 1)],
)
def test_a_recorded_secret_can_be_excused(excused, count):
    """By path, URL, code and status, like any other violation."""
    policy = Policy(CONTRACT, allowances=(Allowance("secret-recorded", "made up", **excused),), root=ROOT)
    verdict = policy.secrets_in(WITH_SECRET, FOUND)
    assert (len(verdict.violations), len(verdict.allowed), verdict.of_recording) == (count, 1 - count, True)


def test_a_rule_of_recordings_can_be_set():
    """What is off is not found; what is stale is judged the same way."""
    policy = Policy(CONTRACT, overrides={"secret-recorded": "off", "stale": "error"})
    assert not policy.secrets_in(WITH_SECRET, FOUND).violations
    assert policy.searches_for_secrets
    assert not replace(policy, overrides={"secret-recorded": "off", "secret-suspected": "off"}).searches_for_secrets
    found = [Violation("old", rule="stale"), Violation("secret", rule="secret-recorded")]
    assert [(each.rule, each.severity) for each in policy.of_recording(WITH_SECRET, found).violations] == [
        ("stale", "error")
    ]


def test_settings_say_what_else_is_a_secret(tmp_path):
    """The table redact of the settings."""
    policy = policy_of(tmp_path, redact={"names": ["pin"]})
    exchange = Exchange(200, None, b'{"pin": "1"}')
    [violation] = policy.secrets_in(exchange, policy.redaction.found(exchange)).violations
    assert (violation.rule, violation.hint) == ("secret-recorded", "redact it before it is recorded")
    assert policy.secrets_in(exchange, ()) is None
