"""The record modes: what is sent to the server, what is replayed, and what is in the file afterwards."""

import http.client
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import vcr
import yaml
from requests.adapters import HTTPAdapter
from tapes import HOST, interaction
from urllib3.util.retry import Retry
from vcr.cassette import Cassette
from vcr.request import Request

from pytest_pcerrors import UsageError, read_archive


def codes(file):
    """Return the codes in a cassette; the server numbers its answers."""
    return [each.body.split(b'"')[3].decode() for each in read_archive(file)]


@pytest.fixture
def ask(service):
    """Request paths in turn, and return the received codes."""

    def ask(*paths):
        return [requests.get(f"{service.url}{path}", timeout=5).json()["code"] for path in paths]

    return ask


@pytest.fixture
def recorded(tape, ask, tmp_path):
    """Record a cassette with /a (code 1) and /b (code 2)."""
    with tape("once"):
        ask("/a", "/b")
    return tmp_path / "tape.yaml"


@pytest.mark.parametrize(
    ("mode", "came", "kept"),
    [
        ("new_episodes", ["1", "3"], ["1", "2", "3"]),
        ("all", ["3", "4"], ["2", "3", "4"]),
        ("rewrite", ["3", "4"], ["3", "4"]),
    ],
)
def test_a_mode_that_records_keeps_what_it_says(tape, recorded, ask, mode, came, kept):
    """New episodes are added; all replaces what was asked again; rewrite begins with nothing."""
    with tape(mode):
        assert ask("/a", "/c") == came
    assert codes(recorded) == kept


@pytest.mark.parametrize(("mode", "drops"), [("none", False), ("once", False), ("none", True)])
def test_a_mode_that_replays_changes_nothing(tape, recorded, ask, mode, drops):
    """The file stays byte for byte, whatever the setting of vcrpy for unused recordings."""
    before = recorded.read_bytes()
    with tape(mode, drop_unused_requests=drops):
        assert ask("/b") == ["2"]
        assert drops or ask("/a") == ["1"]
    assert recorded.read_bytes() == before


def test_equal_requests_are_answered_in_the_order_of_the_recording(tape, recorded, ask):
    """Each recording is played once."""
    with tape("new_episodes"):
        assert ask("/a", "/a", "/a") == ["1", "3", "4"]
    with tape():
        assert ask("/a", "/a", "/a") == ["1", "3", "4"]


def test_a_recording_can_be_played_again_and_again(tape, recorded, ask):
    """Vcrpy's own setting allows it; a rewound cassette starts again."""
    with tape(allow_playback_repeats=True):
        assert ask("/a", "/a") == ["1", "1"]
    with tape() as cassette:
        assert ask("/a", "/b") == ["1", "2"]
        cassette.rewind()
        assert ask("/a", "/b") == ["1", "2"]


@pytest.mark.parametrize(("mode", "unplayed"), [("none", [1]), ("all", []), ("rewrite", [])])
def test_what_was_loaded_and_not_played_is_known(tape, recorded, ask, mode, unplayed):
    """A mode that requests everything again plays nothing, and leaves nothing unused."""
    with tape(mode) as cassette:
        ask("/a")
    assert cassette.unplayed() == unplayed


def test_unused_recordings_are_dropped_where_vcrpy_is_set_so(tape, recorded, ask):
    """Its setting drop_unused_requests holds in our cassette too."""
    with tape("new_episodes", drop_unused_requests=True):
        assert ask("/b", "/c", "/b") == ["2", "3", "4"]
    assert codes(recorded) == ["2", "3", "4"]
    with tape("all", drop_unused_requests=True):
        ask("/b")
    assert codes(recorded) == ["5"]


def test_unused_recordings_are_dropped_by_what_is_stored(tape, ask, tmp_path):
    """A secret in the URL makes no new interaction of an old one."""
    with tape("once"):
        ask("/a?sig=abc", "/b?sig=abc", "/c")
    with tape("new_episodes", drop_unused_requests=True):
        ask("/a?sig=abc")
    assert codes(tmp_path / "tape.yaml") == ["1"]


