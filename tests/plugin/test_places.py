"""The places of watched responses in their files."""

import json

import pytest

from pytest_pcerrors import Exchange, Request
from pytest_pcerrors.plugin._received import Places


def interaction(path, body="Busy"):
    """Return an interaction as a cassette stores it."""
    request = {"method": "GET", "uri": f"https://api.example{path}", "headers": {}}
    return {"request": request, "response": {"status": {"code": 503}, "headers": {}, "body": {"string": body}}}


def received(file, path, body=b"Busy"):
    """Return a response with its file as the origin."""
    return Exchange(503, {}, body, Request("GET", f"https://api.example{path}"), origin=str(file))


@pytest.fixture
def tape(tmp_path):
    """Write a cassette: two interactions with the same response, and one with another."""
    file = tmp_path / "tape.json"
    file.write_text(
        json.dumps({"version": 1, "interactions": [interaction("/1"), interaction("/2"), interaction("/3", "Down")]})
    )
    return file


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("/2", b"Busy", "tape.json#/interactions/1"),
        ("/3?at=5", b"Down", "tape.json#/interactions/2"),
        ("/9", b"Busy", "tape.json"),
        ("/1", b"new", "tape.json"),
    ],
    ids=["same", "other URL", "ambiguous", "not in the file"],
)
def test_an_interaction_has_a_place(tmp_path, tape, path, body, place):
    """By its response and URL, or by its response alone if only one has it; a wrong place is never named."""
    assert Places(tmp_path).placed(received(tape, path, body)).origin == place


def test_a_file_that_was_written_again_is_read_again(tmp_path, tape):
    """One that cannot be read is named as it is, and one that is gone is not named."""
    places = Places(tmp_path)
    assert places.placed(received(tape, "/1")).origin == "tape.json#/interactions/0"
    tape.write_text(json.dumps({"version": 1, "interactions": [interaction("/0", "Up"), interaction("/1")]}))
    assert places.placed(received(tape, "/1")).origin == "tape.json#/interactions/1"
    tape.write_text("{")
    assert places.placed(received(tape, "/1")).origin == "tape.json"
    tape.unlink()
    assert places.placed(received(tape, "/1")).origin is None


@pytest.mark.parametrize("origin", [None, "tape.json#/interactions/7", "tape.yaml:9"])
def test_a_known_place_stays(tmp_path, origin):
    """It is that of our own cassettes, or the response has none."""
    assert Places(tmp_path).placed(Exchange(503, {}, b"", origin=origin)).origin == origin


def test_a_response_without_a_request_has_the_file(tmp_path):
    """Its interaction cannot be known."""
    file = tmp_path / "a.yaml"
    file.touch()
    assert Places(tmp_path).placed(Exchange(503, {}, b"", origin=str(file))).origin == "a.yaml"
