"""pc_cassette in a run: the path of the file, when it is written, and the messages of the test."""

import pytest
import yaml

pytestmark = pytest.mark.usefixtures("not_in_ci")
HOST = "https://api.partnercenter.microsoft.com"
BUSY = '{"code": "800064", "description": "Busy", "source": "PartnerFD"}'
NUMERIC = '{"code": 800064, "description": "Busy", "source": "PartnerFD"}'


def recorded(file):
    """Return the paths in a cassette."""
    return [
        each["request"]["uri"].partition("/errors")[2]
        for each in yaml.safe_load(file.read_text("utf-8"))["interactions"]
    ]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("def test_a(pc_cassette): get('/v1')", "test_cart/test_a.yaml"),
        ("@pytest.mark.pc_cassette\ndef test_a(): get('/v1')", "test_cart/test_a.yaml"),
        ("@pytest.mark.pc_cassette('shared/busy')\ndef test_a(): get('/v1')", "shared/busy.yaml"),
        ("@pytest.mark.pc_cassette(name='busy.yml')\ndef test_a(pc_cassette): get('/v1')", "busy.yml"),
        (
            "class TestA:\n class TestB:\n  def test_c(self, pc_cassette): get('/v1')",
            "test_cart/TestA.TestB.test_c.yaml",
        ),
        ("@pytest.mark.parametrize('n', [409])\ndef test_a(pc_cassette, n): get('/v1')", "test_cart/test_a-409.yaml"),
        (
            "import unittest\n@pytest.mark.pc_cassette\nclass TestU(unittest.TestCase):\n def test_a(self): get('/v1')",
            "test_cart/TestU.test_a.yaml",
        ),
        (
            "pytestmark = pytest.mark.pc_cassette\n@pytest.fixture\ndef busy(): return get('/v1')\ndef test_a(busy): assert busy.status_code == 409",
            "test_cart/test_a.yaml",
        ),
    ],
    ids=["fixture", "marker", "named", "suffix", "classes", "parameter", "unittest", "before other fixtures"],
)
def test_a_test_is_answered_from_its_cassette(pytester, test_file, tape, text, path):
    """By default from <module>/<test>.yaml; a file name has no brackets."""
    test_file(text)
    tape(f"cassettes/{path}", "/v1")
    result = pytester.runpytest("-q")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["pcerrors: 1 error response checked, 0 violations"])


def test_the_setting_names_the_folder(pytester, test_file, tape, settings):
    """From the root directory, wherever the run is started."""
    settings('cassettes = "tests/recordings"')
    test_file("def test_a(pc_cassette): get('/v1')", "tests/test_cart.py")
    tape("tests/recordings/test_cart/test_a.yaml", "/v1")
    pytester.runpytest("-q", "tests").assert_outcomes(passed=1)


def test_two_tests_that_would_share_a_cassette_unasked_refuse_the_run(pytester, test_file):
    """Their names differ in case, which makes no difference on some file systems; a name by the marker is shared on purpose."""
    test_file("def test_a(pc_cassette): pass\ndef test_A(pc_cassette): pass")
    result = pytester.runpytest("-q")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [
            "*test_cart.py::test_A and test_cart.py::test_a would share the cassette cassettes/test_cart/test_A.yaml; name one of them: @pytest.mark.pc_cassette*"
        ]
    )


