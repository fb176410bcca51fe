"""Invented shapes that a client may receive: faults of gateways, proxies and broken servers."""

from pytest_pcerrors.simulation.shapes.shape import GATEWAY, PAGE, SERVICE, Sender, Shape, as_json, error

_CUSTOMERS = "GET /v1/customers"
_LATIN_1 = Sender("application/json; charset=iso-8859-1", identifies=True)


def _page(title: str) -> str:
    return f"<html>\n<head><title>{title}</title></head>\n<body><center><h1>{title}</h1></center></body>\n</html>\n"


FAULTS = (
    Shape("html-502", _CUSTOMERS, _page("502 Bad Gateway"), sender=PAGE, is_general=True),
    Shape(
        "html-503",
        _CUSTOMERS,
        _page("503 Service Unavailable"),
        sender=PAGE,
        headers={"Retry-After": "30"},
        is_general=True,
    ),
    Shape("html-504", _CUSTOMERS, _page("504 Gateway Timeout"), sender=PAGE, is_general=True),
    Shape("html-200", _CUSTOMERS, _page("Sign in to the network"), sender=PAGE, is_general=True),
    Shape(
        "gateway-401",
        _CUSTOMERS,
        as_json({"statusCode": 401, "message": "The token has expired."}),
        sender=GATEWAY,
        headers={"WWW-Authenticate": "Bearer"},
    ),
    Shape(
        "gateway-503",
        _CUSTOMERS,
        as_json({"statusCode": 503, "message": "The service is busy. Wait 30 seconds before the next call."}),
        sender=GATEWAY,
        headers={"Retry-After": "30"},
    ),
    Shape("empty-500", _CUSTOMERS, is_general=True),
    Shape("null-500", _CUSTOMERS, "null", is_general=True),
    Shape("truncated-json-500", _CUSTOMERS, as_json({"message": "The list could not be read."})[:24], is_general=True),
    Shape("empty-description-500", _CUSTOMERS, error("InternalServerError", "")),
    Shape(
        "long-description-400",
        "POST /v1/customers",
        error("600051", "The phone number is not valid. " * 60),
        {"companyProfile": {"domain": "example.onmicrosoft.com"}},
    ),
    Shape(
        "latin-1-400",
        "POST /v1/customers",
        error("600051", "Das Feld für die Telefonnummer ist ungültig.").encode("latin-1"),
        {"companyProfile": {"domain": "example.onmicrosoft.com"}},
        _LATIN_1,
    ),
    Shape(
        "byte-order-mark-404",
        "GET /v1/customers/{customer}",
        "\ufeff" + error("3000", "No customer has this ID."),
    ),
    Shape(
        "error-envelope-403",
        "GET /v1/customers/{customer}",
        as_json({"error": {"code": "accessDenied", "message": "The caller may not see this customer."}}),
        sender=SERVICE,
    ),
)
