"""What is said where a response could not be recorded: the client does not see it, the test does."""

import pytest


@pytest.fixture
def record(pytester, server, monkeypatch):
    """Run a test that receives a busy cart, with a hook of vcrpy, and record it."""
    monkeypatch.delenv("CI", raising=False)

    def record(hook, last_line="pass"):
        pytester.makepyfile(
            test_cart=f"import pytest, requests\n{hook}\n@pytest.fixture\ndef pc_vcr_config(): return {{'before_record_response': hook}}\n"
            f"def test_a(pc_cassette):\n    requests.get('{server.url}/errors/409/800064', timeout=5)\n    {last_line}"
        )
        return pytester.runpytest("-q", "--pc-record=once")

    return record


@pytest.fixture
def cassette(pytester):
    """Return the path of the cassette that the test has."""
    return pytester.path / "cassettes" / "test_cart" / "test_a.yaml"


FORGETFUL = "def hook(response):\n    return response['status']['cod']"


def test_a_hook_that_raises_fails_the_test_at_its_end(record, cassette):
    """With the line of the hook; the test function ran to its end, and nothing is written."""
    result = record(FORGETFUL, "print('the end')")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([">*return response*", "E*KeyError: 'cod'", "the end"])
    assert not cassette.exists()


def test_a_hook_that_raises_is_reported_with_a_test_that_fails(record):
    """The response that it has spoiled may be why."""
    result = record(FORGETFUL, "raise AssertionError('the cart')")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*the cart", "*Captured pcerrors call*", "*in hook", "KeyError: 'cod'"])


def test_a_body_that_cannot_be_searched_fails_the_test_with_its_message(record, cassette):
    """The message says all, so there is no traceback."""
    hook = (
        "import http.server, threading\n"
        "class Packed(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(200)\n        self.send_header('Content-Encoding', 'compress')\n"
        "        self.end_headers()\n        self.wfile.write(b'\\xff\\xff')\n"
        "    def log_message(self, *arguments): pass\n"
        "def hook(response): return response"
    )
    steps = (
        "with http.server.HTTPServer(('127.0.0.1', 0), Packed) as server:\n"
        "        threading.Thread(target=server.handle_request).start()\n"
        "        requests.get(f'http://127.0.0.1:{server.server_port}', timeout=5)"
    )
    result = record(hook, steps)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*cannot be searched for secrets*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert not cassette.exists()


NOTHING = {
    "before_record_request": ("def hook(request): request.headers.clear()", "request"),
    "before_record_response": ("def hook(response): response['headers'].pop('Server', None)", "response"),
    "before_save_interaction": ("def hook(request, response): request.headers.clear()", "interaction"),
}
"""For each hook one that forgets its `return`, and what it has to return."""


@pytest.mark.parametrize("workers", [(), ("-n1",)], ids=["one process", "a worker"])
def test_a_hook_that_returns_nothing_is_reported(pytester, test_file, server, not_in_ci, workers):
    """The client received its response, so the test passes."""
    for setting, (hook, _) in NOTHING.items():
        test_file(
            f"{hook}\n@pytest.fixture\ndef pc_vcr_config(): return {{{setting!r}: hook}}\n"
            f"def test_a(pc_cassette): get('/errors/409/800064', {server.url!r})",
            f"test_{setting}.py",
        )
    result = pytester.runpytest("-q", "--pc-record=once", *workers)
    result.assert_outcomes(passed=len(NOTHING))
    for setting, (_, noun) in NOTHING.items():
        name = f"cassettes/test_{setting}/test_a.yaml"
        why = f"{setting} returned None for 1 {noun}; a hook has to return the {noun}"
        assert f"pcerrors: {name}: nothing was recorded: {why}" in result.stdout.lines
        cassette = pytester.path / name
        assert not cassette.exists() or "uri:" not in cassette.read_text("utf-8")


NONE = "lambda request: None"
SOME = "lambda request: None if '800064' in request.uri else request"
BOTH = "ask('409/800064'), ask('404/20000')"
ON_PURPOSE = {
    "some requests": (f"'before_record_request': {SOME}", BOTH, ["once", "once", "new_episodes"]),
    "an ignored host": (f"'before_record_request': {NONE}, 'ignore_localhost': True", BOTH, ["once", "all"]),
    "our server": (f"'before_record_request': {NONE}", "requests.get(pc_server.url, timeout=5)", ["once"]),
    "a test that fails": (f"'before_record_request': {NONE}", f"{BOTH}, [].pop()", ["once"]),
    "a replaying run": (f"'before_record_request': {NONE}", BOTH, ["none"]),
}


@pytest.mark.parametrize(("config", "steps", "modes"), ON_PURPOSE.values(), ids=ON_PURPOSE)
def test_requests_that_are_left_out_on_purpose_are_not_reported(pytester, monkeypatch, server, config, steps, modes):
    """A run that records nothing else, or that replays, is in order."""
    monkeypatch.delenv("CI", raising=False)
    pytester.makepyfile(
        f"import pytest, requests\n@pytest.fixture\ndef pc_vcr_config(): return {{{config}}}\n"
        f"def ask(error): requests.get(f'{server.url}/errors/{{error}}', timeout=5)\n"
        f"def test_a(pc_cassette{', pc_server' if 'pc_server' in steps else ''}): {steps}"
    )
    for mode in modes:
        result = pytester.runpytest("-q", f"--pc-record={mode}")
        assert "nothing was recorded" not in result.stdout.str()
        assert result.parseoutcomes() == ({"failed": 1} if "pop" in steps else {"passed": 1})


def test_a_hook_that_leaves_out_some_responses_is_not_reported(record, cassette, server):
    """That is what it is for."""
    hook = "def hook(response): return response if response['status']['code'] == 409 else None"
    result = record(hook, f"requests.get('{server.url}/errors/404/20000', timeout=5)")
    result.assert_outcomes(passed=1)
    assert "nothing was recorded" not in result.stdout.str()
    assert cassette.exists()


@pytest.mark.parametrize(
    ("mark", "options", "outcomes", "is_reported"),
    [
        ("xfail(reason='bug 7')", [], {"xfailed": 1, "warnings": 1}, True),
        ("xfail(strict=True)", ["-Werror"], {"failed": 1}, True),
        ("xfail(raises=Exception)", [], {"xfailed": 1}, False),
        ("xfail(reason='bug 7')", ["--runxfail"], {"failed": 1}, True),
    ],
    ids=["warning", "error", "raises", "runxfail"],
)
def test_an_expected_failure_does_not_hide_an_unmatched_request(pytester, mark, options, outcomes, is_reported):
    """Its message is a warning of the test, unless the marker names the exceptions."""
    pytester.makepyfile(
        f"import pytest, requests\n@pytest.mark.{mark}\ndef test_a(pc_cassette): requests.get('http://127.0.0.1:9/v1')"
    )
    result = pytester.runpytest("-q", *options)
    result.assert_outcomes(**outcomes)
    assert ("no recording answers GET http://127.0.0.1:9/v1" in result.stdout.str()) is is_reported


def test_an_expected_failure_without_a_problem_is_nothing_to_report(pytester):
    """It is what the marker expects."""
    pytester.makepyfile("import pytest\n@pytest.mark.xfail\ndef test_a(pc_simulate): assert False")
    pytester.runpytest("-q").assert_outcomes(xfailed=1)
