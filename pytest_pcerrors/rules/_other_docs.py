"""The documentation of rules for the contract of another API: it quotes that contract instead of Partner Center's page."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.jsontext import pointer_of
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.rule import Rule


class _Docs(NamedTuple):
    """What differs from the documentation of a rule; an empty text is kept as it is for Partner Center."""

    documentation: str
    example: str = ""
    fix: str = ""


_JSON = "Every error response has a JSON object ({quoted})."
_UTF_8 = "RFC 8259, section 8.1, requires UTF-8 between systems, whatever charset the header names."
_MARK = "RFC 8259, section 8.1, forbids a byte order mark before JSON text."
_UNIQUE = "RFC 8259, section 4, asks for unique names; parsers differ in which value they use."
_CHALLENGE = "RFC 9110, section 11.6.1, requires the header in every 401 response."
_EMPTY = "Send an error object. A client falls back on the status and the reason phrase."
_DOCS: Mapping[str, _Docs] = {
    "status-undocumented": _Docs("{source} has {statuses}."),
    "content-type": _Docs(_JSON, "", "Send `Content-Type: {media_type}` with every body."),
    "challenge-missing": _Docs(_CHALLENGE, "", "Send a challenge with every 401 response."),
    "challenge-other": _Docs(
        "`WWW-Authenticate: {challenge}` ({quoted}).", "another scheme", "Send the documented challenge."
    ),
    "retry-after": _Docs("`Retry-After` is a number of seconds or an HTTP date (RFC 9110, section 10.2.3)."),
    "body-empty": _Docs(_JSON),
    "body-empty-unauthorized": _Docs(_JSON, "`HTTP/1.1 401 Unauthorized` and nothing after the headers", _EMPTY),
    "byte-order-mark": _Docs(_MARK),
    "body-encoding": _Docs(_UTF_8),
    "body-plain-text": _Docs(_JSON, "`Access denied.`"),
    "body-not-json": _Docs(_JSON, 'an object that is cut off, or `<html>`, or `{{"id": NaN}}`'),
    "duplicate-key": _Docs(_UNIQUE, '`{{"id": 1, "id": 2}}`'),
    "body-not-object": _Docs(_JSON),
    "gateway-envelope": _Docs("The code of every error is at `{code}` ({quoted})."),
    "message-only": _Docs("The code of every error is at `{code}` ({quoted})."),
    "description-blank": _Docs("The text of an error is at `{description}` ({quoted}).", "white space only"),
    "unknown-property": _Docs("The error schema names {properties}.", "another property"),
    "code-unknown": _Docs("{source} has {codes}.", "another code at `{code}`"),
    "pairing": _Docs("{source} pairs HTTP statuses with codes.", "a documented code with another status"),
    "description-placeholder": _Docs("", "a text with `{{0}}` at `{description}`"),
    "description-template": _Docs("{source} has a text for every code.", "another text at `{description}`"),
    "error-in-success": _Docs(
        "A 2xx status means that the request was received, understood and accepted.",
        "a documented code, or a property called `error` or `errors`, in a `200` response",
        "Send an error status. If such bodies are usual, define them as `errors-below-400` in the contract.",
    ),
}


def quoting(rule: "Rule", contract: "Contract") -> "Rule":
    """Return a rule whose documentation quotes a contract, if that is not the one of Partner Center."""
    docs = _DOCS.get(rule.name)
    if docs is None or contract.is_partner_center:
        return rule
    words = _words(contract)
    texts = (each.format_map(words) for each in docs)
    documentation, example, fix = (
        text or old for text, old in zip(texts, (rule.documentation, rule.example, rule.fix), strict=True)
    )
    return replace(rule, documentation=documentation, example=example, fix=fix)


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
        "properties": safe(", ".join(contract.error_schema.get("properties", ())) or "no property"),
    }
