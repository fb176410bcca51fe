"""Cassettes of the VCR family: what VCR.rb, vcr of R, Betamax, Schemathesis, go-vcr and php-vcr write differently from vcrpy."""

from typing import Any

from pytest_pcerrors.exchange.archives.foreign._tools import is_object
from pytest_pcerrors.text import late_pattern

LISTS = ("interactions", "http_interactions")
"""The keys of the list of interactions: of vcrpy and go-vcr; of VCR.rb, vcr of R, Betamax and Schemathesis."""

_REASON = late_pattern(r"(?:[0-9]{3} )?(.*)")
_INTEGER = late_pattern(r"-?[0-9]{1,18}")
_OF_TESTS = "checks"


def is_unanswered(interaction: Any) -> bool:
    """Return whether an interaction of Schemathesis has no response, because the server did not answer."""
    return isinstance(interaction, dict) and _OF_TESTS in interaction and interaction.get("response") is None


def is_interaction(value: Any) -> bool:
    """Return whether a value is an interaction with request and response; php-vcr writes a list of them as the document."""
    return isinstance(value, dict) and all(isinstance(value.get(key), dict) for key in ("request", "response"))


def har_from_text(entry: Any) -> Any:
    """Return an entry of HAR, read from text, with its numbers as numbers."""
    response = entry.get("response") if isinstance(entry, dict) else None
    if not isinstance(response, dict):
        return entry
    content = response.get("content")
    inner = {"content": _numbers(content, "size")} if isinstance(content, dict) else {}
    return entry | {"response": _numbers(response, "status", "bodySize") | inner}


def _numbers(members: dict[str, Any], *names: str) -> dict[str, Any]:
    texts = {name: members[name] for name in names if isinstance(members.get(name), str)}
    return members | {name: int(text) for name, text in texts.items() if _INTEGER.fullmatch(text)}


def in_common_form(interaction: Any) -> Any:
    """Return an interaction of go-vcr, php-vcr, vcr of R or an old Betamax in the form of vcrpy; any other value unchanged."""
    match interaction:
        case {"response": {"status": {"status_code": _}}} | {
            "response": {"status": int() | str(), "body": {"raw_gzip": str()} | {"on_disk": str()}},
            "recorded_at": _,
        }:
            return _of_r(interaction)
        case {"response": {"status": {"http_version": _}}} | {"response": {"status": {}, "curl_info": _}}:
            return _of_php(interaction)
        case {"response": {"status": {}}}:
            return interaction
        case {"response": {"status_code": code, "body": {}} as response}:  # of Betamax before 0.4
            return interaction | {"response": {**response, "status": {"code": code, "message": None}}}
        case {"response": {"code": code} as response}:
            status = response.get("status")
            reason = _REASON.fullmatch(status or "") if isinstance(status, str | None) else None
            common = {
                "status": {"code": code, "message": (reason[1] if reason else "") or None},
                "headers": response.get("headers"),
                "body": response.get("body") or "",
            }
            return interaction | {"response": common}
        case _:
            return interaction


def _of_r(interaction: dict[str, Any]) -> dict[str, Any]:
    """Return an interaction of R with its status and its body in the form of vcrpy; the body is left out if a file of its own has it."""
    status = interaction["response"]["status"]
    named = status if isinstance(status, dict) else {"status_code": status}
    common = {"code": named["status_code"], "message": named.get("reason", named.get("message"))}
    response = {**interaction["response"], "status": common}
    match response:
        case {"body": {"on_disk": _} | {"file": True | "yes" | "true"}}:
            del response["body"]
        case {"body": {"raw_gzip": packed}}:
            response["body"] = {"base64_string": packed}
    return interaction | {"response": response}


def _of_php(interaction: dict[str, Any]) -> dict[str, Any]:
    """Return an interaction of php-vcr with the empty body that it leaves out, and without the headers that curl did not send."""
    request: Any = interaction.get("request")
    if is_object(request, "headers") and isinstance(request["headers"], dict):
        sent = {name: value for name, value in request["headers"].items() if value is not None}
        request = request | {"headers": sent}
    return interaction | {"request": request, "response": {"body": "", **interaction["response"]}}
