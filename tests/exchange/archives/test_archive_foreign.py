"""Recordings of other tools, and other documents, are rejected with the name of their format."""

import gzip
import io
import json

import pytest
import yaml

from pytest_pcerrors.exchange.archives._refused import CHOOSE_RECORDINGS, READ
from pytest_pcerrors.exchange.archives.files import stream_items

ASKED = {"method": "GET", "url": "https://api.example/v1"}
OLD_VCRPY = {
    "request": {"host": "a", "path": "/", "port": 80, "protocol": "http"},
    "response": {"status": {"code": 200}},
}
FOREIGN = {
    "a cassette of vcrpy before 1.0": [OLD_VCRPY],
    "a recording of ExVCR": [
        {"request": {**ASKED, "request_body": ""}, "response": {"status_code": 200, "type": "ok"}}
    ],
    "a contract of Pact": {
        "consumer": {"name": "shop"},
        "provider": {"name": "carts"},
        "interactions": [{"description": "busy", "request": {"path": "/"}, "response": {"status": 409}}],
    },
    "a recording of nock": [{"scope": "https://api.example", "method": "GET", "path": "/", "status": 200}],
    "expectations of MockServer": [{"httpRequest": ASKED, "httpResponse": {}}],
    "a simulation of Hoverfly": {"data": {"pairs": []}, "meta": {"schemaVersion": "v5"}},
    "imposters of mountebank": {"imposters": []},
    "a recording of responses": {"responses": [{"response": {**ASKED, "status": 200}}]},
    "an Insomnia export": {"_type": "export", "__export_format": 4},
    "a Playwright trace": {"type": "context-options", "version": 7},
    "an OpenAPI document": {"openapi": "3.1.0", "paths": {}},
}
MORE = [
    ("a simulation of Hoverfly", {"meta": {"hoverflyVersion": "v1"}}),
    ("expectations of MockServer", {"httpRequest": {}}),
    ("an OpenAPI document", {"swagger": "2.0"}),
]
CASES = [*FOREIGN.items(), *MORE]


def problem(data, name):
    """Return the one problem of a file."""
    [error] = stream_items(io.BytesIO(data), name)
    return error.place, error.problem


@pytest.mark.parametrize(("called", "document"), CASES, ids=[called for called, _ in CASES])
@pytest.mark.parametrize("name", ["a.json", "a.yaml", "-"])
def test_a_foreign_format_is_named(called, document, name):
    """With any suffix, the file is one error with the name of the format and what to do."""
    write = yaml.safe_dump if name == "a.yaml" else json.dumps
    place, said = problem(write(document).encode(), name)
    assert place == name
    assert said.startswith(f"{called}, ")
    assert said.endswith(("which pcerrors does not read yet", "not a recording"))


@pytest.mark.parametrize(
    ("document", "fix"),
    [
        (FOREIGN["a recording of nock"], f"convert it to NDJSON or HAR; known formats: {READ}"),
        (FOREIGN["a cassette of vcrpy before 1.0"], "run python -m vcr.migration on it"),
        (FOREIGN["an OpenAPI document"], CHOOSE_RECORDINGS),
        ({"name": "app", "version": "1.0.0", "private": True, "scripts": {}}, CHOOSE_RECORDINGS),
        ({"name": "app", "version": "1.0.0", "description": "An app"}, CHOOSE_RECORDINGS),
        ({"$schema": "https://json-schema.org/", "title": "App", "description": "An app"}, CHOOSE_RECORDINGS),
        ({"description": "A simulation", "type": "object", "properties": {}}, CHOOSE_RECORDINGS),
        ({"name": "CI", "on": ["push"], "jobs": {"test": {"runs-on": "ubuntu-latest"}}}, CHOOSE_RECORDINGS),
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_the_fix_fits_what_the_file_is(document, fix, name):
    """Only a recording can be recorded again or converted; nobody removes the manifest of a package."""
    write = yaml.safe_dump if name == "a.yaml" else json.dumps
    errors = list(stream_items(io.BytesIO(write(document).encode()), name))
    assert {error.fix for error in errors} == {fix}


def test_a_foreign_line_names_the_file():
    """An NDJSON file of something else is named once, and its lines are not reported one by one."""
    lines = b'{"type": "context-options"}\n{"type": "before"}\n'
    assert problem(lines, "a.ndjson") == ("a.ndjson", "a Playwright trace, which pcerrors does not read yet")
    assert problem(lines, "trace.network")[1] == "a Playwright trace, which pcerrors does not read yet"


@pytest.mark.untraced
def test_a_large_foreign_file_is_named():
    """A list too long to be built as one value does not hide what the file is."""
    text = "imposters:\n" + ("- a:\n" + ("  - - x\n" + "    - x\n" * 99) * 10) * 120
    assert problem(text.encode(), "a.yaml") == ("a.yaml", "imposters of mountebank, which pcerrors does not read yet")


@pytest.mark.parametrize(
    ("start", "called"),
    [
        (b"PK\x03\x04rest", "a zip archive"),
        (b"<?xml version='1.0'?>", "an XML document"),
        (b"SQLite format 3\0", "an SQLite"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_what_is_not_text_of_a_recording_is_named(start, called, pack):
    """A file that is given by name may be anything."""
    assert problem(pack(start), "trace.zip")[1].startswith(called)


def test_numbers_of_har_in_yaml_are_numbers():
    """A size that is not a number stays as it is."""
    text = b"log:\n  entries:\n  - {request: {url: /}, response: {status: 404, bodySize: -1, content: {size: x, text: Gone}}}\n"
    [exchange] = stream_items(io.BytesIO(text), "a.yaml")
    assert (exchange.status, exchange.body) == (404, b"Gone")


@pytest.mark.parametrize("document", [{"interactions": []}, {"interactions": None}, [], {}, [3], 3])
def test_what_is_not_a_known_format_is_not_named(document):
    """The message describes what was found."""
    items = list(stream_items(io.BytesIO(json.dumps(document).encode()), "a.json"))
    assert all("does not read yet" not in str(each) for each in items)
