"""The message for an unmatched request."""

import pytest
import requests
from tapes import HOST, interaction
from vcr.errors import CannotOverwriteExistingCassetteException

URL = f"{HOST}/v1/customers"


@pytest.fixture
def reported(tape):
    """Send a request, and return the lines of the exception."""

    def reported(url=URL, method="GET", before=(), **keywords):
        mode = keywords.pop("mode", "none")
        config = keywords.pop("config", {})
        with tape(mode, **config) as cassette:
            for each in before:
                requests.get(each, timeout=5)
            with pytest.raises(CannotOverwriteExistingCassetteException) as caught:
                requests.request(method, url, timeout=5, **keywords)
        assert cassette.unmatched == [caught.value]
        reported.reason = caught.value.reason
        return str(caught.value).splitlines()

    return reported


def test_a_missing_file_is_named_with_the_nearest_beside_it(reported, tmp_path):
    """A renamed test leaves its cassette under the old name."""
    assert reported() == [
        f"no recording answers GET {URL}",
        "  there is no tape.yaml",
        "  record it: pytest test_x.py::test_y --pc-record=once",
    ]
    (tmp_path / "tapes.yaml").touch()
    assert reported()[1] == "  there is no tape.yaml; was it called tapes.yaml before?"
    assert reported.reason == "cassette_not_found"


def test_what_was_played_already_is_said_so(reported, write):
    """With the numbers of the recordings, and the setting that plays them again."""
    write(interaction(), interaction("/v1/other"))
    assert reported(before=[URL]) == [
        f"no recording answers GET {URL}",
        "  tape.yaml holds 2 interactions, 1 of them played",
        "  it matches #1, already played: the client sends this request more often than it was recorded",
        '  to play a recording again and again: pc_vcr_config with "allow_playback_repeats": True',
        "  record it: pytest test_x.py::test_y --pc-record=new_episodes",
    ]
    assert reported.reason == "already_played"


def test_many_that_were_played_are_counted(reported, write):
    """The first six by number."""
    write(*[interaction()] * 9)
    assert "  it matches #1, #2, #3, #4, #5, #6 and 3 more, already played:" in reported(before=[URL] * 9)[2]


@pytest.mark.parametrize("mode", ["none", "once"])
def test_the_nearest_three_are_reported_value_by_value(reported, write, mode):
    """Another value is nearer than another path, that nearer than another path altogether, that than another method."""
    write(
        interaction("/v1/orders/7"),
        interaction("/v1/customers?size=5", method="POST"),
        interaction("/v1/customers?size=5&page=2"),
        interaction("/v1/customers?size=5"),
    )
    assert reported(f"{URL}?size=3", mode=mode)[2:-1] == [
        f"  near: #4 GET {URL}?size=5, not played",
        '      parameter size: sent "3", recorded "5"',
        f"  near: #3 GET {URL}?size=5&page=2, not played",
        '      parameter size: sent "3", recorded "5"',
        '      parameter page: sent nothing, recorded "2"',
        f"  near: #2 POST {URL}?size=5, not played",
        "      method: sent GET, recorded POST",
        '      parameter size: sent "3", recorded "5"',
    ]
    assert reported.reason == "no_match"


def test_an_empty_cassette_has_nothing_near(reported, write):
    """It was read, and holds nothing."""
    write()
    assert reported()[1:-1] == ["  tape.yaml holds 0 interactions, 0 of them played"]


def test_bodies_are_reported_where_they_are_compared(reported, write):
    """Only what the matchers look at differs."""
    write(interaction(method="POST", body='{"cart": 7, "size": 1}'))
    lines = reported(method="POST", json={"cart": 8, "size": 1}, config={"match_on": ["method", "raw_body"]})
    assert lines[2:-1] == [f"  near: #1 POST {URL}, not played", "      body /cart: sent 8, recorded 7"]


def test_the_recording_of_another_address_has_its_base_url(reported, write):
    """As of a test that was recorded from a local server; not if something else differs too."""
    write(interaction())
    hint = f"      only the address differs; to replay it with pc_session: --pc-base-url={HOST}"
    for url in (URL.replace("https", "http"), "http://127.0.0.1:9/v1/customers"):
        assert reported(url)[-2] == hint
    assert hint not in reported("http://127.0.0.1:9/v1/customers?size=5")


def test_long_lists_and_long_values_are_cut(reported, write):
    """A message is read by people."""
    write(interaction("/v1?" + "&".join(f"p{n}={'x' * 500}" for n in range(10))))
    lines = reported()
    assert "      and 5 more" in lines
    assert max(map(len, lines)) < 260


def test_nothing_secret_is_told(reported, write):
    """Neither from the request, nor from the recording."""
    write(interaction("/v1/customers?access_token=s3cr3t-1", headers={"Authorization": ["Bearer s3cr3t-2"]}))
    lines = reported(
        f"{URL}?access_token=s3cr3t-3&size=1",
        headers={"Authorization": "Bearer s3cr3t-4"},
        config={"match_on": ["uri", "headers"]},
    )
    assert "s3cr3t" not in "".join(lines)
    assert f"  near: #1 GET {URL}?access_token=***, not played" in lines


def test_a_recording_that_is_played_from_code_is_refused_alike(tape):
    """Vcrpy's own interface raises the same."""
    from vcr.request import Request

    with tape() as cassette, pytest.raises(CannotOverwriteExistingCassetteException, match="no recording answers"):
        cassette.play_response(Request("GET", URL, None, {}))
