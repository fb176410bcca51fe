"""Policies made from settings and options."""

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.contract.files import SHIPPED
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.age import days_of
from pytest_pcerrors.policy.allowances import Allowance
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.settings import SETTINGS_FILE, TABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_pcerrors.exchange.archives.layout import Layout
    from pytest_pcerrors.rules.rule import RuleFunction
    from pytest_pcerrors.settings import EntrySetting, Settings


def policy_of(  # noqa: PLR0913 - one parameter an option
    settings: "Settings",
    *,
    contract: Contract | None = None,
    profile: str | None = None,
    root: Path | None = None,
    max_age: int | None = None,
    host: str | None = None,
) -> Policy:
    """Make a policy from settings; `contract`, `profile` and `max_age` (in days) override them, and `host` is judged too.

    Relative origins are relative to `root`, by default the working directory.
    """
    others: tuple[Contract, ...] = ()
    if contract is None:
        contract, *rest = _contracts(settings)
        others = tuple(rest)
    if settings.entries:
        contract = contract.extended(_entry(each) for each in settings.entries)
    hosts = frozenset(_hosts((contract, *others)) if settings.hosts is None else settings.hosts)
    return Policy(
        contract,
        others=others,
        profile=settings.profile,
        forced_profile=profile,
        profile_by_path=settings.profile_by_path,
        overrides=settings.severity,  # type: ignore[arg-type]  # its values were validated against the schema
        allowances=tuple(map(Allowance._make, settings.allow)),
        hosts=hosts | {host} if host and hosts else hosts,
        user_rules=tuple(_imported_rule(name, settings.root) for name in settings.rules),
        length_unit=settings.length_unit,
        root=root or Path.cwd(),
        redaction=Redaction.of_settings(settings.redact),
        layout=None if settings.map is None else _layout(settings.map),
        max_age=days_of(settings.max_age, "max-age") if max_age is None else max_age,
    )


def _layout(paths: "Mapping[str, str]") -> "Layout":
    from pytest_pcerrors.exchange.archives.layout import Layout

    return Layout.of(paths, "map in [tool.pcerrors] or --map")


def _contracts(settings: "Settings") -> list[Contract]:
    """Return the contracts of the settings, the main one first: that without hosts, or else the first."""
    named = {name: Contract.load(name, folder=settings.root) for name in settings.contract or (SHIPPED,)}
    place = f"{settings.root / SETTINGS_FILE}: {TABLE}: at /contract"
    claimed: dict[str, str] = {}
    for name, contract in named.items():
        for host in contract.hosts:
            if (other := claimed.setdefault(host, name)) != name:
                raise UsageError(f"{place}: {other} and {name} both have the host {host}; leave it to one of them")
    for_any = [name for name, contract in named.items() if not contract.hosts]
    if len(for_any) > 1:
        raise UsageError(
            f"{place}: {' and '.join(for_any)} have no hosts; at most one may, give the others their hosts"
        )
    return [named[name] for name in sorted(named, key=lambda name: name not in for_any)]


def _hosts(contracts: tuple[Contract, ...]) -> tuple[str, ...]:
    """Return the hosts of contracts; none, which means any, if one of them is for any host."""
    return tuple(host for each in contracts for host in each.hosts) if all(each.hosts for each in contracts) else ()


def _entry(setting: "EntrySetting") -> Entry:
    return Entry(setting.status, setting.code, (setting.description,), setting.note, f"your {SETTINGS_FILE}")


def _imported_rule(name: str, root: Path) -> "RuleFunction":
    """Import a rule named as ``package.module:function``, from the folder of the settings or the Python path."""
    module_name, _, attribute = name.partition(":")
    sys.path.insert(0, str(root))
    try:
        function: Any = getattr(import_module(module_name), attribute)
    except Exception as error:  # whatever the user's module raises
        fix = f"; install it, or put it in {root}" if isinstance(error, ModuleNotFoundError) else ""
        raise UsageError(f"the rule {name} cannot be imported: {type(error).__name__}: {error}{fix}") from error
    finally:
        sys.path.remove(str(root))
    if not callable(function):
        raise UsageError(f"the rule {name} is not a function")
    return function  # type: ignore[no-any-return]  # that it takes a parsed response shows when it runs
