"""Entries of the settings hold in a pytest run."""


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
