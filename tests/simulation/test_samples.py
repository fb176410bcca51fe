"""The simplest values that a schema permits, beyond those in synthesized bodies."""

import pytest

from pytest_pcerrors.simulation.sampler import Sampler


@pytest.mark.parametrize(
    ("schema", "target"),
    [
        ({"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}}, {"const": 1}),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"const": 2}}}, {"const": 2}),
        ({"$ref": "#/$defs/nowhere/at/all"}, {}),
        ({"$ref": "#/title/x", "title": "no schema"}, {}),
        ({"$ref": "https://example.com/elsewhere"}, {"$ref": "https://example.com/elsewhere"}),
        ({"$ref": "#"}, {"$ref": "#"}),
    ],
    ids=["one step", "two steps", "nowhere", "no schema", "elsewhere", "itself"],
)
def test_a_reference_is_followed_inside_the_schema(schema, target):
    """Nothing is fetched, and one that leads back to itself is left."""
    assert Sampler(schema).schema == target