def test_the_test_itself_fails_where_a_response_breaks_the_contract(pytester, test_file, tape):
    """Once, in its call phase, with the violations alone; the body ran to its end."""
    test_file("def test_a(pc_cassette):\n    get('/v1')\n    print('the end')")
    tape("cassettes/test_cart/test_a.yaml", "/v1", body=NUMERIC)
    result = pytester.runpytest("-q", "-rA", "--junitxml=report.xml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "409 Conflict breaks the Partner Center error contract in 1 place:",
            "  code-number  /code  the number 800064 instead of a string",
            "*permits it",
            f"in cassettes/test_cart/test_a.yaml:2, GET {HOST}/v1",
            "the end",
            "pcerrors: 1 error response checked, 1 violation (code-number 1)",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    assert "code-number" in (pytester.path / "report.xml").read_text("utf-8")


def test_markers_hold_for_what_a_test_receives(pytester, test_file, tape):
    """Those of ours, and pytest's own xfail."""
    marks = ("pc_profile('observed')", "pc_allow('code-number', reason='x')", "xfail(strict=True)")
    test_file("\n".join(f"@pytest.mark.{mark}\ndef test_{n}(pc_cassette): get('/v1')" for n, mark in enumerate(marks)))
    for number in range(len(marks)):
        tape(f"cassettes/test_cart/test_{number}.yaml", "/v1", body=NUMERIC)
    pytester.runpytest("-q").assert_outcomes(passed=2, xfailed=1)


def test_each_run_of_a_test_that_is_run_again_counts_for_itself(pytester, test_file, tape):
    """What the first run received does not fail the second."""
    test_file("runs = []\ndef test_a(pc_cassette):\n    runs.append(1)\n    get('/bad' if len(runs) == 1 else '/good')")
    text = tape("cassettes/test_cart/test_a.yaml", "/bad", body=NUMERIC).read_text("utf-8")
    tape("cassettes/test_cart/test_a.yaml", "/good")
    file = pytester.path / "cassettes/test_cart/test_a.yaml"
    file.write_text(file.read_text("utf-8").replace("version: 1\n", "") + text.partition("interactions:\n")[2], "utf-8")
    result = pytester.runpytest("-q", "-prerunfailures", "--reruns=1")
    assert result.parseoutcomes() == {"passed": 1, "rerun": 1}


def test_profiles_by_path_hold_for_an_assertion_on_what_was_replayed(pytester, test_file, tape, settings):
    """A test means the same as an item of the cassette; what it asserts itself is not judged again."""
    settings("[[tool.pcerrors.for]]", 'path = "cassettes"', 'profile = "observed"')
    test_file(
        "from pytest_pcerrors import assert_pc_error\ndef test_a(pc_cassette):\n    assert_pc_error(get('/v1'), 800064)"
    )
    tape("cassettes/test_cart/test_a.yaml", "/v1", body=NUMERIC)
    result = pytester.runpytest("-q")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["pcerrors: 1 error response checked, 0 violations"])


def test_other_hosts_are_counted_and_not_judged(pytester, test_file, tape):
    """A token endpoint keeps no promise of ours."""
    test_file("def test_a(pc_cassette): get('/v1', 'https://login.example')")
    file = tape("cassettes/test_cart/test_a.yaml", "/v1", body="denied")
    file.write_text(file.read_text("utf-8").replace(HOST, "https://login.example"), "utf-8")
    result = pytester.runpytest("-q")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "pcerrors: 0 error responses checked, 0 violations",
            "pcerrors: nothing was checked: the exchange is with a host that is not checked",
            'hosts = [[]"login.example"]',
        ]
    )


def test_a_success_of_a_judged_host_is_something_judged(pytester, test_file, tape):
    """So the run does not report that nothing was checked, although there was no error response."""
    test_file("def test_a(pc_cassette): get('/v1')\ndef test_b(pc_cassette): get('/v1', 'https://login.example')")
    tape("cassettes/test_cart/test_a.yaml", "/v1", body="{}", status=200)
    file = tape("cassettes/test_cart/test_b.yaml", "/v1", body="denied")
    file.write_text(file.read_text("utf-8").replace(HOST, "https://login.example"), "utf-8")
    result = pytester.runpytest("-q")
    result.assert_outcomes(passed=2)
    assert "nothing was checked" not in result.stdout.str()


def test_warnings_are_reported_once(pytester, test_file, tape):
    """In the warnings summary of pytest."""
    test_file("@pytest.mark.pc_profile('observed')\ndef test_a(pc_cassette):\n    get('/v1')\n    get('/v1')")
    tape("cassettes/test_cart/test_a.yaml", "/v1", "/v1", body='{"message": "no"}')
    result = pytester.runpytest("-q")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*PcErrorsWarning: 409 Conflict: message-only*"])


