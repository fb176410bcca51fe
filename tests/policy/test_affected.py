"""The recordings that a change affects."""

import json
from dataclasses import replace

import pytest

from pytest_pcerrors import Catalogue, Contract, Entry, Exchange, Request
from pytest_pcerrors.policy.affected import touched

OLD = Contract.default()
GOOD = {"code": "2001", "description": "On hold", "data": [{"field": "x"}], "source": "PartnerFD"}


def with_property(name, **keywords):
    """Return the shipped contract with a property changed."""
    properties = {**OLD.error_schema["properties"], name: {**OLD.error_schema["properties"][name], **keywords}}
    return replace(OLD, error_schema={**OLD.error_schema, "properties": properties})


ITEMS = {"type": "object", "properties": {"field": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("new", "status", "body", "is_touched"),
    [
        (OLD.extended([Entry(400, "60012", ("x",))]), 400, {**GOOD, "code": "60012"}, True),
        (OLD.extended([Entry(400, "60012", ("x",))]), 400, {**GOOD, "code": 60012}, True),
        (OLD.extended([Entry(400, "60012", ("x",))]), 409, {**GOOD, "code": "60012"}, False),
        (OLD.extended([Entry(200, "400072", ("x",))]), 200, {**GOOD, "code": "400072"}, True),
        (OLD.extended([Entry(200, "400072", ("x",))]), 200, {**GOOD, "code": "400073"}, False),
        (replace(OLD, statuses={**OLD.statuses, 418: "Teapot"}), 418, GOOD, True),
        (replace(OLD, challenge=None), 401, GOOD, True),
        (with_property("description", maxLength=3), 400, GOOD, True),
        (with_property("description", maxLength=9), 400, GOOD, False),
        (with_property("data", items=ITEMS), 400, GOOD, True),
        (replace(OLD, catalogue=Catalogue(())), 400, {**GOOD, "code": "2012"}, True),
    ],
)
def test_a_recording_is_touched_by_what_concerns_it(new, status, body, is_touched):
    """By code and status, by status, or by a property rule that it breaks under only one of the contracts."""
    exchange = Exchange(status, None, json.dumps(body).encode(), origin="a.yaml:1")
    places = touched(OLD.diff(new), [exchange], OLD, new)
    assert any(place == ["a.yaml:1"] for place in places.values()) is is_touched


def test_another_host_is_not_touched():
    """A token endpoint has its own format for a 401."""
    new = replace(OLD, challenge=None)
    exchange = Exchange(401, None, b"{}", Request("GET", "https://login.example/token"), origin="a.yaml:1")
    assert touched(OLD.diff(new), [exchange], OLD, new) == {}
