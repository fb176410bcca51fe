"""Error responses with an undocumented shape that were observed from the real service, in our own words."""

from pytest_pcerrors.simulation.shapes.shape import GATEWAY, TEXT, Shape, Sighting, as_json, error

_NOT_PERMITTED = "The application lacks the permission that this call needs."
_NO_AGREEMENT = "The customer has accepted no agreement yet."

ERRORS = (
    Sighting(
        "numeric-code",
        "The usual error: code is a JSON number, data an array of strings. 2001 and 3000 are in the catalogue, 3000\n"
        "with 400 only; 60012, 2000, 2203 and 1002 are not.",
        (
            Shape(
                "numeric-code-400",
                "PATCH /v1/customers/{customer}/subscriptions/{subscription}",
                error(2001, "This subscription is suspended, so its seats cannot be changed."),
                {"quantity": 12},
            ),
            Shape(
                "numeric-code-404",
                "GET /v1/profiles/mpn?mpnId=7654321",
                error(3000, "No partner profile belongs to this MPN ID.", "7654321"),
            ),
            Shape(
                "data-sentence-400",
                "POST /v1/customers/{customer}/users/{user}/licenseupdates",
                error(
                    60012,
                    "All licenses of this product are assigned already.",
                    "LicenseQuotaExceeded: subscription 5d0c5b5e-66a1-4c4f-9f0a-0f7b3a1f7a10 has 0 of 25 licenses left",
                ),
                {"licensesToAssign": [{"skuId": "4a51bca5-1eff-43f5-878c-177680f191af"}]},
            ),
            Shape(
                "data-fields-400",
                "GET /v1/customers?size=20&filter=%7B%22Operator%22%3A%22contains%22%7D",
                error(
                    2000,
                    "Customers can be searched with starts_with and equals only.",
                    "Operator",
                    "Field",
                    source="PartnerApiServiceControllers",
                ),
            ),
            Shape(
                "data-address-400",
                "GET /v1/compliance/mpa?mpnId=1234567",
                error(
                    2203,
                    "No reseller was found for this partner ID.",
                    "https://api.partnercenter.microsoft.com/v1/compliance/mpa",
                    source="ComplianceController",
                ),
            ),
            Shape(
                "numeric-code-403", "GET /v1/customers/{customer}", error(1002, "The caller may not see this customer.")
            ),
        ),
    ),
    Sighting(
        "digit-string-code",
        "A code in quotes, as documented, which is rare; this one is not in the catalogue.",
        (
            Shape(
                "digit-string-code-401",
                "POST /v1/customers/{customer}/carts",
                error("900420", "The account that signed in may not buy for this customer."),
                {"lineItems": []},
            ),
        ),
    ),
    Sighting(
        "word-code",
        "The code is a word. The service was seen to send it with an empty description, which even the profile observed\n"
        "rejects (description-empty); so this recording has a text.",
        (
            Shape(
                "word-code-500",
                "GET /v1/invoices/summary",
                error("InternalServerError", "Something went wrong on our side."),
            ),
        ),
    ),
    Sighting(
        "code-zero",
        "The code 0, which the catalogue has with 501 only, as a number and with other statuses.",
        (
            Shape(
                "code-zero-500",
                "GET /v1/customers/{customer}/subscriptions",
                error(0, "The list of subscriptions could not be read."),
            ),
            Shape(
                "code-zero-400",
                "GET /v1/customers/{customer}/profiles/billing",
                error(0, "The customer ID in the path is not a GUID.", source="PartnerApiServiceControllers"),
            ),
        ),
    ),
    Sighting(
        "rich-object",
        "A fuller error object, with message, errorName, isRetryable, parameters and errorMessageExtended, and without\n"
        "source and data.",
        (
            Shape(
                "rich-403",
                "POST /v1/customers/{customer}/orders",
                as_json(
                    {
                        "code": 600061,
                        "message": _NO_AGREEMENT,
                        "description": _NO_AGREEMENT,
                        "errorName": "AgreementMissing",
                        "isRetryable": False,
                        "parameters": {},
                        "errorMessageExtended": "InternalErrorCode=600061",
                    }
                ),
                {"referenceCustomerId": "b7f2", "lineItems": []},
            ),
        ),
    ),
    Sighting(
        "json-in-description",
        "The description is a JSON document, written into the string.",
        (
            Shape(
                "json-in-description-400",
                "POST /v1/customers/{customer}/carts/{cart}/checkout",
                error(
                    800002,
                    as_json(
                        {
                            "Code": "InvalidLineItem",
                            "Message": "Line item 0 cannot be bought in this region.",
                            "Details": [],
                        }
                    ),
                ),
            ),
        ),
    ),
    Sighting(
        "html-entity",
        "The description holds an HTML entity where the text has an apostrophe.",
        (
            Shape(
                "html-entity-400",
                "POST /v1/customers/{customer}/users/{user}/licenseupdates",
                error(60012, "The customer&#39;s licenses are used up."),
                {"licensesToAssign": []},
            ),
        ),
    ),
    Sighting(
        "gateway-too-many-requests",
        "The gateway's own envelope, with Retry-After, without charset and without MS-* headers.",
        (
            Shape(
                "gateway-429",
                "GET /v1/customers?size=500",
                as_json({"statusCode": 429, "message": "Too many calls. Wait 41 seconds before the next one."}),
                sender=GATEWAY,
                headers={"Retry-After": "41"},
            ),
        ),
    ),
    Sighting(
        "gateway-not-found",
        "The gateway's own envelope for a path that it does not know.",
        (
            Shape(
                "gateway-404",
                "GET /v1/customer/{customer}",
                as_json({"statusCode": 404, "message": "There is nothing at this path."}),
                sender=GATEWAY,
            ),
        ),
    ),
    Sighting(
        "message-only",
        "A message and nothing else.",
        (
            Shape(
                "message-only-403",
                "GET /v1/customers/{customer}/users",
                as_json({"message": _NOT_PERMITTED}),
                sender=GATEWAY,
            ),
        ),
    ),
    Sighting(
        "plain-text",
        "Plain text instead of JSON.",
        (
            Shape(
                "plain-text-403",
                "GET /v1/customers/{customer}/users",
                _NOT_PERMITTED,
                sender=TEXT,
                is_general=True,
            ),
        ),
    ),
    Sighting(
        "bare-string",
        "A JSON string instead of an object.",
        (
            Shape(
                "bare-string-403",
                "PUT /v1/customers/{customer}/qualification",
                as_json("This customer may not be tagged."),
                "education",
            ),
        ),
    ),
    Sighting(
        "empty-unauthorized",
        "A 401 without a body: the problem is in the reason phrase and in the challenge, which is Bearer.",
        (
            Shape(
                "empty-401",
                "GET /v1/customers",
                sender=GATEWAY,
                headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
                reason="Unauthorized - MFA required",
                is_general=True,
            ),
        ),
    ),
    Sighting(
        "head-not-found",
        "A HEAD answered 404, which here is good news: nobody has this domain yet. A response to HEAD has no body.",
        (Shape("head-404", "HEAD /v1/domains/our-new-customer.onmicrosoft.com", is_general=True),),
    ),
)