def test_many_failures_are_reported_in_few_words(pytester, test_file, tape):
    """Equal ones once, five kinds at most."""
    test_file("def test_a(pc_cassette):\n    for n in range(8): get(f'/v{n}')")
    tape("cassettes/test_cart/test_a.yaml", *(f"/v{n}" for n in range(8)), body=NUMERIC)
    result = pytester.runpytest("-q")
    result.stdout.fnmatch_lines(["and 3 more responses", "pcerrors: 8 error responses checked, 8 violations*"])


def test_an_unmatched_request_is_explained(pytester, test_file, tape):
    """With the request, the nearest recordings and their differences, and the command that records it."""
    test_file("def test_a(pc_cassette): requests.get(HOST + '/v1/customers?size=3&token=' + 's3' + 'cret')")
    tape("cassettes/test_cart/test_a.yaml", "/v1/customers?size=5&token=other")
    result = pytester.runpytest("-q", "--pc-base-url=http://127.0.0.1:9/a;token=s3cret")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"E*UnmatchedRequest: no recording answers GET {HOST}/v1/customers?size=3&token=[*][*][*]",
            "E   *cassettes/test_cart/test_a.yaml holds 1 interaction, 0 of them played",
            f"E   *near: #1 GET {HOST}/v1/customers?size=5&token=[*][*][*], not played",
            'E   *parameter size: sent "3", recorded "5"',
            "E   *record it: pytest test_cart.py::test_a '--pc-base-url=http://127.0.0.1:9/a;token=[*][*][*]' --pc-record=new_episodes",
        ]
    )
    result.stdout.no_fnmatch_line("*s3cret*")


def test_a_client_that_hides_an_unmatched_request_does_not_save_the_test(pytester, test_file):
    """A passing test fails with it; a failing one reports it in addition to its own failure."""
    test_file(
        "def hidden():\n    try: get('/v1')\n    except Exception: return None\n"
        "def test_a(pc_cassette): hidden()\n"
        "def test_b(pc_cassette): assert hidden() is not None, 'the client failed'"
    )
    result = pytester.runpytest("-q")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "no recording answers GET *",
            "  there is no cassettes/test_cart/test_a.yaml",
            "*Captured pcerrors call*",
            "  there is no cassettes/test_cart/test_b.yaml",
        ]
    )


def test_nothing_is_recorded_unasked(pytester, test_file, server):
    """The default mode is `none`."""
    test_file(f"def test_a(pc_cassette): get('/errors/409/800064', {server.url!r})")
    pytester.runpytest("-q").assert_outcomes(failed=1)
    assert server.requests == []


@pytest.mark.covered
@pytest.mark.parametrize(
    ("arguments", "mark", "lines"),
    [(["--pc-record=once"], "", []), ([], "(record='once')", []), ([], "", ['record = "once"'])],
    ids=["option", "marker", "setting"],
)
@pytest.mark.parametrize("ci", [False, True])
def test_who_may_record(pytester, test_file, server, settings, monkeypatch, arguments, mark, lines, ci):
    """Option, marker, setting, in this order; where CI is set, the option alone."""
    if ci:
        monkeypatch.setenv("CI", "true")
    settings(*lines)
    test_file(f"@pytest.mark.pc_cassette{mark}\ndef test_a(): get('/errors/409/800064', {server.url!r})")
    pytester.runpytest("-q", *arguments).assert_outcomes(**{"passed" if arguments or not ci else "failed": 1})
    assert (pytester.path / "cassettes/test_cart/test_a.yaml").exists() == bool(arguments or not ci)


def test_a_recording_of_a_test_that_fails_leaves_the_old_file_whole(pytester, test_file, server):
    """Unless vcrpy is set to record on an exception; a test that only breaks the contract ran to its end."""
    server.shape("numeric-code-400", path="/bad")
    test_file(f"def test_a(pc_cassette):\n    get('/errors/409/800064', {server.url!r})")
    pytester.runpytest("-q", "--pc-record=once").assert_outcomes(passed=1)
    file = pytester.path / "cassettes/test_cart/test_a.yaml"
    before = file.read_bytes()
    test_file(f"def test_a(pc_cassette):\n    get('/errors/404/2000', {server.url!r})\n    assert False")
    pytester.runpytest("-q", "--pc-record=rewrite").assert_outcomes(failed=1)
    assert file.read_bytes() == before
    test_file(f"def test_a(pc_cassette): get('/bad', {server.url!r})")
    pytester.makepyprojecttoml('[tool.pcerrors]\nhosts = ["127.0.0.1"]')
    pytester.runpytest("-q", "--pc-record=rewrite").assert_outcomes(failed=1)
    assert b"/bad" in file.read_bytes()


