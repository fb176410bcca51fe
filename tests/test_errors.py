"""Misuse: the errors of this library."""

from pytest_pcerrors.errors import ArchiveError, PcErrorsWarning, UsageError


def test_an_archive_error_names_place_and_problem():
    """An archive that cannot be read is misuse; the message has the place and the reason."""
    error = ArchiveError("cart.yaml:7", "not YAML")
    assert isinstance(error, UsageError)
    assert (error.place, error.problem, str(error)) == ("cart.yaml:7", "not YAML", "cart.yaml:7: not YAML")


def test_misuse_is_not_a_failed_contract():
    """Misuse is not an AssertionError: the test is in error, not failed."""
    assert not issubclass(UsageError, AssertionError)


def test_warnings_can_be_filtered_by_class():
    """A violation of severity warning has its own subclass of UserWarning."""
    assert issubclass(PcErrorsWarning, UserWarning)
