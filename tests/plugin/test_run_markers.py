"""The markers: they change the policy of a test, and their misuse is one clear error."""

import re
from textwrap import dedent

import pytest
from recordings import NUMERIC

from pytest_pcerrors import Contract, UsageError
from pytest_pcerrors.plugin._markers import policy_for
from pytest_pcerrors.policy.policy import Policy

HEAD = """
    import pytest
    from pytest_pcerrors import assert_pc_error

    NUMERIC = (409, b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}')
    BARE = (409, b'{"code": 800064, "description": "Busy"}')
"""
ALLOWED = 'pc_allow("code-number", reason="the service sends numbers")'
NO_SOURCE = 'pc_allow("source-missing", reason="left out by the gateway")'


@pytest.fixture
def run(pytester):
    """Run a test module after a head with two responses: a numeric code, and one without a source."""

    def run(body, *arguments):
        pytester.makepyfile(test_it=dedent(HEAD) + dedent(body))
        return pytester.runpytest("test_it.py", *arguments)

    return run


def test_an_allowance_for_one_test(run):
    """pc_allow excuses a rule in the test that carries it, and in no other."""
    result = run(f"""
        @pytest.mark.{ALLOWED}
        def test_excused(): assert_pc_error(NUMERIC)
        def test_judged(): assert_pc_error(NUMERIC)
    """)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["pcerrors: 2 error responses checked, 1 violation (code-number 1), 1 violation allowed*"]
    )


def test_allowances_add_up(run):
    """Those of module, class and function hold together, and several on one."""
    run(f"""
        pytestmark = pytest.mark.{ALLOWED}
        @pytest.mark.{NO_SOURCE}
        class TestExcused:
            def test_a(self): assert_pc_error(BARE)
            @pytest.mark.pc_allow("pairing", reason="one more")
            def test_b(self): assert_pc_error((404, BARE[1]))
        @pytest.mark.{NO_SOURCE}
        @pytest.mark.pc_allow("pairing", reason="one more")
        def test_c(): assert_pc_error((404, BARE[1]))
        def test_d(): assert_pc_error(BARE)
    """).assert_outcomes(passed=3, failed=1)


def test_a_marked_parameter(run):
    """A mark on one parameter of a parametrized test holds for that parameter."""
    run(f"""
        @pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.{ALLOWED})])
        def test_it(n): assert_pc_error(NUMERIC)
    """).assert_outcomes(passed=1, failed=1)


LIMITS = {
    'code="800064"': 1,
    "code=800064, status=409": 1,
    'code=["2000", "800064"], status={400, 409}': 1,
    "path=pathlib.Path('tapes'), until='2099-12-31'": 0,
    "until=datetime.date(2099, 12, 31)": 1,
    'code="2000"': 0,
    "status=(400, 404)": 0,
    'url="*/carts/*"': 0,
    'until="2020-01-01"': 0,
}


def test_an_allowance_has_the_limits_of_the_setting(pytester, run):
    """Code, status, URL, path and last day, in the forms that Python has for them."""
    tests = "\n".join(
        f'@pytest.mark.pc_allow("code-number", reason="numbers", {limits})\ndef test_{number}(): assert_pc_error(NUMERIC)'
        for number, limits in enumerate(LIMITS)
    )
    result = run(f"import datetime, pathlib\n{tests}", "-rA")
    outcomes = {line.split()[1]: line.split()[0] for line in result.outlines if re.match("(PASSED|FAILED) ", line)}
    expected = ["PASSED" if is_allowed else "FAILED" for is_allowed in LIMITS.values()]
    assert [outcomes[f"test_it.py::test_{number}"] for number in range(len(LIMITS))] == expected


def test_an_allowance_for_several_rules(run):
    """One marker, with one reason and the same limits for each."""
    run("""
        @pytest.mark.pc_allow("code-number", "pairing", code="800064", reason="as seen")
        def test_a(): assert_pc_error((404, NUMERIC[1]))
        @pytest.mark.pc_allow("code-number", "pairing", code="2000", reason="as seen")
        def test_b(): assert_pc_error((404, NUMERIC[1]))
    """).assert_outcomes(passed=1, failed=1)


def test_a_path_is_relative_to_the_root_directory(pytester, write):
    """It names a recording or a folder of them."""
    write("tapes/a.yaml", NUMERIC)
    pytester.makeconftest("""
        import pytest
        def pytest_collection_modifyitems(items):
            items[0].add_marker(pytest.mark.pc_allow("code-number", reason="numbers", path="tapes"))
    """)
    pytester.runpytest("--pc-cassettes=tapes").assert_outcomes(passed=1)


def test_a_profile_for_a_test(run):
    """pc_profile sets another profile; the closest mark is used, and the mark overrides the option."""
    result = run(
        """
        @pytest.mark.pc_profile("observed")
        class TestObserved:
            def test_a(self): assert_pc_error(NUMERIC)
            @pytest.mark.pc_profile(name="documented")
            def test_b(self): assert_pc_error(NUMERIC)
        def test_c(): assert_pc_error(NUMERIC)
        """,
        "--pc-profile=documented",
    )
    result.assert_outcomes(passed=1, failed=2)