def test_vcrpy_is_set_to_record_on_an_exception(pytester, test_file, server):
    """Its own setting record_on_exception is honoured."""
    test_file(
        f"@pytest.fixture\ndef pc_vcr_config(): return {{'record_on_exception': True}}\ndef test_a(pc_cassette):\n    get('/errors/409/800064', {server.url!r})\n    assert False"
    )
    pytester.runpytest("-q", "--pc-record=once").assert_outcomes(failed=1)
    assert recorded(pytester.path / "cassettes/test_cart/test_a.yaml") == ["/409/800064"]


STOPPED = """
import unittest
def call(): return get('/errors/409/800064', {url!r})

def test_skip(pc_cassette):
    call()
    pytest.skip("no such order")

def test_xfail(pc_cassette):
    call()
    pytest.xfail("known")

@pytest.mark.xfail(strict=True)
def test_marker(pc_cassette):
    call()
    assert False

@pytest.fixture
def order(pc_cassette):
    call()
    pytest.skip("no such order")

def test_setup(order): pass

class A(unittest.TestCase):
    @pytest.mark.pc_cassette("test_cart/test_unittest")
    def test_a(self):
        call()
        self.skipTest("no such order")
"""


def test_a_test_that_is_skipped_or_fails_as_expected_is_recorded(pytester, test_file, server):
    """So it ends at the same line when it is replayed, and not with an unmatched request."""
    test_file(STOPPED.format(url=server.url))
    outcomes = {"skipped": 3, "xfailed": 2}
    assert pytester.runpytest("-q", "--pc-record=once").parseoutcomes() == outcomes
    for name in ("skip", "xfail", "marker", "setup", "unittest"):
        assert recorded(pytester.path / f"cassettes/test_cart/test_{name}.yaml") == ["/409/800064"]
    sent = len(server.requests)
    result = pytester.runpytest("-q", "-rxs")
    assert result.parseoutcomes() == outcomes
    assert len(server.requests) == sent
    result.stdout.no_fnmatch_line("*no recording answers*")


def test_a_skipped_test_replaces_a_recording_only_by_another(pytester, test_file, server, tape):
    """With the mode rewrite, too: without a request there is nothing to replace it by."""
    cassettes = [tape(f"cassettes/test_cart/test_{name}.yaml", "/errors/409/2001", "/errors/409/2002") for name in "ab"]
    test_file(
        f"def test_a(pc_cassette): pytest.skip()\ndef test_b(pc_cassette):\n    get('/errors/409/800064', {server.url!r})\n    pytest.skip()"
    )
    pytester.runpytest("-q", "--pc-record=rewrite").assert_outcomes(skipped=2)
    assert [recorded(each) for each in cassettes] == [["/409/2001", "/409/2002"], ["/409/800064"]]


def test_settings_of_vcrpy_are_passed_on(pytester, test_file, tape):
    """An existing vcr_config holds, and pc_vcr_config above it."""
    test_file(
        "@pytest.fixture(scope='module')\ndef vcr_config(): return {'match_on': ['method', 'path'], 'allow_playback_repeats': False}\n"
        "@pytest.fixture\ndef pc_vcr_config(): return {'allow_playback_repeats': True}\n"
        "def test_a(pc_cassette):\n    for size in range(3): get(f'/v1?size={size}')\n    assert pc_cassette.play_count == 3"
    )
    tape("cassettes/test_cart/test_a.yaml", "/v1?size=7")
    pytester.runpytest("-q").assert_outcomes(passed=1)


def test_settings_that_are_not_a_mapping_are_misuse(pytester, test_file):
    """They are reported in the setup of the test."""
    test_file("@pytest.fixture\ndef pc_vcr_config(): return [1]\ndef test_a(pc_cassette): pass")
    result = pytester.runpytest("-q")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the fixture pc_vcr_config must return vcrpy's settings as a mapping, not list"])


