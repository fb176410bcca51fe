"""Interactions in the format of a cassette."""

HOST = "https://api.partnercenter.microsoft.com"
PLAIN = HOST.replace("https:", "http:")
"""The same without TLS: vcrpy 9.2 connects to a host of TLS before it looks for a recording, in a mode that records."""


def interaction(
    path="/v1/customers", *, method="GET", body=None, answer=b"{}", status=409, headers=None, host=HOST, **request
):
    """Return an interaction in the format of a cassette."""
    return {
        "request": {"method": method, "uri": f"{host}{path}", "body": body, "headers": headers or {}} | request,
        "response": {"status": {"code": status, "message": "Conflict"}, "headers": {}, "body": {"string": answer}},
    }