@pytest.mark.parametrize("mode", ["rewrite", "once"])
def test_what_a_run_has_begun_it_adds_to(tape, recorded, ask, mode):
    """A cassette that several tests share is whole in the end."""
    with tape(mode, continues=True):
        ask("/c")
    assert codes(recorded) == ["1", "2", "3"]


def test_what_is_not_to_be_kept_is_not_written(tape, recorded, ask):
    """The old file stays whole."""
    before = recorded.read_bytes()
    with tape("rewrite") as cassette:
        ask("/a")
        cassette.keep = False
    assert recorded.read_bytes() == before


def test_requests_that_bypass_the_cassette_are_neither_recorded_nor_answered(tape, service, ask, tmp_path):
    """Those to a server of ours, and what vcrpy's own settings ignore."""
    with tape("once"):
        ask("/ours/a")
    with tape(ignore_hosts=["127.0.0.1"]):
        ask("/a")
    assert len(service.asked) == 2
    assert not (tmp_path / "tape.yaml").exists()


def test_filters_of_vcrpy_hold_when_recording_and_when_matching(tape, ask, tmp_path):
    """A parameter that is filtered out is not compared, and a response that a hook drops is not stored."""
    with tape("once", filter_query_parameters=["moment"]):
        ask("/a?moment=1&size=3")
    assert "moment" not in (tmp_path / "tape.yaml").read_text("utf-8")
    with tape(filter_query_parameters=["moment"]):
        assert ask("/a?moment=2&size=3") == ["1"]
    with tape("rewrite", before_record_response=lambda response: None):
        ask("/a")
    assert codes(tmp_path / "tape.yaml") == ["1"]


def test_a_json_cassette_is_written_and_read_as_json(tape, ask, tmp_path):
    """The suffix says so."""
    with tape("once", name="tape.json"):
        ask("/a")
    assert (tmp_path / "tape.json").read_text("utf-8").startswith("{")
    with tape(name="tape.json"):
        assert ask("/a") == ["1"]


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "as with vcrpy 9.2"])
def test_metadata_of_vcrpy_survive(tape, write, ask, monkeypatch, is_known):
    """What a cassette holds besides its interactions is written back, whether or not vcrpy knows of it."""
    file = write(metadata={"seed": "7"})
    if not is_known:
        monkeypatch.delattr(Cassette, "get_metadata", raising=False)
    with tape("new_episodes") as cassette:
        known = cassette.get_metadata("seed", "8") if hasattr(cassette, "get_metadata") else "7"
        ask("/a")
    assert (known, yaml.safe_load(file.read_text("utf-8"))["metadata"]) == ("7", {"seed": "7"})


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"match_onn": ["method"]}, "vcrpy has no setting 'match_onn'; did you mean \"match_on\"?"),
        ({"match_on": "method"}, "vcrpy's setting 'match_on': expected a list, got 'method'"),
        ({"before_record_response": 3}, "vcrpy's setting 'before_record_response': expected a function or a list of functions, got 3"),
        ({"persister": object()}, "vcrpy's setting 'persister' cannot be used: pc_cassette names and writes its files itself; leave it out"),
        ({"match_on": ["metod"]}, "vcrpy has no matcher 'metod'; .*; did you mean \"method\"\\?$"),
        ({"additional_matchers": ["own"]}, "own'; a matcher of your own is the function itself, in match_on of pc_vcr_config"),
        ({"serializer": "xml"}, "vcrpy's setting 'serializer': expected yaml or json, got 'xml'; a serializer of your own"),
        ({"serializer": []}, "vcrpy's setting 'serializer': expected yaml or json, got \\[\\]"),
        ({"filter_headers": [["Via", "x"]]}, "vcrpy's setting 'filter_headers': expected names, or tuples of name and"),
        ({"filter_query_parameters": [("a", "b", "c")]}, "vcrpy's setting 'filter_query_parameters': expected names"),
        ({"filter_sensitive_data": ["s3cr3t"]}, "vcrpy's setting 'filter_sensitive_data': expected a dict with the value"),
        ({"skip_patchers": ["httpxx"]}, "vcrpy (rejects its settings: .*httpxx|has no setting 'skip_patchers')"),
        ({"filter_headers": 3}, "vcrpy's setting 'filter_headers': expected a list, got 3"),
    ],
)  # fmt: skip
def test_what_vcrpy_refuses_is_misuse(tape, config, said):
    """Its settings are checked before anything is recorded."""
    with pytest.raises(UsageError, match=said), tape(**config):
        pass


