"""Recordings of other tools are redacted in place, where their own readers look."""

import json
import shutil
from pathlib import Path

import pytest

from pytest_pcerrors import Exchange
from pytest_pcerrors.exchange.archives.files import file_items
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.redaction.rewriting import found_in, rewritten

SAMPLES = Path(__file__).parents[1] / "exchange/archives/samples"
TOKEN = b"x7Kq02pLm"
LOGIN = ("request body, parameter refresh_token", "response body /access_token")
AUTHORIZED = ("request header Authorization", *LOGIN)
FORM = (*AUTHORIZED[:2], "member /form/refresh_token/0", LOGIN[1])
IN_FILE = "response body in missing."
ON_POSTMAN = (
    "member /variable/1/value",
    "member /auth/bearer/0/value",
    "member /request/header/0/value",
    "request header Authorization",
    "request URL, parameter sig",
)
PLACES = {
    "vcr-rb/cart.yml": AUTHORIZED,
    "vcr-rb/cart.json": AUTHORIZED,
    "vcr-r/cart.yml": AUTHORIZED,
    "betamax/cart.json": AUTHORIZED,
    "schemathesis/cassette.yaml": AUTHORIZED,
    "go-vcr/version-1.yaml": FORM,
    "go-vcr/version-2.yaml": FORM,
    "php-vcr/cart.yml": ("request header Authorization", "member /post_fields/refresh_token", LOGIN[1]),
    "php-vcr/cart.json": AUTHORIZED,
    "easyvcr/cart.json": AUTHORIZED,
    "polly/recording.har": ("request header authorization", *LOGIN, LOGIN[1]),
    "wiremock/mappings/checkout.json": (
        "request header Authorization",
        "request URL, parameter sig",
        "request cookie sid",
        "response header Set-Cookie",
    ),
    "wiremock/mappings/bundle.json": (
        "member /bodyPatterns/0/matches",
        "member /basicAuthCredentials/password",
        LOGIN[1],
        f"{IN_FILE}json /debug/access_token",
    ),
    "wiremock-net/mappings/checkout.json": ("request header Authorization", "request URL, parameter sig", "response header Set-Cookie"),
    "wiremock-net/mappings/several.json": (LOGIN[1], f"{IN_FILE}txt /access_token"),
    "postman/collection-2.0.json": (*ON_POSTMAN, "member /header", LOGIN[1]),
    "postman/collection-2.1.json": (*ON_POSTMAN, "request URL, parameter sig", "member /body/urlencoded/0/value", "member /header", LOGIN[1]),
}  # fmt: skip


@pytest.fixture
def redacted(tmp_path):
    """Return a function that redacts a copy of a sample; it returns the changed files, the copy first, and the findings."""

    def redact(name):
        tool = name.partition("/")[0]
        shutil.copytree(SAMPLES / tool, tmp_path / tool, dirs_exist_ok=True)
        file = tmp_path / name
        new = rewritten(file.read_bytes(), str(file), Redaction())
        changed = {file: new.data, **new.files}
        for path, data in changed.items():
            path.write_bytes(data)
        return [*changed], new.locations

    return redact


@pytest.mark.parametrize(("name", "places"), PLACES.items(), ids=PLACES)
def test_the_secrets_of_a_sample_are_hidden(redacted, name, places):
    """Each at its place, in the file and in the files that it names; a second time, nothing is found."""
    (file, *others), locations = redacted(name)
    assert [each.found.place for each in locations] == list(places)
    assert [each for each in (file, *others) if TOKEN in each.read_bytes()] == []
    again = rewritten(file.read_bytes(), str(file), Redaction())
    assert (again.locations, again.files, again.data) == ([], {}, file.read_bytes())


@pytest.mark.parametrize("name", PLACES)
def test_what_is_found_is_what_is_changed(name):
    """By the search of ``check``, item by item, and by the change of ``redact``."""
    file = SAMPLES / name
    with file.open("rb") as stream:
        found = [each for item in found_in(stream, "a" + file.suffix, Redaction()) for each in item.locations]
    assert sorted(found, key=str) == sorted(rewritten(file.read_bytes(), str(file), Redaction()).locations, key=str)


