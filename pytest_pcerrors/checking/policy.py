"""What holds for a run: contract, profiles, allowances, hosts; and the verdict on an exchange that follows from them."""

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.checking.allowances import Allowance, lies_in
from pytest_pcerrors.checking.describing import OUTSIDE_THE_WALK
from pytest_pcerrors.checking.profiles import severities
from pytest_pcerrors.checking.reading import Reading, read
from pytest_pcerrors.checking.walk import Rule, name_of, rule_set
from pytest_pcerrors.contract.model import Contract, Entry
from pytest_pcerrors.errors import UsageError, nearest
from pytest_pcerrors.settings import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from pytest_pcerrors.checking.violation import Severity, Violation
    from pytest_pcerrors.checking.walk import RuleSet
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.settings import EntrySetting, Settings


_OUTSIDE = frozenset(each.name for each in OUTSIDE_THE_WALK)


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one exchange: its violations (errors and warnings), and the allowances that excused others."""

    reading: Reading
    violations: "tuple[Violation, ...]"
    allowed: tuple[Allowance, ...] = ()

    @property
    def exchange(self) -> "Exchange":
        """The exchange that was judged."""
        return self.reading.exchange

    @property
    def errors(self) -> "tuple[Violation, ...]":
        """The violations of severity ``error``."""
        return tuple(violation for violation in self.violations if violation.severity == "error")

    @property
    def warnings(self) -> "tuple[Violation, ...]":
        """The violations of severity ``warning``."""
        return tuple(violation for violation in self.violations if violation.severity == "warning")


class Profiled(NamedTuple):
    """A profile applied: the rules that are not off, and the severity of each rule."""

    rules: "RuleSet"
    severities: "Mapping[str, Severity]"


@dataclass(frozen=True, eq=False)
class Policy:
    """What holds for a run. `forced_profile` stands above the profiles by path, as an option stands above settings."""

    contract: Contract
    profile: str = "documented"
    forced_profile: str | None = None
    profile_by_path: tuple[tuple[Path, str], ...] = ()
    overrides: "Mapping[str, Severity]" = field(default_factory=dict)
    allowances: tuple[Allowance, ...] = ()
    hosts: frozenset[str] = frozenset()
    user_rules: tuple[Rule, ...] = ()
    length_unit: str = "code-points"
    root: Path = Path()
    today: "date" = field(default_factory=lambda: datetime.now(UTC).astimezone().date())

    def __post_init__(self) -> None:
        _refuse_taken_names(self.user_rules, self.contract)
        for name in (*self.overrides, *(allowance.rule for allowance in self.allowances)):
            if name in _OUTSIDE:
                raise UsageError(f"{name} is always an error; it can be neither set nor allowed")
            if name not in self.rules.rules:
                raise UsageError(f'there is no rule "{name}"; {nearest(name, self.rules.rules)}')
        for profile in (self.profile, self.forced_profile, *(profile for _, profile in self.profile_by_path)):
            self.profiled(profile or self.profile)

    @classmethod
    def of_settings(
        cls,
        settings: "Settings",
        *,
        contract: Contract | None = None,
        profile: str | None = None,
        root: Path | None = None,
    ) -> "Policy":
        """Make the policy that settings describe; `contract` and `profile` stand above them.

        `root` is what relative origins are relative to, by default the working directory.
        """
        if contract is None:
            contract = Contract.load(settings.contract) if settings.contract else Contract.default()
        if settings.entries:
            contract = contract.extended(_entry(each) for each in settings.entries)
        hosts = settings.hosts if settings.hosts is not None else contract.hosts
        return cls(
            contract,
            profile=settings.profile,
            forced_profile=profile,
            profile_by_path=settings.profile_by_path,
            overrides=settings.severity,  # type: ignore[arg-type]  # its values were held against the schema
            allowances=tuple(Allowance(**vars(each)) for each in settings.allow),
            hosts=frozenset(hosts),
            user_rules=tuple(_imported(name, settings.root) for name in settings.rules),
            length_unit=settings.length_unit,
            root=root or Path.cwd(),
        )

    @cached_property
    def rules(self) -> "RuleSet":
        """The rules that run."""
        return rule_set(self.contract, self.user_rules, self.length_unit)

    def profiled(self, profile: str) -> "Profiled":
        """Return the rules that run under a profile, and their severities."""
        known = self._profiled.get(profile)
        if known is None:
            table = severities(profile, self.rules.rules, self.contract, self.overrides)
            off = {name for name, severity in table.items() if severity == "off"}
            known = self._profiled[profile] = Profiled(self.rules.without(off), table)
        return known

    @cached_property
    def _profiled(self) -> "dict[str, Profiled]":
        return {}

    def profile_for(self, origin: str | None) -> str:
        """Return the profile for what was recorded at an origin: the forced one, else that of the longest matching path."""
        if self.forced_profile:
            return self.forced_profile
        matching = [(path, profile) for path, profile in self.profile_by_path if lies_in(origin, path, self.root)]
        return max(matching, key=lambda each: len(each[0].parts))[1] if matching else self.profile

    def concerns(self, exchange: "Exchange") -> bool:
        """Tell whether a recorded exchange is with one of the hosts that are judged, or with an unknown one."""
        host = exchange.request.host if exchange.request else None
        return not self.hosts or host is None or host in self.hosts

    def judge(self, exchange: "Exchange", *, profile: str | None = None) -> Verdict:
        """Hold an exchange against the contract; `profile` stands above all other profiles."""
        reading = read(exchange, self.contract)
        rules, table = self.profiled(self.profile_for(exchange.origin) if profile is None else profile)
        found = tuple(rules.walk(reading, table))
        return self._excused(reading, found) if found and self.allowances else Verdict(reading, found)

    def adapted(self, allowances: "Sequence[Allowance]" = (), profile: str | None = None) -> "Policy":
        """Return this policy with more allowances, and with a profile that stands above all others; itself if neither."""
        if not allowances and profile is None:
            return self
        return replace(self, allowances=(*self.allowances, *allowances), forced_profile=profile or self.forced_profile)

    def _excused(self, reading: Reading, found: "tuple[Violation, ...]") -> Verdict:
        kept: list[Violation] = []
        allowed: list[Allowance] = []
        for violation in found:
            covering = [each for each in self.allowances if each.covers(violation, reading, self.root)]
            holding = [each for each in covering if not each.has_expired(self.today)]
            if holding:
                allowed.append(holding[0])
            elif covering:
                kept.append(covering[0].expiry(violation))
            else:
                kept.append(violation)
        return Verdict(reading, tuple(kept), tuple(allowed))


def _refuse_taken_names(user_rules: tuple[Rule, ...], contract: Contract) -> None:
    taken = {*rule_set(contract).rules, *_OUTSIDE}
    for name in map(name_of, user_rules):
        if name in taken:
            raise UsageError(f"there is a rule {name} already; give yours another name")
        taken.add(name)


def _entry(setting: "EntrySetting") -> Entry:
    return Entry(setting.status, setting.code, (setting.description,), setting.note, f"your {SETTINGS_FILE}")


def _imported(name: str, root: Path) -> Rule:
    """Import a rule written as ``package.module:function``, from the folder of the settings or the Python path."""
    module_name, _, attribute = name.partition(":")
    try:
        with _first_on_path(root):
            rule: Any = getattr(import_module(module_name), attribute)
    except Exception as error:  # whatever the user's module raises
        raise UsageError(f"the rule {name} cannot be imported: {type(error).__name__}: {error}") from error
    if not callable(rule):
        raise UsageError(f"the rule {name} is no function")
    return rule  # type: ignore[no-any-return]  # that it takes a reading shows when it runs


@contextmanager
def _first_on_path(folder: Path) -> "Iterator[None]":
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