def test_recordings_that_nobody_plays_are_listed(pytester, test_file, tape):
    """For each cassette that a passing test opened; what any test of it played is used."""
    test_file(
        "pytestmark = pytest.mark.pc_cassette('shared')\ndef test_a(): get('/a')\ndef test_b(): get('/b')\n"
        "@pytest.mark.pc_cassette('other')\ndef test_c():\n    get('/a')\n    assert False"
    )
    for name in ("shared", "other"):
        tape(f"cassettes/{name}.yaml", "/a", "/b", "/c")
    result = pytester.runpytest("-q")
    result.stdout.fnmatch_lines([f"pcerrors: cassettes/shared.yaml: never played: #3 GET {HOST}/c"])
    result.stdout.no_fnmatch_line("*cassettes/other.yaml: never*")


@pytest.mark.untraced
def test_workers_of_xdist_add_up_what_was_played(pytester, test_file, tape):
    """An interaction is unused only if no worker played it, and successes of a judged host are something judged."""
    test_file(
        "pytestmark = pytest.mark.pc_cassette('shared')\n@pytest.mark.parametrize('n', range(4))\ndef test_a(n): get(f'/{n}')\n"
        "@pytest.mark.pc_cassette('other')\ndef test_b(): get('/v1', 'https://login.example')"
    )
    tape("cassettes/shared.yaml", *(f"/{n}" for n in range(5)), body="{}", status=200)
    other = tape("cassettes/other.yaml", "/v1", body="denied")
    other.write_text(other.read_text("utf-8").replace(HOST, "https://login.example"), "utf-8")
    result = pytester.runpytest("-q", "-n2")
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines([f"pcerrors: cassettes/shared.yaml: never played: #5 GET {HOST}/4"])
    assert "nothing was checked" not in result.stdout.str()


@pytest.mark.parametrize(("arguments", "lines"), [(["--pc-max-age=180d"], []), ([], ['max-age = "180d"'])])
def test_a_recording_beyond_its_age_is_reported_once(pytester, test_file, tape, settings, arguments, lines):
    """By the date of its oldest response, with the command that records it again."""
    settings(*lines)
    test_file("def test_a(pc_cassette):\n    get('/a')\n    get('/b')")
    tape("cassettes/test_cart/test_a.yaml", "/a", "/b")
    result = pytester.runpytest("-q", *arguments)
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "*PcErrorsWarning: cassettes/test_cart/test_a.yaml:2: stale Date: oldest response of 2017-04-13, * days old, at most 180 allowed; record it again: pytest test_cart.py::test_a --pc-record=rewrite"
        ]
    )


def test_a_cassette_that_cannot_be_read_is_reported_with_its_line(pytester, test_file):
    """In the setup of the test; nothing is recorded over it."""
    test_file("def test_a(pc_cassette): pass")
    file = pytester.path / "cassettes/test_cart/test_a.yaml"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"interactions:\n- request: {method: GET, uri: '\xff'}")
    before = file.read_bytes()
    result = pytester.runpytest("-q", "--pc-record=new_episodes")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["cassettes/test_cart/test_a.yaml: not a YAML cassette: *"])
    result.stdout.no_fnmatch_line("*another exception*")
    result.stdout.no_fnmatch_line("*pytest_pcerrors*")
    assert file.read_bytes() == before


SHARED = """
@pytest.mark.pc_cassette("shared")
@pytest.mark.parametrize("n", range(4))
def test_a(n): get(f"/errors/409/800064?n={n}", URL)
"""


@pytest.mark.covered
@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
def test_a_cassette_that_tests_share_is_recorded_whole(pytester, test_file, server, mode):
    """Each test adds to what the run has begun; what an earlier run recorded goes where the mode says so."""
    test_file(f"URL = {server.url!r}\n{SHARED}")
    for _ in range(2):
        pytester.runpytest("-q", f"--pc-record={mode}").assert_outcomes(passed=4)
        held = recorded(pytester.path / "cassettes/shared.yaml")
        assert sorted(held) == [f"/409/800064?n={n}" for n in range(4)]


