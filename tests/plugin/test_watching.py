"""--pc-watch: contract checks for suites that know nothing of us, through any vcrpy cassette and our server."""

import json

import pytest

HOST = "https://api.partnercenter.microsoft.com"


def cassette(pytester, name, *codes):
    """Write a cassette that vcrpy replays: a 409 for each code, as JSON text."""
    items = "".join(
        f"- request: {{method: GET, uri: '{HOST}/{n}', body: null, headers: {{}}}}\n"
        "  response:\n    status: {code: 409, message: Conflict}\n    headers: {Content-Type: [application/json]}\n"
        f'    body: {{string: \'{{"code": {code}, "description": "Busy", "source": "PartnerFD"}}\'}}\n'
        for n, code in enumerate(codes)
    )
    file = pytester.path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"interactions:\n{items}version: 1\n", "utf-8")


@pytest.fixture
def bare_suite(pytester):
    """Make a suite with vcr.use_cassette: it plays the first of two recordings, and the second is bad."""
    cassette(pytester, "tape.yaml", '"800064"', "800064")
    pytester.makepyfile(
        f"""
        import requests, vcr

        def test_good():
            with vcr.use_cassette("tape.yaml", record_mode="none"):
                assert requests.get("{HOST}/0").status_code == 409

        def test_bad():
            with vcr.use_cassette("tape.yaml", record_mode="none"):
                assert requests.get("{HOST}/1").status_code == 409
        """
    )


@pytest.mark.parametrize(
    ("arguments", "lines"), [(["--pc-watch"], []), ([], ["watch = true"])], ids=["option", "setting"]
)
def test_a_bare_cassette_is_watched(pytester, bare_suite, settings, arguments, lines):
    """What is played counts, and what is only loaded does not."""
    settings(*lines)
    result = pytester.runpytest("-q", *arguments)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*test_bad*",
            "  code-number  /code  the number 800064 instead of a string",
            f"in tape.yaml:7, GET {HOST}/1",
            "pcerrors: 2 error responses checked, 1 violation (code-number 1)",
        ]
    )


def test_a_warning_is_located_at_the_test(pytester, bare_suite, settings):
    """With its line, so that an editor opens it."""
    settings("[tool.pcerrors.severity]", 'code-number = "warning"')
    lines = pytester.path.joinpath("test_a_warning_is_located_at_the_test.py").read_text("utf-8").splitlines()
    result = pytester.runpytest("-q", "--pc-watch")
    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(
        [f"*test.py:{lines.index('def test_bad():') + 1}: PcErrorsWarning: 409 Conflict: code-number*"]
    )


@pytest.mark.untraced
@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["alone", "worker"])
def test_a_watched_run_without_any_response_says_what_is_watched(pytester, workers):
    """Mocks of other libraries are not; a run that collects only says nothing."""
    pytester.makepyfile("def test_a(): pass")
    line = "pcerrors: no response was watched: --pc-watch sees *"
    pytester.runpytest("-q", "--pc-watch", *workers).stdout.fnmatch_lines([line, "those of responses, respx *"])
    pytester.runpytest("-q", "--pc-watch", "--collect-only").stdout.no_fnmatch_line(line)
    pytester.runpytest("-q").stdout.no_fnmatch_line(line)


def test_a_response_that_is_not_judged_was_watched(pytester, bare_suite, settings):
    """Another message names its host."""
    settings('hosts = ["other.example"]')
    result = pytester.runpytest("-q", "--pc-watch")
    result.stdout.fnmatch_lines(["pcerrors: nothing was checked: *"])
    result.stdout.no_fnmatch_line("*no response was watched*")


@pytest.mark.parametrize(
    ("folder", "place"),
    [("tapes", "tapes/tape.json"), ("..", "/*/tape.json")],
    ids=["inside", "outside"],
)
def test_a_place_is_relative_to_the_root_directory(pytester, tmp_path_factory, folder, place):
    """A file that is elsewhere has its whole path; an assertion names the same place, in the form of its format."""
    file = (pytester.path / folder).resolve() / "tape.json"
    file.parent.mkdir(exist_ok=True)
    request = {"method": "GET", "uri": HOST, "body": None, "headers": {}}
    body = {"string": '{"code": 800064, "description": "Busy", "source": "PartnerFD"}'}
    headers = {"Content-Type": ["application/json"]}
    response = {"status": {"code": 409, "message": "Conflict"}, "headers": headers, "body": body}
    file.write_text(json.dumps({"version": 1, "interactions": [{"request": request, "response": response}] * 2}))
    pytester.makepyfile(
        f"""
        import requests, vcr
        from pytest_pcerrors import assert_pc_error

        def get():
            with vcr.use_cassette({str(file)!r}, record_mode="none", serializer="json"):
                return requests.get("{HOST}")

        def test_watched():
            get()

        def test_asserted():
            assert_pc_error(get())
        """
    )
    result = pytester.runpytest("-q", "--pc-watch", "--rootdir", pytester.path)
    file.unlink()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines([f"in {place}[#]/interactions/0, GET *", f"E * in {place}[#]/interactions/0, GET *"])


