"""Archives with one recording in every format, and a reader that keeps the exchanges before an error."""

import base64
import io
import json

import pytest
from vcr.request import Request
from vcr.serialize import serialize
from vcr.serializers import jsonserializer, yamlserializer

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.files import read_stream

URL = "https://api.partnercenter.microsoft.com/v1/orders"
RECORDED = [
    (404, "Not Found", '{"code": "20000", "description": "No order", "source": "PartnerFD"}'),
    (409, "Conflict", '{"code": "800064", "description": "Cart of Zoë:\\n busy", "source": "PartnerFD"}'),
    (200, "OK", "[]"),
]


def cassette(serializer):
    """Write the recording as vcrpy itself does."""
    return serialize(
        {
            "requests": [Request("POST", URL, b'{"id": 1}', {"Accept": "application/json"}) for _ in RECORDED],
            "responses": [
                {
                    "status": {"code": status, "message": reason},
                    "headers": {"Content-Type": ["application/json"], "Set-Cookie": ["a=1", "b=2"]},
                    "body": {"string": body.encode()},
                }
                for status, reason, body in RECORDED
            ],
        },
        serializer,
    ).encode()


def har():
    """Write the recording as a browser does."""
    pairs = [("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    entries = [
        {
            "startedDateTime": "2026-01-01T00:00:00Z",
            "time": 7,
            "request": {
                "method": "POST",
                "url": URL,
                "headers": [{"name": "Accept", "value": "application/json"}],
                "postData": {"mimeType": "application/json", "text": '{"id": 1}'},
            },
            "response": {
                "status": status,
                "statusText": reason,
                "headers": [{"name": name, "value": value} for name, value in pairs],
                "content": {
                    "mimeType": "application/json",
                    "encoding": "base64",
                    "text": base64.b64encode(body.encode()).decode(),
                },
            },
        }
        for status, reason, body in RECORDED
    ]
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def ndjson():
    """Write the recording with one exchange per line."""
    lines = [
        {
            "status": status,
            "reason": reason,
            "headers": {"Content-Type": "application/json", "Set-Cookie": ["a=1", "b=2"]},
            "body": body,
            "request": {
                "method": "POST",
                "url": URL,
                "headers": {"Accept": "application/json"},
                "body": '{"id": 1}',
            },
        }
        for status, reason, body in RECORDED
    ]
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


SAMPLES = {
    ".yaml": cassette(yamlserializer),
    ".json": cassette(jsonserializer),
    ".har": har(),
    ".ndjson": ndjson(),
}


@pytest.fixture(params=SAMPLES)
def ending(request):
    """Give the suffix of each format in turn."""
    return request.param


@pytest.fixture
def sample(ending):
    """Give the recording in the format of `ending`."""
    return SAMPLES[ending]


@pytest.fixture(scope="session")
def samples():
    """Give the recording in every format."""
    return SAMPLES


@pytest.fixture(scope="session")
def recorded():
    """Give the content of the recording: status, reason phrase and body of each response."""
    return [(status, reason, body.encode()) for status, reason, body in RECORDED]


@pytest.fixture(scope="session")
def read():
    """Read an archive to its end, or to its `ArchiveError`; give the exchanges, and the error or None."""

    def reading(data, name):
        exchanges = []
        try:
            exchanges.extend(read_stream(io.BytesIO(data) if isinstance(data, bytes) else data, name))
        except ArchiveError as error:
            return exchanges, error
        return exchanges, None

    return reading