def test_a_cassette_that_tests_share_is_recorded_by_one_process(pytester, test_file):
    """Several would overwrite each other's recordings."""
    test_file(f"URL = HOST\n{SHARED}")
    result = pytester.runpytest("-q", "-n2", "--pc-record=rewrite")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*share the cassette cassettes/shared.yaml, and several processes would*record it without -n"]
    )


@pytest.mark.untraced
def test_a_cassette_that_tests_share_is_replayed_by_many_processes(pytester, test_file, tape):
    """Also where the mode would record, and there is nothing to record."""
    test_file(f"URL = HOST\n{SHARED}")
    tape("cassettes/shared.yaml", *(f"/errors/409/800064?n={n}" for n in range(4)))
    pytester.runpytest("-q", "-n2", "--pc-record=once").assert_outcomes(passed=4)


def test_a_test_that_is_collected_twice_shares_its_cassette_with_itself(pytester, test_file, tape):
    """As it does where a plugin repeats tests."""
    test_file("def test_a(pc_cassette): get('/v1')")
    tape("cassettes/test_cart/test_a.yaml", "/v1")
    arguments = ["test_cart.py", "test_cart.py::test_a", "test_cart.py"]
    pytester.runpytest("-q", "--keep-duplicates", *arguments).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        (None, ["test_a"]),
        ("'a, b', [(1, 2), (3, 4)]", ["test_a-1-2", "test_a-3-4"]),
        ("argnames=('a', 'b'), argvalues=[(1, 2)]", ["test_a-1-2"]),
        (
            "'a, b', [pytest.param(1, 2, id=pytest.HIDDEN_PARAM)]",
            [f"test_a-{loop}-{step}-2" for loop in ("x", "y") for step in (0, 1)],
        ),
    ],
)
def test_a_test_has_one_cassette_however_often_and_in_whichever_loop_it_runs(
    pytester, test_file, tape, parameters, names
):
    """Pytest-repeat adds a parameter with such a name, and anyio this one; ids that do not belong to one parameter each count."""
    pytester.makeconftest(
        "import pytest\n@pytest.hookimpl(trylast=True)\ndef pytest_generate_tests(metafunc):\n"
        "    metafunc.fixturenames.append('__step')\n    metafunc.parametrize('__step', range(2), ids='{}-2'.format)\n"
        "@pytest.fixture(params=['x', 'y'], scope='module', autouse=True)\ndef anyio_backend(request): pass"
    )
    mark, arguments = (f"@pytest.mark.parametrize({parameters})\n", ", a, b") if parameters else ("", "")
    test_file(f"{mark}def test_a(pc_cassette{arguments}): get('/v1')")
    for name in names:
        tape(f"cassettes/test_cart/{name}.yaml", "/v1")
    result = pytester.runpytest("-q")
    result.assert_outcomes(passed=8 if len(names) == 2 else 4)
    result.stdout.no_fnmatch_line("*no test uses*")


def test_a_marker_on_one_parameter_is_for_that_one(pytester, test_file, tape):
    """The others have no cassette."""
    test_file(
        "@pytest.mark.parametrize('n', [pytest.param(1, marks=pytest.mark.pc_cassette), 2])\n"
        "def test_a(n, request): assert ('pc_cassette' in request.fixturenames) == (n == 1)"
    )
    pytester.runpytest("-q").assert_outcomes(passed=2)


def test_fixtures_of_the_session_are_set_up_before_a_cassette(pytester, test_file, tape):
    """Whichever test comes first, what they ask is in none of them."""
    test_file(
        "@pytest.fixture(scope='session', autouse=True)\ndef wide():\n"
        "    import vcr.stubs, http.client\n    return http.client.HTTPConnection\n"
        "@pytest.mark.pc_cassette\ndef test_a(wide):\n    import http.client\n    assert http.client.HTTPConnection is not wide"
    )
    pytester.runpytest("-q").assert_outcomes(passed=1)


def test_what_vcrpy_ignores_is_not_judged(pytester, test_file, server):
    """It is in no cassette."""
    test_file(
        f"@pytest.fixture\ndef pc_vcr_config(): return {{'ignore_hosts': ['127.0.0.1']}}\n"
        f"def test_a(pc_cassette): get('/shapes/numeric-code-400', {server.url!r})"
    )
    result = pytester.runpytest("-q", f"--pc-base-url={server.url}")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("pcerrors: *")


