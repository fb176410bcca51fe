"""The repository's cassettes: one for each documented error, and one for each shape that the real service sends."""

from pathlib import Path

import pytest
import requests
import vcr
from vcr.serializers import yamlserializer

from pytest_pcerrors import Contract, check, read_archive

ROOT = Path(__file__).parents[2]
CATALOGUE = sorted((ROOT / "cassettes").glob("*.yaml"))
OBSERVED = sorted((ROOT / "cassettes" / "observed").glob("*.yaml"))

FAULTS = {
    "bare-string": {"body-not-object"},
    "code-zero": {"code-number", "pairing"},
    "digit-string-code": {"challenge-missing", "code-unknown"},
    "empty-unauthorized": {"body-empty-unauthorized", "challenge-other"},
    "error-in-success": {"error-in-success"},
    "gateway-not-found": {"gateway-envelope"},
    "gateway-too-many-requests": {"gateway-envelope"},
    "head-not-found": set(),
    "html-entity": {"code-number", "code-unknown"},
    "json-in-description": {"code-number"},
    "message-only": {"message-only"},
    "numeric-code": {"code-number", "code-unknown", "data-item-string", "pairing"},
    "plain-text": {"body-plain-text", "content-type"},
    "rich-object": {"code-number", "code-unknown", "source-missing"},
    "success-byte-order-mark": set(),
    "word-code": {"code-unknown"},
}


def loaded(text):
    """Load a cassette as vcrpy does."""
    return yamlserializer.deserialize(text)


def test_the_catalogue_is_what_synth_makes(pcerrors, tmp_path):
    """Loaded, the files are equal to those of ``pcerrors synth -o cassettes``."""
    pcerrors("synth", "-o", "cassettes")
    made = sorted((tmp_path / "cassettes").iterdir())
    assert [file.name for file in CATALOGUE] == [file.name for file in made]
    for shipped, new in zip(CATALOGUE, made, strict=True):
        assert loaded(shipped.read_text("utf-8")) == loaded(new.read_text("utf-8")), shipped.name


def test_every_pairing_is_recorded():
    """Status and code of the recordings are the catalogue's pairings, each once."""
    recorded = [exchange for file in CATALOGUE for exchange in read_archive(file)]
    pairings = {(each.status, loaded(each.body.decode())["code"]) for each in recorded}
    assert (len(recorded), pairings) == (163, Contract.default().pairings)


def test_both_kinds_are_green_by_the_settings_of_the_repository(pcerrors, monkeypatch):
    """The catalogue conforms to the page, the observed ones to what the service sends."""
    monkeypatch.chdir(ROOT)
    ended = pcerrors("check", "cassettes")
    assert (ended.status, ended.err) == (0, "")
    assert ", 0 violations, " in ended.out.splitlines()[-1]


def test_the_page_rightly_faults_what_was_observed(pcerrors, monkeypatch):
    """Under the profile documented they fail."""
    monkeypatch.chdir(ROOT)
    assert pcerrors("check", "--profile", "documented", "cassettes/observed").status == 1


def test_every_observed_shape_has_a_file():
    """A new recording says here what the page finds wrong with it."""
    assert [file.stem for file in OBSERVED] == sorted(FAULTS)


@pytest.mark.parametrize("file", OBSERVED, ids=lambda file: file.stem)
def test_an_observed_shape_breaks_these_rules_of_the_page(file):
    """Each file shows its own departures and no other."""
    found = {each.rule for exchange in read_archive(file) for each in check(exchange, profile="documented")}
    assert found == FAULTS[file.stem]


@pytest.mark.parametrize("file", OBSERVED, ids=lambda file: file.stem)
def test_an_observed_shape_is_no_error_under_its_profile(file):
    """What is left are warnings."""
    found = [each for exchange in read_archive(file) for each in check(exchange, profile="observed")]
    assert {each.severity for each in found} <= {"warning"}


@pytest.mark.parametrize("file", OBSERVED, ids=lambda file: file.stem)
def test_vcrpy_replays_an_observed_shape(file):
    """A client under test sees the bytes that the file holds."""
    interactions = loaded(file.read_text("utf-8"))["interactions"]
    with vcr.use_cassette(str(file), record_mode="none", match_on=["method", "uri", "body"]):
        for request, response in ((each["request"], each["response"]) for each in interactions):
            came = requests.request(request["method"], request["uri"], data=request["body"], timeout=30)
            assert (came.status_code, came.reason) == tuple(response["status"].values())
            assert came.content == response["body"]["string"].encode()


@pytest.mark.parametrize("file", OBSERVED, ids=lambda file: file.stem)
def test_a_length_is_that_of_the_body(file):
    """Content-Length counts the bytes, as it does on the wire."""
    for exchange in read_archive(file):
        assert exchange.header("Content-Length") == str(len(exchange.body))
