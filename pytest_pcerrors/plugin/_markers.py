"""The markers: their arguments, and the policy of a test with markers."""

import json
from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import lru_cache
from os import PathLike, fspath
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.interception.options import known_mode
from pytest_pcerrors.plugin import MARKERS_OF_CASES, has_marker, signature
from pytest_pcerrors.policy.allowances import Allowance
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.settings import allowance_of
from pytest_pcerrors.text import represented

T = TypeVar("T")


def policy_for(item: pytest.Item, policy: Policy) -> Policy:
    """Return the policy of a run with the markers of a test applied; an invalid marker is a `UsageError`."""
    if not has_marker(item):
        return policy
    for fixture, marker in MARKERS_OF_CASES.items():
        if item.get_closest_marker(marker) and fixture not in getattr(item, "fixturenames", ()):
            raise UsageError(f"@pytest.mark.{marker} runs a test once for each {fixture}, which the test must take")
    _read(pc_cassette, item.get_closest_marker("pc_cassette"))
    tables = [table for mark in item.iter_markers("pc_allow") for table in _read(pc_allow, mark) or ()]
    profile = _read(pc_profile, item.get_closest_marker("pc_profile"))
    return for_api_of(item, policy.adapted([_allowance(table, policy.root) for table in tables], profile))


def for_api_of(item: pytest.Item, policy: Policy) -> Policy:
    """Return a policy whose main contract is that of the marker `pc_api` of a test; the same policy without a marker."""
    return policy.adapted(contract=_read(pc_api, item.get_closest_marker("pc_api")))


def _read(function: Callable[..., T], mark: pytest.Mark | None) -> T | None:
    """Return what a function makes of the arguments of a marker; None without a marker."""
    try:
        return function(*mark.args, **mark.kwargs) if mark else None
    except TypeError as error:
        raise UsageError(f"{error}; the marker is {signature(function.__name__)}") from None


def pc_allow(  # noqa: PLR0913 - one argument for each key of the setting
    rule: str,
    *more: str,
    reason: str,
    code: str | int | Collection[str | int] | None = None,
    status: int | Collection[int] | None = None,
    url: str | None = None,
    path: str | PathLike[str] | None = None,
    until: date | str | None = None,
) -> list[str]:
    """Return a setting `allow` for each rule, in JSON; the marker takes the arguments of this function."""
    for each in (rule, *more):
        if not isinstance(each, str):
            raise TypeError(f"pc_allow() takes the name of a rule, not {represented(each)}")
    if not isinstance(reason, str) or not reason.strip():
        raise TypeError(f"pc_allow() takes a reason in words, not {represented(reason)}")
    limits = {"reason": reason, "code": code, "status": status, "url": url, "path": path, "until": until}
    given = {name: value for name, value in limits.items() if value is not None}
    return [json.dumps({"rule": each, **given}, default=_plain) for each in (rule, *more)]


def _plain(value: object) -> object:
    """Return a value of a marker as JSON has it."""
    match value:
        case date():
            return value.isoformat()
        case PathLike():
            return fspath(value)
        case set() | frozenset():
            return sorted(value, key=str)
        case _:
            raise TypeError(f"pc_allow() does not take {represented(value)}")


@lru_cache(maxsize=128)
def _allowance(table: str, root: Path) -> Allowance:
    return Allowance._make(allowance_of(json.loads(table), root, "pc_allow()"))


def pc_profile(name: str) -> str:
    """Return the profile of a marker; the marker takes the arguments of this function."""
    if not isinstance(name, str):
        raise TypeError(f"pc_profile() takes the name of a profile, not {represented(name)}")
    return name


def pc_api(name: str) -> str:
    """Return the name of the contract of a marker; the marker takes the arguments of this function."""
    if not isinstance(name, str):
        raise TypeError(f"pc_api() takes the name of a contract, not {represented(name)}")
    return name


class PcCassette(NamedTuple):
    """The arguments of a marker `pc_cassette`."""

    name: str | None = None
    record: str | None = None
    also: tuple[str, ...] = ()


def pc_cassette(name: str | None = None, record: str | None = None, *, also: Iterable[str] = ()) -> PcCassette:
    """Return the name, the record mode and the names of further cassettes; the marker takes the arguments of this function."""
    for value in (name, record):
        if value is not None and not isinstance(value, str):
            raise TypeError(f"pc_cassette() takes a name and a record mode as text, not {represented(value)}")
    further = None if isinstance(also, str) else tuple(also)
    if further is None or not all(isinstance(each, str) for each in further):
        raise TypeError(f"pc_cassette() takes also= as a list of names, not {represented(also)}")
    if record is not None:
        known_mode(record, "the marker pc_cassette(record=...)")
    return PcCassette(name, record, further)
