"""JSON in base64 is searched, and encoded again in the same way."""

import json
from base64 import b64encode, encodebytes, urlsafe_b64encode

import pytest

from pytest_pcerrors.secrets import Hider, Secrets, hide

OPAQUE = "kX7pQz19vLmW04ab"
SECRET = {"password": OPAQUE, "text": "??>>~~ÿÿ"}
SHOWN = {"password": "***", "text": "??>>~~ÿÿ"}
WRITTEN = {
    "base64": lambda value: b64encode(json.dumps(value, ensure_ascii=False).encode()).decode(),
    "base64url": lambda value: urlsafe_b64encode(json.dumps(value, ensure_ascii=False).encode()).decode().rstrip("="),
    "in lines": lambda value: encodebytes(json.dumps(value, ensure_ascii=False).encode() * 1).decode(),
    "a list": lambda value: b64encode(json.dumps([value], ensure_ascii=False).encode()).decode(),
    "indented": lambda value: b64encode(json.dumps(value, indent=2, ensure_ascii=False).encode()).decode(),
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("around", ["{}", "see {} there", "x: {}", "data:application/json;base64,{}", '{{"x": "{}"}}'])
def test_packed_json_is_searched(write, around):
    """Alone and within a text; its alphabet, padding and lines are kept."""
    if "\n" in write(SECRET) and around != "{}":
        return
    text, shown = around.format(write(SECRET)), around.format(write(SHOWN))
    hider = Hider(Secrets())
    assert hider.document(text) == shown
    assert hider.certainty == "secret"


@pytest.mark.parametrize(
    "text",
    [
        "eyJpZCI6IjEyMyIsInZlcnNpb24iOjR9",
        "eyJpZCI6IjEyMyIsInZlcnNpb24iOjR9=",
        "eyJ////////////////////",
        "/eyJwYXNzd29yZCI6ICJrWDdwUXoxOXZMbVcwNGFiIn0",
        "eyJwYXNzd29yZCI6ICIqKioifQ==",
    ],
)
def test_other_base64_stays(text):
    """Without secrets, without JSON, or inside another file."""
    assert hide(text) == text
