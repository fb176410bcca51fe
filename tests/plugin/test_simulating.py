"""pc_simulate in a run, and tests that run once for each error or shape."""

import pytest

from pytest_pcerrors import Contract
from pytest_pcerrors.simulation.shapes import OBSERVED, SHAPES

HEAD = """
import pytest, requests
from concurrent.futures import ThreadPoolExecutor

URL = "https://api.partnercenter.microsoft.com/v1/customers/7"

def get(url=URL):
    return requests.get(url, timeout=5)

def get_or_hide(url=URL):
    try:
        return get(url)
    except Exception:
        return None

"""


@pytest.fixture
def run(pytester):
    """Run a test module after a head with a client, and a client that hides every exception."""

    def run(text, *arguments):
        pytester.makepyfile(test_it=HEAD + text)
        return pytester.runpytest("-q", *arguments)

    return run


def test_a_simulated_error(run):
    """The client of the test gets it, and the test checks what it does."""
    run("""
def test_a(pc_simulate):
    carts = pc_simulate(800064, method="GET", url="*/customers/*", times=1)
    assert get().json()["code"] == "800064"
    assert carts.requests[0].url == URL
""").assert_outcomes(passed=1)


FAULTS = {
    "unused": (
        "    pc_simulate(800064, method='POST')\n    pc_simulate(429)\n    get()",
        [
            "the client sent no request for a simulation: POST * -> 409 800064",
            "  it sent GET https://api*/v1/customers/7",
        ],
    ),
    "hidden": (
        "    pc_simulate(800064, method='POST', required=False)\n    get_or_hide()",
        ["nothing simulates GET https://api*", "  simulated: POST * -> 409 800064", "  add a simulation for it*"],
    ),
}


@pytest.mark.parametrize(("body", "lines"), FAULTS.values(), ids=FAULTS)
def test_what_fails_a_test_by_itself(run, body, lines):
    """A simulation without a request, and a refused request that the client hides; only the message is shown."""
    result = run(f"def test_a(pc_simulate):\n{body}\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*_ test_a _*", *lines], consecutive=True)
    result.stdout.no_fnmatch_line("*Error: *nothing simulates*")


def test_a_failing_test_shows_the_refused_request(run):
    """In a section of its report; unused simulations are not its problem."""
    result = run("""
def test_a(pc_simulate):
    pc_simulate(800064, method="POST")
    assert get_or_hide() is not None
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- Captured pcerrors call -*", "nothing simulates GET *"])
    result.stdout.no_fnmatch_line("*sent no request for a simulation*")


def test_misuse_shows_the_line_of_the_test(run):
    """And no frame of ours, nor the exception of another library."""
    result = run("""
from pytest_pcerrors import Contract, assert_errors_surface

def test_a(pc_simulate):
    pc_simulate(80064)

@pytest.mark.pc_entries(code=800064)
def test_b(pc_entry):
    pc_entry.simulate(delay="long")

def test_c():
    assert_errors_surface(lambda: 7)

def test_d(pc_server):
    pc_server.shape("html502")

def test_e(pc_server):
    pc_server.fail("GET", "v1", 800064)

def test_f():
    Contract.load("nowhere.json")
""")
    result.assert_outcomes(failed=6)
    lines = [
        "code 80064 is not in the catalogue; *",
        "delay: expected seconds, got 'long'",
        "case resource-200: the call sent*",
        'there is no shape "html502"; did you mean "html-502"[?]',
        'expected a path that begins with /, got "v1"; *',
        "*nowhere.json: cannot be read: *",
    ]
    result.stdout.fnmatch_lines([f"E *UsageError: {line}" for line in lines])
    result.stdout.no_fnmatch_line("*pytest_pcerrors/*.py:*")
    result.stdout.no_fnmatch_line("*During handling*")


def test_our_own_server_is_reached(run):
    """Its requests are not simulated, and need no rule for it."""
    run("""
def test_a(pc_simulate, pc_server):
    pc_server.fail("GET", "/v1/orders", 20002, status=403)
    pc_simulate(800064)
    assert get(pc_server.url + "/v1/orders").status_code == 403
    assert get().status_code == 409
""").assert_outcomes(passed=1)


@pytest.mark.covered
@pytest.mark.parametrize("fixtures", ["pc_simulate, pc_cassette", "pc_cassette, pc_simulate"])
def test_beside_a_cassette(run, write, fixtures):
    """The simulation comes first, then the cassette, in whatever order the fixtures are."""
    write(
        "cassettes/test_it/test_a.yaml",
        {
            "request": {"method": "GET", "uri": "https://api.partnercenter.microsoft.com/v1/orders", "headers": {}},
            "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "{}"}},
        },
    )
    result = run(f"""
def test_a({fixtures}):
    pc_simulate(800064, url="*/customers/*", times=1)
    assert get().status_code == 409
    assert get("https://api.partnercenter.microsoft.com/v1/orders").json() == {{}}
    get_or_hide()
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["no recording answers GET *", "*  simulated: * ?/customers/? (used up) -> 409 800064"])


