"""Rules with documentation made from a contract: from its schema, or quoting it instead of Partner Center's page."""

import json
from collections.abc import Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING

from pytest_pcerrors.jsontext import pointer_of
from pytest_pcerrors.rules.rule import Rule, severities_of
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.schema_rules import SchemaRule
    from pytest_pcerrors.rules.violation import Severity

_OBSERVED: "Mapping[str, Severity]" = {"source-missing": "warning"}
"""Severities in the profile `observed` where the service differs from the schema, besides the deviations in the contract."""

_JSON = "Every error response has a JSON object ({quoted})."
_UTF_8 = "RFC 8259, section 8.1, requires UTF-8 between systems, whatever charset the header names."
_MARK = "RFC 8259, section 8.1, forbids a byte order mark before JSON text."
_UNIQUE = "RFC 8259, section 4, asks for unique names; parsers differ in which value they use."
_CHALLENGE = "RFC 9110, section 11.6.1, requires the header in every 401 response."
_EMPTY = "Send an error object. A client falls back on the status and the reason phrase."
_DOCS: Mapping[str, tuple[str, ...]] = {
    "status-undocumented": ("{source} has {statuses}.",),
    "content-type": (_JSON, "", "Send `Content-Type: {media_type}` with every body."),
    "challenge-missing": (_CHALLENGE, "", "Send a challenge with every 401 response."),
    "challenge-other": (
        "`WWW-Authenticate: {challenge}` ({quoted}).",
        "another scheme",
        "Send the documented challenge.",
    ),
    "retry-after": ("`Retry-After` is a number of seconds or an HTTP date (RFC 9110, section 10.2.3).",),
    "body-empty": (_JSON,),
    "body-empty-unauthorized": (_JSON, "`HTTP/1.1 401 Unauthorized` and nothing after the headers", _EMPTY),
    "byte-order-mark": (_MARK,),
    "body-encoding": (_UTF_8,),
    "body-plain-text": (_JSON, "`Access denied.`"),
    "body-not-json": (_JSON, 'an object that is cut off, or `<html>`, or `{{"id": NaN}}`'),
    "duplicate-key": (_UNIQUE, '`{{"id": 1, "id": 2}}`'),
    "body-not-object": (_JSON,),
    "gateway-envelope": ("The code of every error is at `{code}` ({quoted}).",),
    "message-only": ("The code of every error is at `{code}` ({quoted}).",),
    "description-blank": ("The text of an error is at `{description}` ({quoted}).", "white space only"),
    "unknown-property": ("The error schema names {properties}.", "another property"),
    "code-unknown": ("{source} has {codes}.", "another code at `{code}`"),
    "pairing": ("{source} pairs HTTP statuses with codes.", "a documented code with another status"),
    "description-placeholder": ("", "a text with `{{0}}` at `{description}`"),
    "description-template": ("{source} has a text for every code.", "another text at `{description}`"),
    "error-in-success": (
        "A 2xx status means that the request was received, understood and accepted.",
        "a documented code, or a property called `error` or `errors`, in a `200` response",
        "Send an error status. If such bodies are usual, define them as `errors-below-400` in the contract.",
    ),
}
"""What differs from the documentation, the example and the fix of a rule; an empty text is kept as it is for Partner Center."""


def described(rule: "SchemaRule") -> Rule:
    """Return the rule of a keyword with its texts. A deviation that the contract names is `off` in the profile `observed`."""
    place = "/" + "/".join(rule.place)
    limit, deviation = json.dumps(rule.limit), rule.deviation
    fix = f"Send `{place}` as documented."
    if deviation:
        breaks, example = f"`{place}` is a JSON {deviation.type}.", f"a JSON {deviation.type} at `{place}`"
        fix = f"{deviation.note} A client accepts both; a mock sends the documented type." if deviation.note else fix
    elif rule.keyword == "required":
        breaks, example = f"`{place}` is missing.", f"a body without `{place}`"
    elif rule.keyword == "type":
        breaks, example = f"`{place}` is not of type {limit}; null is not one.", f"`null` at `{place}`"
    else:
        breaks, example = f"`{place}` breaks `{rule.keyword}: {limit}` of the error schema.", _example(rule, place)
    severities = severities_of(observed="off" if deviation else _OBSERVED.get(rule.name))
    own = ((rule.path, rule.test),)
    return Rule(rule.name, "properties", breaks, rule.documentation, example, fix, severities, rule, lambda _: own)


def _example(rule: "SchemaRule", place: str) -> str:
    match rule.keyword:
        case "maxLength":
            return f"{rule.limit + 1} characters at `{place}`"
        case "minLength":
            return f'`""` at `{place}`'
        case _:
            return f"a value at `{place}` that does not fit"


def quoting(rule: Rule, contract: "Contract") -> Rule:
    """Return a rule whose documentation quotes a contract, if that is not the one of Partner Center."""
    if rule.name not in _DOCS or contract.is_partner_center:
        return rule
    words = _words(contract)
    texts = zip_longest(_DOCS[rule.name], (rule.documentation, rule.example, rule.fix), fillvalue="")
    documentation, example, fix = (text.format_map(words) or old for text, old in texts)
    return rule._replace(documentation=documentation, example=example, fix=fix)


def _words(contract: "Contract") -> dict[str, str]:
    page, members = contract.page, contract.members
    title = f'"{page.title}"' if page.title else f"the contract {contract.name}"
    source = f"{title} of {page.date}" if page.date else title
    return {
        "source": safe(source[:1].upper() + source[1:]),
        "quoted": safe(source),
        "statuses": counted(len(contract.statuses), "HTTP status code"),
        "codes": counted(len(contract.catalogue.codes), "code"),
        "media_type": contract.media_type or "application/json",
        "challenge": contract.challenge or "any",
        "code": pointer_of(members.get("code", ())) or "no place",
        "description": pointer_of(members.get("description", ())) or "no place",
        "properties": safe(", ".join(contract.places.names) or "no property"),
    }
