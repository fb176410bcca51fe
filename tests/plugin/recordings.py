"""Small recordings, for cassettes of few lines."""

import json

API = "https://api.partnercenter.microsoft.com"
BUSY = {"code": "800064", "description": "Cart 7 is busy", "source": "PartnerFD"}


def recorded(status=409, body=BUSY, *, method="POST", url=f"{API}/v1/carts/7/checkout", headers=None):
    """Return an interaction of a cassette, by default a conforming 409."""
    text = body if isinstance(body, str) else json.dumps(body)
    fields = {"Content-Type": "application/json", **(headers or {})}
    return {
        "request": {"method": method, "uri": url, "body": None, "headers": {}},
        "response": {
            "status": {"code": status, "message": ""},
            "headers": {name: [value] for name, value in fields.items()},
            "body": {"string": text},
        },
    }


GOOD = recorded()
SUCCESS = recorded(201, {"id": "7"})
FOREIGN = recorded(400, "{}", url="https://login.microsoftonline.com/contoso/oauth2/token")
WRONG_PAIRING = recorded(409, BUSY | {"code": "800061"})
NUMERIC = recorded(409, BUSY | {"code": 800064})
NO_RETRY_AFTER = recorded(429, {"code": "1", "description": "Slow down", "source": "PartnerFD"}, url=f"{API}/v1/orders")
