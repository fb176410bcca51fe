"""The matrices of `assert_errors_surface`: in the summary of a run, in its reports, and from workers."""

import json
import re

import pytest

from pytest_pcerrors import Contract
from pytest_pcerrors.reporting.formats import FORMATS
from pytest_pcerrors.reporting.report import merged, report_schema, saved_of
from pytest_pcerrors.simulation import SHAPES

pytestmark = pytest.mark.usefixtures("few_modules")
CASES = {"byte-order-mark-200", "empty-500", "error-in-success-order-201", "head-404", "html-502", "numeric-code-404"}
OTHERS = [name for name in SHAPES if name not in CASES]
TESTS = f"""
    import httpx, pytest
    from pytest_pcerrors import assert_errors_surface

    CLIENT = httpx.Client(verify=False)

    def get():
        return CLIENT.get("https://api.partnercenter.microsoft.com/v1/customers/7")

    def assert_few(call): assert_errors_surface(call, without={OTHERS})
    def strict(): return get().raise_for_status().json()["companyProfile"]
    def lax(): return response.json() if (response := get()).status_code < 500 else None

    def test_strict(): assert_few(strict)
    def test_lax(): assert_few(lax)
    def test_both():
        with pytest.raises(AssertionError):
            assert_few(lax)
        assert_few(strict)
    def test_none(): pass
"""

NAMES = ["test_both", "test_both", "test_lax", "test_strict"]


@pytest.fixture
def suite(pytester, contract_file):
    """Write tests of two clients, and a contract with few errors."""
    entries = [{"status": 409, "code": "800064", "descriptions": ["Busy"]}]
    shipped = Contract.default().document()["entries"]
    contract_file(entries=[each for each in shipped if each["code"] in {"800064", "2001"}] or entries)
    pytester.makepyfile(test_it=TESTS)
    return pytester


def printed(result):
    """Return the matrices that a run has printed."""
    text = "\n".join(result.stdout.lines)
    return re.findall(r"^-+ what a client makes of errors -+\n((?:[^-=p].*\n)+)", text, re.MULTILINE)


@pytest.mark.covered
def test_the_summary_has_the_matrix_of_each_assertion(suite):
    """Passed or failed; a run without one has none, and the failure points at it."""
    result = suite.runpytest("--pc-contract=contract.json")
    result.assert_outcomes(passed=3, failed=1)
    assert [each.partition(": ")[0].partition("::")[2] for each in printed(result)] == NAMES
    result.stdout.fnmatch_lines(
        [
            "outcome * code * id * waited * cases",
            "raised HTTPStatusError *lost  lost  - * 400 documented, 409 documented,*",
        ]
    )
    result.stdout.fnmatch_lines(
        ["E * errors look like a success*:", "E *the matrix of all cases is in the summary of the run"]
    )
    assert "what a client makes" not in suite.runpytest("-k", "none").stdout.str()


def test_workers_send_them(suite):
    """They are the same as without workers."""
    chosen = ("-k", "strict or both", "--pc-contract=contract.json")
    alone = printed(suite.runpytest(*chosen))
    assert len(alone) == 3
    assert printed(suite.runpytest("-n2", *chosen)) == alone


def test_a_controller_that_does_not_use_us_keeps_them(suite):
    """Until its worker has ended; one worker, because another one without a test would end before."""
    suite.makepyfile(test_it=TESTS.replace("without=[", "without=['???-[!8]*', "))
    chosen = ("-k", "strict")
    alone = printed(suite.runpytest(*chosen))
    assert len(alone) == 1
    assert printed(suite.runpytest("-n1", *chosen)) == alone


@pytest.mark.covered
def test_a_test_that_is_run_again_has_one(suite):
    """The last run counts."""
    result = suite.runpytest("--pc-contract=contract.json", "-p", "rerunfailures", "--reruns=1", "-k", "lax")
    assert len(printed(result)) == 1


def test_the_terminal_has_the_first_and_the_report_all(suite):
    """A run may test many clients."""
    suite.makepyfile(
        test_it=f"{TESTS}\n    @pytest.mark.parametrize('number', range(7))\n"
        "    def test_many(number):\n        with pytest.raises(AssertionError): assert_few(lax)\n"
    )
    result = suite.runpytest("--pc-contract=contract.json", "-k", "many", "--pc-report=json:run.json")
    assert len(printed(result)) == 5
    result.stdout.fnmatch_lines(["pcerrors: 2 more clients in the reports (--pc-report)"])
    assert len(json.loads((suite.path / "run.json").read_text())["matrices"]) == 7


@pytest.mark.covered
def test_reports_have_them(suite):
    """In a valid document, from which every format can be made; two reports can be joined."""
    asked = [f"--pc-report={form}:{form}" for form in FORMATS]
    suite.runpytest("--pc-contract=contract.json", *asked)
    path = suite.path / "json"
    document = json.loads(path.read_text())
    assert [each["test"].partition("::")[2] for each in document["matrices"]] == NAMES
    assert {row["case"]: row["outcome"] for row in document["matrices"][0]["rows"]}["409 documented"] == {
        "returned dict": 1
    }
    assert report_schema()["properties"]["matrices"]
    for form in FORMATS:
        report = saved_of(path.read_bytes(), "json", Contract.default)
        assert "".join(FORMATS[form](report)) == (suite.path / form).read_text()
    both = merged([saved_of(path.read_bytes(), "json", Contract.default) for _ in range(2)], ["a", "b"])
    assert len(both.matrices) == 8
    assert "**returned dict**" in (suite.path / "markdown").read_text()
    assert "returned dict" in (suite.path / "html").read_text()
    assert "crashed KeyError" in (suite.path / "text").read_text()


def test_the_errors_count_as_simulated(suite):
    """In the error coverage."""
    result = suite.runpytest("--pc-contract=contract.json", "--pc-coverage", "-k", "strict")
    result.stdout.fnmatch_lines(["total * 2 * 2 * 100%", "simulated 2"])
