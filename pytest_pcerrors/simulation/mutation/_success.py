"""Mutators for the rule of 2xx responses."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.simulation.mutation._base import Base, Variant

_TEXT = "The item was not processed."


def error_in_success(base: "Base") -> "Iterator[Variant]":
    """Send an error as the whole body, in a list of errors, in an item, and as a code of a device, as the real service does."""
    code = next(iter(base.contract.catalogue.codes), "7")
    known = base.document if isinstance(base.document, dict) else {}
    yield "list", base.with_document({**known, "orderErrors": [{"code": 10003, "description": _TEXT}]})
    yield (
        "item",
        base.with_document({**known, "lineItems": [{"error": {"errorCode": 10006, "errorDescription": _TEXT}}]}),
    )
    yield "device", base.with_document({**known, "devices": [{"errorCode": "806", "errorDescription": _TEXT}]})
    yield "member", base.with_document({**known, "error": {"code": code, "message": _TEXT}})
    yield "body", base.with_document({"code": code, "description": _TEXT, "data": [], "source": "PartnerFD"})
