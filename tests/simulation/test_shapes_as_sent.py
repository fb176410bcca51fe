"""The undocumented shapes: the observed ones equal the recordings, the others are marked as invented."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from pytest_pcerrors import check
from pytest_pcerrors.interception.cassette_files import cassette_text
from pytest_pcerrors.simulation import SHAPES
from pytest_pcerrors.simulation.shapes import MADE_UP, OBSERVED

SIGHTINGS = json.loads(files("pytest_pcerrors.simulation").joinpath("shapes.json").read_text("utf-8"))["observed"]
CASSETTES = Path(__file__).parents[2] / "cassettes" / "observed"


def test_every_cassette_is_a_sighting():
    """And every sighting a cassette."""
    assert sorted(f"{each['name']}.yaml" for each in SIGHTINGS) == sorted(file.name for file in CASSETTES.iterdir())


@pytest.mark.parametrize("sighting", SIGHTINGS, ids=lambda sighting: sighting["name"])
def test_a_cassette_is_made_of_its_sighting(sighting):
    """The note as a comment, then the shapes as vcrpy writes them."""
    note = "".join(f"# {line}\n" for line in sighting["note"])
    made = note + cassette_text([OBSERVED[shape["name"]] for shape in sighting["shapes"]])
    assert (CASSETTES / f"{sighting['name']}.yaml").read_text("utf-8") == made


@pytest.mark.parametrize("name", OBSERVED)
def test_an_observed_shape_is_no_error_under_its_profile(name):
    """What the profile leaves are warnings."""
    assert {each.severity for each in check(OBSERVED[name], profile="observed")} <= {"warning"}


def test_a_shape_is_observed_or_made_up():
    """Never both, and every name is there."""
    assert OBSERVED.keys() | MADE_UP.keys() == SHAPES.keys()
    assert not OBSERVED.keys() & MADE_UP.keys()


def test_a_shape_is_whole():
    """It has a reason phrase, a request, and the length of its body."""
    for shape in SHAPES.values():
        assert shape.reason
        assert shape.request.host == "api.partnercenter.microsoft.com"
        assert shape.header("Content-Length") == str(len(shape.body))


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("html-502", "body-not-json"),
        ("gateway-401", "gateway-envelope"),
        ("empty-500", "body-empty"),
        ("null-500", "body-not-object"),
        ("truncated-json-500", "body-not-json"),
        ("empty-description-500", "description-empty"),
        ("long-description-400", "description-too-long"),
        ("latin-1-400", "body-encoding"),
        ("byte-order-mark-404", "byte-order-mark"),
        ("error-envelope-403", "code-missing"),
    ],
)
def test_a_made_up_shape_breaks_its_rule(name, rule):
    """Its name describes the fault."""
    assert rule in {each.rule for each in check(MADE_UP[name], profile="documented")}


def test_the_mapping_cannot_be_changed():
    """One test cannot spoil the next."""
    with pytest.raises(TypeError):
        SHAPES["mine-400"] = SHAPES["gateway-404"]


def test_a_name_that_is_not_public_is_an_attribute_error():
    """As with any module."""
    import pytest_pcerrors.simulation

    with pytest.raises(AttributeError, match=r"has no attribute 'SHAPE'$"):
        _ = pytest_pcerrors.simulation.SHAPE
