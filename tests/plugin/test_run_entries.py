"""Entries in a pytest run: those of the settings hold, and as parameters they have readable ids."""


def test_an_entry_of_the_settings_holds_in_a_run(pytester):
    """An assertion accepts it, and a failure says where it comes from."""
    pytester.makepyprojecttoml('[[tool.pcerrors.entry]]\nstatus = 400\ncode = "60012"\ndescription = "No licence"\n')
    pytester.makepyfile("""
        import pytest
        from pytest_pcerrors import assert_pc_error

        @pytest.mark.parametrize("status", [400, 409])
        def test_it(status):
            body = {"code": "60012", "description": "No", "source": "PartnerFD"}
            assert_pc_error({"status": status, "body": body}, 60012)
    """)

    result = pytester.runpytest()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*from your pyproject.toml*not with 409*"])


def test_an_entry_as_a_parameter_has_its_pairing_as_id(pytester):
    """Alone and beside others; what other hooks name keeps its name."""
    pytester.makepyfile(
        test_ids="""
        import pytest
        from pytest_pcerrors import Contract

        @pytest.mark.parametrize("entry", Contract.default().catalogue["2006"])
        @pytest.mark.parametrize("retried", [True])
        def test_it(entry, retried): pass
    """
    )
    ids = [line for line in pytester.runpytest("--collect-only", "-q").stdout.lines if "::" in line]
    assert ids == ["test_ids.py::test_it[True-400-2006]", "test_ids.py::test_it[True-403-2006]"]


def test_other_parameters_load_no_contract(pytester):
    """In a run that does not use the package."""
    pytester.makepyfile("""
        import sys, pytest

        @pytest.mark.parametrize("thing", [object()])
        def test_it(thing): assert "pytest_pcerrors.contract" not in sys.modules
    """)
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)
