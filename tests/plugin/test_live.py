"""pc_session and --pc-live: the same tests by replay, against our server, and against a service in another process."""

import signal
import subprocess
import sys

import pytest

from pytest_pcerrors.simulation.server import ErrorServer

SAME_TESTS = """
from pytest_pcerrors import assert_pc_error


def test_busy(pc_session):
    error = assert_pc_error(pc_session.get("/errors/409/800064"), 800064)
    assert error.request_id


def test_missing(pc_session):
    assert_pc_error(pc_session.get("/errors/404/20003"), status=404)
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Neither in CI nor with a token."""
    for name in ("CI", "PCERRORS_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def service():
    """Run ``pcerrors serve`` in another process, and return its URL."""
    code = "import sys; from pytest_pcerrors.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "serve", "--port", "0", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    yield process.stdout.readline().split()[-1]
    process.terminate()
    process.wait(60)
    process.stdout.close()


def test_the_same_file_passes_by_replay_against_our_server_and_live(pytester, service, monkeypatch):
    """Recorded once, replayed without the service, then asked of a server of ours, and of the service."""
    pytester.makepyfile(test_same=SAME_TESTS)
    base = f"--pc-base-url={service}"
    pytester.runpytest("-q", base, "--pc-record=once").assert_outcomes(passed=2)
    text = (pytester.path / "cassettes/test_same/test_busy.yaml").read_text("utf-8")
    pytester.runpytest("-q", base).assert_outcomes(passed=2)
    monkeypatch.setenv("PCERRORS_TOKEN", "a-token-of-no-worth")
    pytester.runpytest("-q", base, "--pc-live").assert_outcomes(passed=2)
    assert (pytester.path / "cassettes/test_same/test_busy.yaml").read_text("utf-8") == text
    pytester.makeconftest("import pytest\n@pytest.fixture(autouse=True)\ndef service(pc_server): return pc_server")
    pytester.runpytest("-q").assert_outcomes(passed=2)


def test_replay_by_default_needs_the_name_of_the_service_only(pytester, tmp_path):
    """The base URL is the global cloud's, or China's by a setting."""
    pytester.makepyfile("def test_a(pc_session): print(pc_session.base_url)")
    pytester.runpytest("-qs").stdout.fnmatch_lines(["*https://api.partnercenter.microsoft.com*"])
    pytester.makepyprojecttoml('[tool.pcerrors]\ncloud = "china"')
    pytester.runpytest("-qs").stdout.fnmatch_lines(["*https://partner.partnercenterapi.microsoftonline.cn*"])
    pytester.makepyprojecttoml('[tool.pcerrors]\nbase-url = "https://mock.example/api"')
    pytester.runpytest("-qs").stdout.fnmatch_lines(["*https://mock.example/api*"])


@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["alone", "worker"])
def test_a_live_run_without_a_token_is_one_clear_error(pytester, workers):
    """Before any test runs."""
    pytester.makepyfile(SAME_TESTS)
    result = pytester.runpytest("-q", "--pc-live", *workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --pc-live needs an access token: set PCERRORS_TOKEN, or token-command in *"])


def test_a_live_run_of_tests_that_need_no_token_has_none(pytester):
    """A client of the user's own brings its own."""
    pytester.makepyfile("def test_a(pc_cassette): assert pc_cassette.record_mode == 'all'")
    pytester.runpytest("-q", "--pc-live").assert_outcomes(passed=1)


def test_live_and_recording_exclude_each_other(pytester):
    """A live run writes nothing."""
    result = pytester.runpytest("-q", "--pc-live", "--pc-record=once")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--pc-live records nothing, so it cannot be used with --pc-record"])


def test_live_responses_are_checked(pytester, monkeypatch):
    """Through the session's cassette, which is never written; the host of the base URL counts as the service's."""
    monkeypatch.setenv("PCERRORS_TOKEN", "token")
    pytester.makepyfile("def test_a(pc_session): assert pc_session.get('/x').status_code == 400")
    with ErrorServer() as server:
        server.shape("numeric-code-400")
        result = pytester.runpytest("--pc-live", f"--pc-base-url={server.url}")
        result.stdout.fnmatch_lines([f"pcerrors: Partner Center contract*, profile documented, live: {server.url}"])
        assert [each.headers.get("Authorization") for each in server.requests] == ["Bearer token"]
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["  code-number  /code *"])
    assert not (pytester.path / "cassettes").exists()


def test_a_live_session_waits_as_the_service_says(pytester, monkeypatch):
    """A replayed 429 is returned at once, since the recording has the received response."""
    monkeypatch.setenv("PCERRORS_TOKEN", "token")
    pytester.makepyfile("def test_a(pc_session): print('came', pc_session.get('/x').status_code)")
    with ErrorServer() as server:
        server.sequence(429, "ok", retry_after=1)
        live = pytester.runpytest("-qs", "--pc-live", f"--pc-base-url={server.url}")
        server.clear()
        server.sequence(429, "ok", retry_after=1)
        recorded = pytester.runpytest("-qs", "--pc-record=once", f"--pc-base-url={server.url}", "--pc-profile=observed")
    live.assert_outcomes(passed=1)
    live.stdout.fnmatch_lines(["*came 200*"])
    recorded.stdout.fnmatch_lines(["*came 429*"])