@pytest.mark.parametrize("name", [each for each in PLACES if each != "wiremock-net/mappings/checkout.json"])
def test_a_redacted_file_has_the_redacted_exchanges(redacted, name):
    """The exchanges of the new file are those of the old one, redacted: nothing else has changed in them."""
    old = list(file_items(SAMPLES / name, "a"))
    new = list(file_items(redacted(name)[0][0], "a"))
    assert [Redaction().exchange(each) if isinstance(each, Exchange) else str(each) for each in old] == [
        each if isinstance(each, Exchange) else str(each) for each in new
    ]


def test_lengths_follow_the_body(redacted):
    """The ``Content-Length`` header and what go-vcr keeps beside it."""
    text = redacted("go-vcr/version-2.yaml")[0][0].read_text()
    assert text.count("content_length: 43") == 1
    assert text.count('- "43"') == 1
    assert text.count("content_length: 17") == 1


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("wiremock/mappings/checkout.json", ['"equalTo": "Bearer ***"', '"matches": ".*"']),
        ("wiremock-net/mappings/checkout.json", ['"Pattern": "Bearer .*"', '"Pattern": "***"']),
        ("wiremock/mappings/bundle.json", ['"matches": ".*client_secret=.*"']),
    ],
)
def test_a_regular_expression_stays_one(redacted, name, masked):
    """The mask of a secret would be an error in it, and the tool would not start."""
    text = redacted(name)[0][0].read_text()
    assert [each for each in masked if each not in text] == []


DOCUMENTS = {
    "a repeated name": ('{"uuid": "1", "request": {}, "response": {"password": "x7Kq02pLm", "jsonBody": 1, "jsonBody": ["sig=x7Kq02pLm"]}}', 2),
    "a list": ('[{"Request": {"Path": "/"}, "Response": {}}, "sig=x7Kq02pLm"]', 1),
    "broken entries": ('{"mappings": [{"request": {}, "response": {}}, {"access_token": "x7Kq02pLm"}, "sig=x7Kq02pLm"]}', 2),
    "lists in lists": ('{"mappings": [{"request": {}, "response": {}}, [["sig=x7Kq02pLm"]]]}', 1),
    "a name": ('{"uuid": "1", "request": {"urlPath": "/"}, "response": {"headers": {"a": "x"}, "password": "x7Kq02pLm"}}', 1),
    "a number": ('{"uuid": "1", "request": {"urlPath": "/"}, "response": {"jsonBody": {"password": 73519264}}}', 1),
    "base64": ('{"uuid": "1", "request": {"url": "/"}, "response": {"base64Body": "cGFzc3dvcmQ9eDdLcTAycExt"}}', 1),
}  # fmt: skip


@pytest.mark.parametrize(("text", "count"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_everything_in_a_document_is_searched(text, count):
    """Also what its reader does not use."""
    new = rewritten(text.encode(), "a.json", Redaction())
    assert len(new.locations) == count
    assert TOKEN not in new.data
    assert rewritten(new.data, "a.json", Redaction()).locations == []
    json.loads(new.data)


def test_what_is_without_secrets_stays_byte_by_byte():
    """With its layout."""
    text = b'{ "uuid":"1",\n\n"request":{"urlPath":"/"} ,"response":{"body":"caf\\u00e9"}}'
    assert rewritten(text, "a.json", Redaction()).data == text


def test_a_body_file_of_two_stubs_is_named_once(tmp_path):
    """It is changed once."""
    (tmp_path / "busy.json").write_text('{"access_token": "x7Kq02pLm"}')
    stub = {"request": {"url": "/"}, "response": {"bodyFileName": "busy.json"}}
    data = json.dumps({"mappings": [stub, stub, {**stub, "response": {"bodyFileName": "none.json"}}]}).encode()
    new = rewritten(data, str(tmp_path / "a.json"), Redaction())
    assert [each.item for each in new.locations] == [0]
    assert new.files == {tmp_path / "busy.json": b'{"access_token": "***"}'}
