"""Fixtures with contract files."""

import copy
import json
from importlib.resources import files

import pytest


@pytest.fixture(scope="session")
def shipped_text():
    """Give the text of the contract file that ships with the package."""
    return files("pytest_pcerrors.contract").joinpath("partner_center.json").read_text("utf-8")


@pytest.fixture
def document(shipped_text):
    """Give the shipped contract file as parsed JSON, to be changed at will."""
    return json.loads(shipped_text)


CUSTOM = {
    "$schema": "https://example.com/contract.schema.json",
    "format": 1,
    "name": "Marketplace",
    "statuses": {"404": "Not Found", "409": "Conflict"},
    "members": {"code": "/error/code", "description": "/error/the~1message"},
    "schema": {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"$ref": "#/$defs/error"}},
        "$defs": {
            "error": {
                "type": "object",
                "required": ["code", "the/message"],
                "properties": {
                    "code": {"type": "string"},
                    "the/message": {"type": "string"},
                    "inner": {"$ref": "#/$defs/error"},
                },
            }
        },
    },
    "entries": [
        {"status": 404, "code": "NotFound", "descriptions": ["Nothing is called {0}"]},
        {"status": 409, "code": "Busy", "descriptions": ["Try again", "Opnieuw proberen, Zoë"]},
    ],
}


@pytest.fixture
def custom():
    """Give a contract file of another API, with another envelope and only the keys that it must have."""
    return copy.deepcopy(CUSTOM)


@pytest.fixture
def write(tmp_path):
    """Write a contract file, and give its path."""

    def writing(content):
        path = tmp_path / "contract.json"
        path.write_text(json.dumps(content), "utf-8")
        return path

    return writing