def test_a_token_command_is_asked_once(pytester):
    """Its output is the token; PCERRORS_TOKEN overrides it."""
    log = pytester.path / "log"
    script = f"import pathlib; log = pathlib.Path({str(log)!r}); log.open('a').write('x'); print('from-command')"
    pytester.makepyprojecttoml(
        f"[tool.pcerrors]\ntoken-command = [{sys.executable!r}, '-c', {script!r}]".replace('"', "'''")
    )
    pytester.makepyfile("def test_a(pc_session): pc_session.get('/')\ndef test_b(pc_session): pc_session.get('/')")
    with ErrorServer() as server:
        pytester.runpytest("-q", "--pc-live", f"--pc-base-url={server.url}").assert_outcomes(passed=2)
        assert [each.headers.get("Authorization") for each in server.requests] == ["Bearer from-command"] * 2
    assert log.read_text() == "x"


def test_a_recording_without_a_token_says_so_where_a_401_is_received(pytester):
    """With the variable to set; a replay of it, and a call that wants no token, say nothing."""
    pytester.makepyfile(
        """
        def test_a(pc_session):
            assert pc_session.get("/v1/a?code=k7X9s3cr3tQ2w").status_code == 401
        def test_b(pc_session): assert pc_session.get("/v1/b", headers={"Authorization": None}).status_code == 401
        """
    )
    with ErrorServer() as server:
        server.shape("empty-401")
        arguments = ["-q", f"--pc-base-url={server.url}", "--pc-profile=observed", "-W", "ignore:401 Unauthorized:"]
        recorded = pytester.runpytest(*arguments, "--pc-record=once")
        replayed = pytester.runpytest(*arguments)
    recorded.stdout.fnmatch_lines(
        [f"*401 for GET {server.url}/v1/a?*, which had no access token: set PCERRORS_TOKEN, *"]
    )
    recorded.stdout.no_fnmatch_line("*/v1/b*no access token*")
    recorded.stdout.no_fnmatch_line("*s3cr3t*")
    replayed.stdout.no_fnmatch_line("*no access token*")


def test_our_server_is_never_recorded_and_needs_no_token(pytester):
    """A session is bound to it where a test asks for both."""
    pytester.makepyfile(
        """
        def test_a(pc_server, pc_session, pc_cassette):
            pc_server.fail("POST", "/v1/carts/*/checkout", code=800064)
            assert pc_session.post("/v1/carts/7/checkout").status_code == 409
            assert len(pc_cassette) == 0
        """
    )
    pytester.runpytest("-q", "--pc-live").assert_outcomes(passed=1)
    pytester.runpytest("-q", "--pc-record=once").assert_outcomes(passed=1)
    assert not (pytester.path / "cassettes").exists()


@pytest.mark.parametrize(
    ("moment", "effect"),
    [("open", "before(beside, 'wb').write(b'interactions: [half')"), ("replace", "None")],
    ids=["half written", "not renamed"],
)
def test_a_recording_that_is_killed_leaves_the_old_file_whole(pytester, run_forked, moment, effect):
    """SIGKILL while the new one is being written, and just before it takes the old one's place."""
    file = pytester.path / "cassettes/test_k/test_a.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("interactions: []\nversion: 1\n")
    pytester.makeconftest(
        f"""
        import os, pathlib, signal

        before = pathlib.Path.{moment}

        def killed(beside, *arguments, **keywords):
            if not beside.name.endswith(".new"):
                return before(beside, *arguments, **keywords)
            {effect}
            os.kill(os.getpid(), signal.SIGKILL)

        pathlib.Path.{moment} = killed
        """
    )
    with ErrorServer() as server:
        pytester.makepyfile(
            test_k=f"import requests\ndef test_a(pc_cassette): requests.get('{server.url}/errors/409/800064')"
        )
        result = run_forked("-q", "-p", "no:cacheprovider", "--pc-record=rewrite")
    assert result.ret == 128 + signal.SIGKILL
    assert file.read_text() == "interactions: []\nversion: 1\n"


def test_a_service_that_is_down_is_reported_without_the_token(pytester, monkeypatch):
    """For pytest prints the arguments of the client's frames, headers among them."""
    monkeypatch.setenv("PCERRORS_TOKEN", "tokens3cr3t")
    monkeypatch.setenv("URL", "/v1?code=k7X9s3cr3tQ2w&key=q4R8s3cr3tZ1v")
    pytester.makepyfile(
        "def test_a(pc_session): pc_session.get(__import__('os').environ['URL'])\ndef test_b(pc_session): assert pc_session.get('/v1', timeout=0.1)"
    )
    with ErrorServer() as server:
        server.fail("*", "/**", status=500, delay=0.5)
        results = [
            pytester.runpytest("--junitxml=report.xml", f"--pc-base-url={url}", mode)
            for url in (server.url, "http://127.0.0.1:9")
            for mode in ("--pc-live", "--pc-record=once")
        ]
    for result in results:
        result.stdout.no_fnmatch_line("*s3cr3t*")
        assert "ConnectionError" in result.stdout.str() or "Timeout" in result.stdout.str()
    assert "s3cr3t" not in (pytester.path / "report.xml").read_text("utf-8")


def test_a_server_that_was_stopped_refuses_connections(pytester):
    """Its URL is still no business of the cassette."""
    pytester.makepyfile(
        """
        import pytest, requests

        def test_a(pc_server, pc_session):
            pc_server.stop()
            with pytest.raises(requests.ConnectionError):
                pc_session.get("/v1")
        """
    )
    pytester.runpytest("-q").assert_outcomes(passed=1)
