"""The markers: their arguments, and the policy of a test with markers."""

from typing import TYPE_CHECKING

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.allowances import Allowance

if TYPE_CHECKING:
    import pytest

    from pytest_pcerrors.policy.policy import Policy

MARKERS = ("pc_allow(rule, reason=...)", "pc_profile(name)", "pc_cassette(name=None, record=None)")


def policy_for(item: "pytest.Item", policy: "Policy") -> "Policy":
    """Return the policy of a run with the markers of a test applied; an invalid marker is a `UsageError`."""
    closest = item.get_closest_marker("pc_profile")
    cassette = item.get_closest_marker("pc_cassette")
    try:
        if cassette:
            pc_cassette(*cassette.args, **cassette.kwargs)
        allowances = [pc_allow(*mark.args, **mark.kwargs) for mark in item.iter_markers("pc_allow")]
        profile = pc_profile(*closest.args, **closest.kwargs) if closest else None
    except TypeError as error:
        raise UsageError(f"{error}; the markers are {', '.join(MARKERS)}") from None
    return policy.adapted(allowances, profile)


def pc_allow(rule: str, *, reason: str) -> Allowance:
    """Return the allowance of a marker; the marker takes the arguments of this function."""
    if not isinstance(rule, str):
        raise TypeError(f"pc_allow() takes the name of a rule, not {rule!r}")
    if not isinstance(reason, str) or not reason.strip():
        raise TypeError(f"pc_allow() takes a reason in words, not {reason!r}")
    return Allowance(rule, reason)


def pc_profile(name: str) -> str:
    """Return the profile of a marker; the marker takes the arguments of this function."""
    if not isinstance(name, str):
        raise TypeError(f"pc_profile() takes the name of a profile, not {name!r}")
    return name


def pc_cassette(name: str | None = None, record: str | None = None) -> tuple[str | None, str | None]:
    """Return the name and the record mode of a marker; the marker takes the arguments of this function."""
    for value in (name, record):
        if value is not None and not isinstance(value, str):
            raise TypeError(f"pc_cassette() takes a name and a record mode as text, not {value!r}")
    return name, record
