"""The mutation matrix: a conforming response with one property changed breaks exactly one rule, whatever the rule."""

import json
from dataclasses import dataclass, replace

import pytest

from pytest_pcerrors import Contract, Exchange
from pytest_pcerrors.rules.stages import rule_set


@dataclass(frozen=True)
class Response:
    """A response whose parts are changed one at a time."""

    status: int
    headers: dict
    document: dict

    @property
    def text(self):
        """The body as text."""
        return json.dumps(self.document)

    def exchange(self):
        """Make what is judged."""
        return Exchange(self.status, self.headers, self.text.encode())


JSON = {"Content-Type": "application/json"}
CHALLENGE = {**JSON, "WWW-Authenticate": "OAuth realm=urn:cpsvc:cpid:7"}
ERROR = {"code": "800064", "description": "Another request is already processing cart 7", "source": "PartnerFD"}
UNAUTHORIZED = {"code": "800001", "description": "The request context holds no partner token", "source": "PartnerFD"}

CONFLICT = Response(409, JSON, ERROR)
NO_ACCESS = Response(401, CHALLENGE, UNAUTHORIZED)
TOO_MANY = Response(429, {**JSON, "Retry-After": "57"}, ERROR)
SUCCESS = Response(200, JSON, {"id": "7", "orderErrors": []})
BASES = [CONFLICT, NO_ACCESS, TOO_MANY, SUCCESS]


def part(base, **parts):
    """Change the status, the headers or the whole document of a response."""
    return replace(base, **parts).exchange()


def member(name, value):
    """Give the error object another value, or one more member."""
    return part(CONFLICT, document={**ERROR, name: value})


def without(name):
    """Take a member out of the error object."""
    return part(CONFLICT, document={each: value for each, value in ERROR.items() if each != name})


def body(data, base=CONFLICT):
    """Send other bytes with the same status and headers."""
    return Exchange(base.status, base.headers, data)


MUTATIONS = {
    "status-undocumented": part(CONFLICT, status=418),
    "content-type": part(CONFLICT, headers={"Content-Type": "text/html"}),
    "challenge-missing": part(NO_ACCESS, headers=JSON),
    "challenge-other": part(NO_ACCESS, headers={**CHALLENGE, "WWW-Authenticate": "Bearer"}),
    "retry-after": part(TOO_MANY, headers=JSON),
    "body-empty": body(b""),
    "body-empty-unauthorized": body(b"", NO_ACCESS),
    "byte-order-mark": body(CONFLICT.text.encode("utf-8-sig")),
    "body-encoding": body(CONFLICT.text.encode("utf-16")),
    "body-plain-text": body(b"The cart is busy."),
    "body-not-json": body(CONFLICT.text[:-1].encode()),
    "duplicate-key": body(CONFLICT.text.replace("{", '{"code": "1", ', 1).encode()),
    "body-not-object": body(f"[{CONFLICT.text}]".encode()),
    "gateway-envelope": part(CONFLICT, document={"statusCode": 409, "message": "Busy"}),
    "message-only": part(CONFLICT, document={"message": "Busy"}),
    "code-missing": without("code"),
    "description-missing": without("description"),
    "source-missing": without("source"),
    "code-number": member("code", 800064),
    "code-type": member("code", None),
    "description-type": member("description", None),
    "description-empty": member("description", ""),
    "description-too-long": member("description", f"{ERROR['description']}{'0' * 1024}"),
    "data-type": member("data", {}),
    "data-item-string": member("data", ["a"]),
    "data-item-type": member("data", [None]),
    "source-type": member("source", None),
    "description-blank": member("description", " "),
    "unknown-property": member("isRetryable", "no"),
    "code-unknown": member("code", "60012"),
    "pairing": part(CONFLICT, status=404),
    "description-placeholder": member("description", "Another request is already processing cart {0}"),
    "description-template": member("description", "Busy"),
    "error-in-success": part(SUCCESS, document={"id": "7", "orderErrors": [{"code": 7}]}),
}


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.status)
def test_a_base_breaks_no_rule(strict, base):
    """What is mutated keeps every rule."""
    assert strict.judge(base.exchange()).violations == ()


@pytest.mark.parametrize(("rule", "mutant"), MUTATIONS.items(), ids=MUTATIONS)
def test_a_mutant_breaks_its_rule_alone(strict, rule, mutant):
    """A rule sees its property and nothing else."""
    found = strict.judge(mutant).violations
    assert [violation.rule for violation in found] == [rule]


@pytest.mark.parametrize(("rule", "mutant"), MUTATIONS.items(), ids=MUTATIONS)
def test_a_mutant_conforms_without_its_rule(strict, rule, mutant):
    """With its rule off, a mutant conforms: no other rule reports it."""
    lenient = replace(strict, overrides={**strict.overrides, rule: "off"})
    assert lenient.judge(mutant).violations == ()


def test_every_rule_has_a_mutant():
    """A rule without a line in the table is not proved to be independent."""
    assert list(MUTATIONS) == list(rule_set(Contract.default()).rules)