def test_a_thread_that_outlives_its_test_is_refused(run):
    """Its request is neither simulated by the next test nor sent."""
    result = run("""
import threading
end = threading.Event()

def test_a(pc_simulate):
    def late():
        end.wait(30)
        get_or_hide()
    threading.Thread(target=late, name="late").start()

def test_b(pc_simulate):
    pc_simulate("ok", required=False)
    end.set()
    [each.join() for each in threading.enumerate() if each.name == "late"]
    assert not pc_simulate.unmatched
""")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["pcerrors: *test_it.py::test_a*"])


def test_coverage_counts_what_was_simulated(run):
    """As a way of its own: by tests in one process, in several, and by threads."""
    text = """
@pytest.mark.pc_entries(status=404)
def test_a(pc_entry):
    pc_entry.simulate()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: get(), range(2)))
"""
    for arguments in ([], ["-n2"]):
        result = run(text, "--pc-coverage", *arguments)
        result.assert_outcomes(passed=16)
        result.stdout.fnmatch_lines(["404 Not Found*16*16*100%", "*simulated 16"])


def test_once_for_each_documented_error(run):
    """All of the catalogue, or those with a status or a code; ids are the status and the code."""
    result = run("""
@pytest.mark.pc_entries()
def test_all(pc_entry):
    assert (pc_entry.status, pc_entry.code, pc_entry.description) == (
        pc_entry.entry.status, pc_entry.entry.code, pc_entry.entry.description)

@pytest.mark.pc_entries(code=[2006, "800064"])
def test_codes(pc_entry):
    pc_entry.simulate()
    assert get().json()["code"] == pc_entry.code

@pytest.mark.pc_entries(status=(409, 501), code=["0", 27009])
class TestMany:
    def test_both(self, pc_entry, pc_simulate):
        pc_simulate(pc_entry)
        assert get().status_code == pc_entry.status == pc_entry.exchange.status
""")
    result.assert_outcomes(passed=len(Contract.default().catalogue) + 3 + 2)
    result = run("@pytest.mark.pc_entries(code=2006)\ndef test_a(pc_entry): pass", "--co", "-k", "403")
    result.stdout.fnmatch_lines(["test_it.py::test_a?403-2006?", "*1/2 tests collected*"])


def test_once_for_each_mutant(run):
    """Those of an error, or of one response for each rule; the client gets a response that breaks the rule."""
    result = run("""
from pytest_pcerrors import Contract, check
from pytest_pcerrors.rules.stages import rule_set

seen = set()

@pytest.mark.pc_mutants(code=800064, rule=["code-number", "description-missing"])
def test_of_an_error(pc_mutant):
    pc_mutant.simulate()
    assert pc_mutant.rule in [each.rule for each in check(get())]
    assert (pc_mutant.entry.code, pc_mutant.variant) == ("800064", "")

@pytest.mark.pc_mutants()
def test_of_every_rule(pc_mutant): seen.add(pc_mutant.rule)

@pytest.mark.pc_mutants(status=401, rule="challenge-other")
def test_of_a_status(pc_mutant): pass

def test_all_rules(): assert seen == set(rule_set(Contract.default()).rules)
""")
    result.assert_outcomes(passed=result.parseoutcomes()["passed"])
    result = run("@pytest.mark.pc_mutants(code=800064)\ndef test_a(pc_mutant): pass", "--co", "-k", "code-type-null")
    result.stdout.fnmatch_lines(["test_it.py::test_a?409-800064-code-type-null?"])


def test_once_for_each_shape(run):
    """The observed ones, or those whose names fit."""
    result = run("""
@pytest.mark.pc_shapes
def test_observed(pc_shape):
    pc_shape.simulate()
    assert get().status_code == pc_shape.status

@pytest.mark.pc_shapes("*")
def test_all(pc_shape): assert repr(pc_shape) == f"<SimulatedShape {pc_shape}>"

@pytest.mark.pc_shapes("html-50*", "empty-401")
def test_some(pc_shape): pass
""")
    result.assert_outcomes(passed=len(OBSERVED) + len(SHAPES) + 4)


GRAPH = """{"format": 1, "extends": "odata", "name": "Graph", "hosts": ["graph.example"], "statuses": {"404": "Not Found"},
"entries": [{"status": 404, "code": "itemGone", "descriptions": ["The item is gone"]}]}"""