@pytest.mark.parametrize("kind", ["function", "unittest"])
def test_an_unmatched_request_shows_the_frame_of_the_test(pytester, kind):
    """No frame of an HTTP client, and the message once."""
    call = 'requests.get("https://api.partnercenter.microsoft.com/v1")'
    bodies = {
        "function": f"def test_a(pc_cassette):\n    {call}\n",
        "unittest": f"@pytest.mark.pc_cassette\nclass TestA(unittest.TestCase):\n    def test_a(self):\n        {call}\n",
    }
    pytester.makepyfile("import pytest, requests, unittest\n" + bodies[kind])
    result = pytester.runpytest("-q")
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*site-packages*")
    shown = [line for line in result.stdout.lines if "no recording answers GET" in line]
    assert len([line for line in shown if not line.startswith("FAILED ")]) == 1
    result.stdout.fnmatch_lines([f">*{call}", "E * no recording answers GET *"])


def test_a_test_of_unittest_that_fails_reports_its_unmatched_requests(pytester, test_file):
    """Its client ignored it, and unittest hides the failure from pytest."""
    test_file(
        "import unittest\n@pytest.mark.pc_cassette\nclass TestU(unittest.TestCase):\n    def test_a(self):\n"
        "        try: get('/v1')\n        except Exception: pass\n        self.fail('the client failed')"
    )
    result = pytester.runpytest("-q")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the client failed", "no recording answers GET *"])


def test_warnings_that_are_errors_fail_the_test_and_keep_the_recording(pytester, test_file, server):
    """The test ran to its end; its failure is the warnings alone."""
    test_file(f"def test_a(pc_cassette): get('/shapes/message-only-403', {server.url!r})")
    pytester.makepyprojecttoml('[tool.pcerrors]\nhosts = ["127.0.0.1"]\nprofile = "observed"')
    result = pytester.runpytest("-q", "--pc-record=once", "-W", "error::pytest_pcerrors.PcErrorsWarning")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*test_a*", "403 Forbidden: message-only: *"])
    assert (pytester.path / "cassettes/test_cart/test_a.yaml").exists()


def test_the_age_is_reported_again_to_a_test_that_is_run_again(pytester, test_file, tape, settings):
    """So a rerun does not make an error pass; the next test of the same cassette does not report it."""
    settings('max-age = "180d"', "[tool.pcerrors.severity]", 'stale = "error"')
    test_file("pytestmark = pytest.mark.pc_cassette('shared')\ndef test_a(): get('/v1')\ndef test_b(): get('/v1')")
    tape("cassettes/shared.yaml", "/v1")
    result = pytester.runpytest("-q", "-prerunfailures", "--reruns=1")
    assert result.parseoutcomes() == {"failed": 1, "passed": 1, "rerun": 1}
    result.stdout.fnmatch_lines(["*record it again: pytest test_cart.py::test_a --pc-record=all"])


def test_what_is_recorded_again_is_not_too_old(pytester, test_file, server, tape):
    """Its replacement is of today."""
    test_file(f"def test_a(pc_cassette): get('/errors/409/800064', {server.url!r})")
    tape("cassettes/test_cart/test_a.yaml", "/errors/409/800064")
    pytester.runpytest("-q", "--pc-record=all", "--pc-max-age=1d").assert_outcomes(passed=1, warnings=0)


def test_where_another_plugin_keeps_its_cassettes_is_nothing_to_ours(pytester, test_file, tape):
    """A setting is ignored in vcr_config, and a mistake in pc_vcr_config."""
    text = "@pytest.fixture\ndef {}(): return {{'cassette_library_dir': 'x'}}\ndef test_a(pc_cassette): get('/v1')"
    tape("cassettes/test_cart/test_a.yaml", "/v1")
    test_file(text.format("vcr_config"))
    pytester.runpytest("-q").assert_outcomes(passed=1)
    test_file(text.format("pc_vcr_config"))
    pytester.runpytest("-q").assert_outcomes(errors=1)
