"""Interactions as a cassette has them."""

HOST = "https://api.partnercenter.microsoft.com"


def interaction(path="/v1/customers", *, method="GET", body=None, answer=b"{}", status=409, headers=None, **request):
    """Return an interaction as a cassette has it."""
    return {
        "request": {"method": method, "uri": f"{HOST}{path}", "body": body, "headers": headers or {}} | request,
        "response": {"status": {"code": status, "message": "Conflict"}, "headers": {}, "body": {"string": answer}},
    }
