"""JSON, keys and files of configuration in base64 are searched, and encoded again in the same way."""

import json
from base64 import b64encode, encodebytes, urlsafe_b64encode

import pytest

from pytest_pcerrors.secrets import Secrets, hide
from pytest_pcerrors.secrets.hiding import Hider

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
    ("text", "shown"),
    [
        (f"-----BEGIN PRIVATE KEY-----\n{OPAQUE}\n-----END PRIVATE KEY-----\n", "***\n"),
        (f"apiVersion: v1\nkind: Config\nusers:\n- user:\n    token: {OPAQUE}\n", None),
        (f"---\napiVersion: v1\nusers:\n- user:\n    token: {OPAQUE}\n", None),
        (f"\napiVersion: v1\nusers:\n- user:\n    token: {OPAQUE}\n", None),
        (f"#cloud-config\nchpasswd:\n  password: {OPAQUE}\n", None),
        (f"#!/bin/sh\nexport DB_PASSWORD={OPAQUE}\n", None),
        ("-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE\n-----END CERTIFICATE-----\n", None),
    ],
    ids=[
        "a key",
        "a kubeconfig",
        "one with a mark",
        "one after a blank line",
        "cloud-init",
        "a script",
        "a certificate",
    ],
)
def test_other_packed_texts_are_searched(text, shown):
    """Those that often have secrets, also as a value of JSON; a certificate stays."""
    packed, masked = (b64encode(each.encode()).decode() for each in (text, shown or text.replace(OPAQUE, "***")))
    assert hide(json.dumps({"data": packed})) == json.dumps({"data": masked})


@pytest.mark.parametrize(
    "text",
    [
        "eyJpZCI6IjEyMyIsInZlcnNpb24iOjR9",
        "eyJpZCI6IjEyMyIsInZlcnNpb24iOjR9=",
        "eyJ////////////////////",
        "password is required, eyJ////////////////////",
        "/eyJwYXNzd29yZCI6ICJrWDdwUXoxOXZMbVcwNGFiIn0",
        "eyJwYXNzd29yZCI6ICIqKioifQ==",
    ],
)
def test_other_base64_stays(text):
    """Without secrets, without JSON, or inside another file."""
    assert hide(text) == text