def test_without_it_nothing_is_watched(pytester, bare_suite):
    """And when it has ended, vcrpy is as it was."""
    pytester.runpytest("-q", "--pc-watch").assert_outcomes(passed=1, failed=1)
    pytester.runpytest("-q").assert_outcomes(passed=2)


def test_what_is_recorded_is_watched(pytester):
    """A client receives it as well."""
    from pytest_pcerrors.simulation.server import ErrorServer

    pytester.makepyprojecttoml('[tool.pcerrors]\nhosts = ["127.0.0.1"]')
    with ErrorServer() as server:
        pytester.makepyfile(
            f"""
            import requests, vcr

            def test_a():
                with vcr.use_cassette("tape.yaml"):
                    requests.get("{server.url}/shapes/gateway-429")
            """
        )
        result = pytester.runpytest("-q", "--pc-watch")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["  gateway-envelope *", "in tape.yaml:2, GET *"])


def test_a_recording_that_is_no_exchange_is_not_judged(pytester):
    """A suite that is only watched does not fail for how it records."""
    file = pytester.path / "tape.yaml"
    file.write_text(
        f"interactions:\n- request: {{method: GET, uri: '{HOST}', body: null, headers: {{}}}}\n"
        "  response: {status: {code: 42, message: x}, headers: {}, body: {string: ''}}\nversion: 1\n"
    )
    pytester.makepyfile(
        f"""
        import http.client, vcr

        def test_a():
            with vcr.use_cassette("tape.yaml", record_mode="none"):
                connection = http.client.HTTPSConnection("{HOST.removeprefix("https://")}")
                connection.request("GET", "")
                assert connection.getresponse().status == 42
        """
    )
    pytester.runpytest("-q", "--pc-watch").assert_outcomes(passed=1)


@pytest.mark.parametrize(("arguments", "outcome"), [([], "passed"), (["--pc-watch"], "failed")])
def test_the_answers_of_our_server_are_watched(pytester, arguments, outcome):
    """Whatever its host is called."""
    pytester.makepyfile(
        """
        import requests

        def test_a(pc_server):
            pc_server.shape("numeric-code-400")
            assert requests.get(pc_server.url).status_code == 400
        """
    )
    pytester.runpytest("-q", *arguments).assert_outcomes(**{outcome: 1})


RECORDED = """
import urllib.error
import urllib.request

import pytest


@pytest.mark.vcr
def test_busy():
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen("{host}/0")
    assert caught.value.code == 409
    caught.value.close()


@pytest.mark.default_cassette("named.yaml")
@pytest.mark.vcr
def test_named():
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen("{host}/0")
    caught.value.close()


@pytest.mark.vcr("{folder}/shared.yaml")
def test_shared():
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen("{host}/0")
    caught.value.close()


@pytest.mark.block_network
def test_blocked():
    with pytest.raises(RuntimeError, match="Network is disabled"):
        urllib.request.urlopen("http://127.0.0.1:9")


@pytest.fixture(scope="module")
def vcr_config():
    return {{"filter_headers": ["authorization"]}}


def test_ours(pc_cassette):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen("{host}/0")
    caught.value.close()
"""


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("arguments", "outcomes"),
    [([], {"passed": 5}), (["--pc-watch"], {"passed": 4, "failed": 1})],
    ids=["beside", "watched"],
)
def test_a_suite_of_pytest_recording_runs_unchanged(pytester, run_forked, arguments, outcomes):
    """Its markers, options and fixtures mean what they meant; with --pc-watch its cassettes are checked."""
    pytester.makepyfile(test_recorded=RECORDED.format(host=HOST, folder=pytester.path / "cassettes"))
    cassette(pytester, "cassettes/test_recorded/test_busy.yaml", "800064")
    cassette(pytester, "cassettes/test_recorded/test_ours.yaml", '"800064"')
    for name in ("shared.yaml", "test_recorded/named.yaml", "test_recorded/test_shared.yaml"):
        cassette(pytester, f"cassettes/{name}", '"800064"')
    result = run_forked("-q", "-precording", *arguments)
    result.assert_outcomes(**outcomes)


@pytest.mark.untraced
def test_a_test_with_both_markers_is_answered_and_recorded_by_ours(pytester, run_forked, monkeypatch):
    """Both plugins give it the same file; ours is the inner one, so what is written is redacted."""
    from pytest_pcerrors.simulation.server import ErrorServer

    monkeypatch.delenv("CI", raising=False)
    with ErrorServer() as server:
        pytester.makepyfile(
            test_both=f"""
            import pytest, requests

            @pytest.mark.vcr
            @pytest.mark.pc_cassette
            def test_a():
                requests.get("{server.url}/errors/409/800064", headers={{"Authorization": "Bearer s3cr3t-token"}})
            """
        )
        arguments = ["-precording", "--pc-record=once", "--record-mode=once"]
        run_forked("-q", *arguments).assert_outcomes(passed=1)
    assert "Bearer ***" in (pytester.path / "cassettes/test_both/test_a.yaml").read_text("utf-8")