def test_a_conftest_can_mark_cassettes(run, pytester, write):
    """An allowance that a hook adds to a recording's item holds for it."""
    pytester.makeconftest(f"""
        import pytest
        def pytest_collection_modifyitems(items):
            items[0].add_marker(pytest.mark.{ALLOWED})
    """)
    write("a.yaml", NUMERIC, NUMERIC)
    pytester.runpytest("--pc-cassettes=a.yaml").assert_outcomes(passed=1, failed=1)


MISUSE = {
    'pc_allow("code-number")': r"pc_allow\(\) .*reason",
    'pc_allow("code-number", "numbers")': r"pc_allow\(\) .+",
    'pc_allow("code-number", reason=" ")': r"pc_allow\(\) takes a reason in words, not ' '",
    'pc_allow("code-number", reason=None)': r"pc_allow\(\) takes a reason in words, not None",
    'pc_allow(["code-number"], reason="x")': r"pc_allow\(\) takes the name of a rule, not \['code-number'\]",
    'pc_allow("code-number", 7, reason="x")': r"pc_allow\(\) takes the name of a rule, not 7",
    'pc_allow("code-number", "pairng", reason="x")': r'there is no rule "pairng"; did you mean "pairing"\?',
    'pc_allow("code-number", reason="x", codes="1")': r"pc_allow\(\) .*codes.*; the marker is pc_allow\(rule, ",
    'pc_allow("code-number", reason="x", code=[])': r"pc_allow\(\): at /code: it is empty",
    'pc_allow("code-number", reason="x", code=2000.5)': r"pc_allow\(\): at /code: expected a string or an integer ",
    'pc_allow("code-number", reason="x", code=object)': r"pc_allow\(\) does not take <class 'object'>",
    'pc_allow("code-number", reason="x", status="404")': r"pc_allow\(\): at /status: expected an integer or an array",
    'pc_allow("code-number", reason="x", until="2027")': r'pc_allow\(\): at /until: "2027" is not a date',
    "pc_allow": r"pc_allow\(\) .*rule",
    'pc_allow("code-numbr", reason="x")': r'there is no rule "code-numbr"; did you mean "code-number"\?',
    "pc_profile()": r"pc_profile\(\) .*name",
    "pc_profile": r"pc_profile\(\) .*name",
    'pc_profile("observd")': r'there is no profile "observd"; did you mean "observed"\?',
    'pc_profile("documented", "observed")': r"pc_profile\(\) .+",
    'pc_api("Graph")': r'there is no contract with the name "Graph"; ',
    "pc_api(7)": r"pc_api\(\) takes the name of a contract, not 7; the marker is pc_api\(name\)$",
    "pc_cassette(3)": r"pc_cassette\(\) takes a name and a record mode as text, not 3; the marker is pc_cassette\(",
    "pc_cassette(nam='x')": r"pc_cassette\(\) .*nam.*; the marker is pc_cassette\(",
    "pc_cassette(record='onec')": r'the marker .*"onec" is not a record mode; did you mean "once"\?',
    "pc_profile(None)": r"pc_profile\(\) takes the name of a profile, not None",
}


def test_misuse_of_a_marker(run):
    """Misuse ends the run before any test, with one line that names the test and what is wrong."""
    result = run("""
        def test_a(): pass
        @pytest.mark.pc_allow("code-number")
        class TestB:
            def test_b(self): pass
            def test_c(self): pass
    """)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = filter(None, result.stderr.lines)
    assert re.match(r"ERROR: test_it\.py::TestB::test_b: pc_allow\(\) .*reason", line)


def test_what_misuse_of_a_marker_says(pytester, monkeypatch):
    """The marker or its argument that is wrong, and what it takes; items of a run without this plugin show it for all."""
    monkeypatch.delenv("PYTEST_ADDOPTS")
    pytester.makeini("[pytest]\nmarkers =\n pc_allow\n pc_api\n pc_cassette\n pc_profile")
    marked = [f"@pytest.mark.{mark}\ndef test_{number}(): pass" for number, mark in enumerate(MISUSE)]
    items = pytester.getitems("\n".join(["import pytest", *marked]))
    for item, (mark, message) in zip(items, MISUSE.items(), strict=True):
        with pytest.raises(UsageError) as caught:
            policy_for(item, Policy(Contract.default()))
        assert re.search(message, str(caught.value)), mark


@pytest.mark.untraced
def test_misuse_of_a_marker_under_xdist(run):
    """The controller says the same, once, and ends with the same status."""
    result = run("@pytest.mark.pc_allow('code-number')\ndef test_a(): pass\ndef test_b(): pass", "-n1")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.stderr.lines if "pc_allow" in line]
    assert line.startswith("ERROR: test_it.py::test_a: pc_allow() ")
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_markers_are_declared(pytester):
    """`pytest --markers` explains them, so that strict markers accept them."""
    result = pytester.runpytest("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.pc_allow(rule, ..., reason=, *): *", "@pytest.mark.pc_profile(name): *"])
