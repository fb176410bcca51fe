"""Misuse: the errors of this library."""

from pytest_pcerrors.errors import ArchiveError, PcErrorsWarning, UsageError


def test_an_archive_error_names_place_and_problem():
    """An archive that cannot be read is misuse, and says where and why."""
    error = ArchiveError("cart.yaml:7", "not YAML")
    assert isinstance(error, UsageError)
    assert (error.place, error.problem, str(error)) == ("cart.yaml:7", "not YAML", "cart.yaml:7: not YAML")


def test_misuse_is_no_failed_contract():
    """Misuse is no AssertionError: a test that misuses the library is in error, not failed."""
    assert not issubclass(UsageError, AssertionError)


def test_warnings_can_be_filtered_by_class():
    """A violation of severity warning is a UserWarning of its own."""
    assert issubclass(PcErrorsWarning, UserWarning)
