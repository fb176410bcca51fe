"""Success responses of the real service that a client must check, in our own words. Each begins with a byte order mark."""

from pytest_pcerrors.simulation.shapes.shape import Shape, Sighting, as_json

_MARK = "\ufeff"

SUCCESSES = (
    Sighting(
        "success-byte-order-mark",
        "A success whose body begins with a byte order mark; error bodies do not.",
        (
            Shape(
                "byte-order-mark-200",
                "GET /v1/customers/{customer}",
                _MARK
                + as_json(
                    {
                        "id": "{customer}",
                        "companyProfile": {"companyName": "Adatum", "domain": "adatum.onmicrosoft.com"},
                    }
                ),
            ),
        ),
    ),
    Sighting(
        "error-in-success",
        "Errors inside a 2xx: orders, transfers and upgrades that failed, a line item of a cart, a device of a batch.",
        (
            Shape(
                "error-in-success-order-201",
                "POST /v1/customers/{customer}/carts/{cart}/checkout",
                _MARK
                + as_json(
                    {
                        "orders": [],
                        "orderErrors": [
                            {"orderGroupId": "0", "code": 10003, "description": "The promotion has ended."}
                        ],
                    }
                ),
            ),
            Shape(
                "error-in-success-transfer-200",
                "POST /v1/customers/{customer}/transfers/{transfer}/accept",
                _MARK
                + as_json(
                    {
                        "transferId": "{transfer}",
                        "status": "Failed",
                        "transferErrors": [
                            {"code": 900103, "description": "One order of the transfer was not completed."}
                        ],
                    }
                ),
            ),
            Shape(
                "error-in-success-upgrade-200",
                "POST /v1/customers/{customer}/subscriptions/{subscription}/upgrades",
                _MARK
                + as_json(
                    {
                        "sourceSubscriptionId": "{subscription}",
                        "upgradeErrors": [
                            {"code": 2, "description": "The subscription has add-ons that stop the upgrade."}
                        ],
                    }
                ),
                {"targetOffer": {"id": "offer-7"}},
            ),
            Shape(
                "error-in-success-cart-201",
                "POST /v1/customers/{customer}/carts",
                _MARK
                + as_json(
                    {
                        "id": "{cart}",
                        "lineItems": [
                            {
                                "id": 0,
                                "quantity": 1,
                                "error": {
                                    "errorCode": 10006,
                                    "errorDescription": "The item is not sold in this country.",
                                },
                            }
                        ],
                    }
                ),
                {"lineItems": [{"id": 0, "quantity": 1}]},
            ),
            Shape(
                "error-in-success-batch-200",
                "GET /v1/customers/{customer}/batchJobStatus/{batch}",
                _MARK
                + as_json(
                    {
                        "batchTrackingId": "{batch}",
                        "status": "finished_with_errors",
                        "devicesStatus": [
                            {
                                "deviceId": "{device}",
                                "status": "finished_with_errors",
                                "errorCode": "806",
                                "errorDescription": "This device belongs to another tenant.",
                            }
                        ],
                    }
                ),
            ),
        ),
    ),
)