@pytest.mark.covered
def test_threads_never_slip_past(tape, service):
    """When they record, when they replay, and while other requests bypass the cassette."""

    def ask_for(number):
        path = f"ours/{number}" if number % 2 else f"theirs/{number}"
        return requests.post(f"{service.url}/{path}", timeout=5).json()["code"]

    with tape("once") as cassette, ThreadPoolExecutor(8) as pool:
        recorded = list(pool.map(ask_for, range(60)))
    assert len(cassette) == 30
    service.asked.clear()
    with tape(), ThreadPoolExecutor(8) as pool:
        replayed = list(pool.map(ask_for, range(60)))
    assert replayed[::2] == recorded[::2]
    assert len(service.asked) == 30
    assert all("/ours/" in each for each in service.asked)


@pytest.mark.covered
def test_bare_https_connections_are_replayed_by_threads(tape, write):
    """Their class asks its module for its own name; one of another cassette inside ours works as well."""
    write(*(interaction(f"/{number}", answer=str(number)) for number in range(8)))

    def ask_for(number):
        connection = http.client.HTTPSConnection(HOST.removeprefix("https://"))
        connection.request("GET", f"/{number}")
        return int(connection.getresponse().read())

    with tape(), ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask_for, range(8))) == list(range(8))
    with tape() as cassette, vcr.use_cassette(cassette.path, record_mode="none"):
        assert ask_for(7) == 7
    assert cassette.play_count == 0


@pytest.mark.covered
def test_threads_share_what_is_recorded(tape, write):
    """Every recording is played once, in any thread."""
    write(*(interaction(answer=str(number)) for number in range(200)))

    def ask(_):
        asked = Request("GET", f"{HOST}/v1/customers", None, {})
        return int(cassette.play_response(asked)["body"]["string"])

    with tape() as cassette, ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(200))) == list(range(200))
    assert cassette.all_played


def test_sensitive_data_may_be_a_dict_or_pairs(tape, service, tmp_path):
    """The value is not in the file, and is in what is replayed."""
    service.headers = {"Via": "gate-7"}
    for given in ({"<gate>": "gate-7"}, [("<gate>", "gate-7")], [["<gate>", "gate-7"]]):
        with tape("rewrite", filter_sensitive_data=given):
            requests.get(service.url, timeout=5)
        assert "gate-7" not in (tmp_path / "tape.yaml").read_text("utf-8")
        with tape(filter_sensitive_data=given):
            assert requests.get(service.url, timeout=5).headers["Via"] == "gate-7"


def test_what_is_ignored_is_not_loaded(tape, write):
    """It would never be played."""
    write(interaction(), interaction(host="https://other.example"))
    with tape(ignore_hosts=["other.example"]) as cassette:
        assert len(cassette) == 1


@pytest.fixture
def retrying(write):
    """Record a 429 and then an answer, and return a session that obeys Retry-After."""
    busy = interaction("/v1", status=429)
    busy["response"]["headers"]["Retry-After"] = ["41"]
    write(busy, interaction("/v1", status=200))
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=Retry(total=2, status_forcelist=[429])))
        yield session


@pytest.mark.parametrize(("is_replaced", "waits"), [(False, []), (True, [41])], ids=["real", "replaced by the test"])
def test_replay_does_not_wait_as_a_retry_asks(tape, retrying, monkeypatch, is_replaced, waits):
    """Unless the test looks at how long its client would wait."""
    waited = []
    sleep = waited.append
    monkeypatch.setattr("time.sleep", sleep)
    if not is_replaced:
        monkeypatch.setattr("pytest_pcerrors.interception._patches._SLEEP", sleep)
    with tape():
        assert retrying.get(f"{HOST}/v1", timeout=5).status_code == 200
    assert waited == waits