def test_one_of_several_contracts(run, pytester):
    """pc_api chooses the contract of simulations, servers, cases, and responses without a host; other tests have the first one."""
    pytester.makefile(".json", graph=GRAPH)
    pytester.makepyprojecttoml('[tool.pcerrors]\ncontract = ["shipped", "graph.json"]')
    text = """
from pytest_pcerrors import ContractViolation, assert_pc_error

BODY = b'{"error": {"code": "itemGone", "message": "Gone"}}'

@pytest.mark.pc_api("Graph")
class TestGraph:
    @pytest.mark.pc_entries()
    def test_entries(self, pc_entry):
        pc_entry.simulate()
        assert get("https://gateway.example/me").json()["error"]["code"] == "itemGone"

    @pytest.mark.pc_mutants(rule="error-code-missing")
    def test_mutants(self, pc_mutant):
        pc_mutant.simulate()
        assert "code" not in get().json()["error"]

    @pytest.mark.pc_shapes("empty-401")
    def test_shapes(self, pc_shape):
        pc_shape.simulate()
        assert get().status_code == 401

    def test_answers(self, pc_simulate, pc_server):
        pc_simulate("itemGone")
        pc_server.fail("GET", "/**", "itemGone")
        assert get().text == get(pc_server.url).text
        assert_pc_error((404, BODY), "itemGone")

    def test_hosts(self):
        partner = {"status": 404, "body": BODY, "request": {"method": "GET", "url": URL}}
        with pytest.raises(ContractViolation, match="Partner Center"):
            assert_pc_error(partner)

@pytest.mark.pc_entries(code=800064)
def test_other(pc_entry):
    pc_entry.simulate()
    assert get().json()["code"] == "800064"
"""
    result = run(text, "--pc-coverage", "-v")
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(
        ["pcerrors: Partner Center and Graph contracts, 164 pairings, *", "404 Not Found *17 *1 *", "*simulated 2*"]
    )


MISUSED = {
    "no marker": ("def test_a(pc_entry): pass", "*::test_a: pc_entry needs the marker @pytest.mark.pc_entries(*"),
    "no such status": (
        "@pytest.mark.pc_entries(status=418)\ndef test_a(pc_entry): pass",
        "*::test_a: @pytest.mark.pc_entries: no documented error has this status and code; see `pcerrors list`",
    ),
    "no such code": (
        "@pytest.mark.pc_entries(code=80064)\ndef test_a(pc_entry): pass",
        "*::test_a: @pytest.mark.pc_entries: code 80064 is not in the catalogue; *",
    ),
    "status as code": (
        "@pytest.mark.pc_entries(code=409)\ndef test_a(pc_entry): pass",
        "*::test_a: @pytest.mark.pc_entries: 409 is an HTTP status, not an error code; did you mean status=409?",
    ),
    "no status": (
        "@pytest.mark.pc_entries(status=4.5)\ndef test_a(pc_entry): pass",
        "*::test_a: @pytest.mark.pc_entries: expected status as a number, a text or a list of them, got 4.5",
    ),
    "argument": (
        "@pytest.mark.pc_entries(409)\ndef test_a(pc_entry): pass",
        "*::test_a: @pytest.mark.pc_entries: it is written pc_entries(status=None, code=None)",
    ),
    "no such shape": (
        "@pytest.mark.pc_shapes('html-501')\ndef test_a(pc_shape): pass",
        '@pytest.mark.pc_shapes: there is no shape "html-501"; *',
    ),
    "no such rule": (
        "@pytest.mark.pc_mutants(rule='code-nmber')\ndef test_a(pc_mutant): pass",
        '@pytest.mark.pc_mutants: there is no rule "code-nmber"; did you mean "code-number"?',
    ),
    "no mutant": (
        "@pytest.mark.pc_mutants(rule='retry-after', status=409)\ndef test_a(pc_mutant): pass",
        "*::test_a: @pytest.mark.pc_mutants: no response for these errors breaks this rule alone; *",
    ),
    "no name": (
        "@pytest.mark.pc_shapes(7)\ndef test_a(pc_shape): pass",
        "*::test_a: @pytest.mark.pc_shapes: it is written pc_shapes(*names)",
    ),
    "no such contract": (
        "@pytest.mark.pc_api('Partner Centre')\n@pytest.mark.pc_entries()\ndef test_a(pc_entry): pass",
        '@pytest.mark.pc_entries: there is no contract with the name "Partner Centre"; did you mean "Partner Center"?',
    ),
}


def test_misuse_of_a_marker(pytester):
    """Is an error of its module before any test, with its reason."""
    files = {f"test_{number}": f"import pytest\n{text}" for number, (text, _) in enumerate(MISUSED.values())}
    pytester.makepyfile(**files)
    result = pytester.runpytest("-q")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=len(MISUSED))
    result.stdout.no_fnmatch_line("*During handling*")
    for _, line in MISUSED.values():
        result.stdout.fnmatch_lines_random([f"*{line}"])


def test_a_marker_without_its_fixture(run):
    """Ends the run before any test."""
    result = run("@pytest.mark.pc_entries(status=409)\ndef test_a(): pass")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*::test_a: @pytest.mark.pc_entries runs a test once for each pc_entry, which the test must take"]
    )
