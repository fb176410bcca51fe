"""Mutators for the rule of 2xx responses."""

from typing import TYPE_CHECKING

from pytest_pcerrors.simulation.synthesis import synthesize_status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.simulation.mutation._base import Base, Variant

_TEXT = "The item was not processed."


def error_in_success(base: "Base") -> "Iterator[Variant]":
    """Send an error as the whole body, in a list of errors, and in an item; for Partner Center as its service does, also of a device."""
    code = next(iter(base.contract.catalogue.codes), "7")
    known = base.document if isinstance(base.document, dict) else {}
    if not base.contract.is_partner_center:
        yield "list", base.with_document({**known, "errors": [{"code": code, "message": _TEXT}]})
        yield "member", base.with_document({**known, "error": {"code": code, "message": _TEXT}})
        yield "item", base.with_document({**known, "items": [{"error": _TEXT}]})
        if base.contract.catalogue:
            yield "body", base.with_body(synthesize_status(base.exchange.status, base.contract).body)
        return
    yield "list", base.with_document({**known, "orderErrors": [{"code": 10003, "description": _TEXT}]})
    yield (
        "item",
        base.with_document({**known, "lineItems": [{"error": {"errorCode": 10006, "errorDescription": _TEXT}}]}),
    )
    yield "device", base.with_document({**known, "devices": [{"errorCode": "806", "errorDescription": _TEXT}]})
    yield "member", base.with_document({**known, "error": {"code": code, "message": _TEXT}})
    yield "body", base.with_document({"code": code, "description": _TEXT, "data": [], "source": "PartnerFD"})
