"""What holds for a run: contract, profiles, allowances, hosts; and the verdict on an exchange that follows from them."""

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.checking.age import Oldest, age_text, days_of, is_stale
from pytest_pcerrors.checking.allowances import Allowance, file_of, lies_in
from pytest_pcerrors.checking.describing import OUTSIDE_THE_WALK
from pytest_pcerrors.checking.profiles import severities
from pytest_pcerrors.checking.reading import Reading, read
from pytest_pcerrors.checking.verdict import Verdict
from pytest_pcerrors.checking.violation import OF_RECORDINGS, SECRET_RECORDED, SECRET_SUSPECTED, STALE, Violation
from pytest_pcerrors.checking.walk import Rule, name_of, rule_set
from pytest_pcerrors.contract.files import SHIPPED, named_contract
from pytest_pcerrors.contract.model import Contract, Entry
from pytest_pcerrors.errors import UsageError, nearest
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.settings import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from pytest_pcerrors.checking.violation import Severity
    from pytest_pcerrors.checking.walk import RuleSet
    from pytest_pcerrors.secrets import Found
    from pytest_pcerrors.settings import EntrySetting, Settings


_OUTSIDE = frozenset(each.name for each in OUTSIDE_THE_WALK)


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
    redaction: Redaction = field(default_factory=Redaction)
    max_age: int | None = None
    root: Path = Path()
    today: "date" = field(default_factory=lambda: datetime.now(UTC).astimezone().date())

    def __post_init__(self) -> None:
        _refuse_taken_names(self.user_rules, self.contract)
        for name in (*self.overrides, *(allowance.rule for allowance in self.allowances)):
            if name in _OUTSIDE:
                raise UsageError(f"{name} is always an error; it can be neither set nor allowed")
            known = (*self.rules.rules, *OF_RECORDINGS)
            if name not in known:
                raise UsageError(f'there is no rule "{name}"; {nearest(name, known)}')
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
        max_age: str | None = None,
    ) -> "Policy":
        """Make the policy that settings describe; `contract`, `profile` and `max_age` stand above them.

        `root` is what relative origins are relative to, by default the working directory.
        """
        if contract is None:
            contract = named_contract(settings.contract or SHIPPED, settings.root)
        if settings.entries:
            contract = contract.extended(_entry(each) for each in settings.entries)
        age = settings.max_age if max_age is None else max_age
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
            redaction=Redaction.of_settings(settings.redact),
            max_age=None if age is None else days_of(age),
        )

    @cached_property
    def rules(self) -> "RuleSet":
        """The rules that run."""
        return rule_set(self.contract, self.user_rules, self.length_unit)

    def profiled(self, profile: str) -> "Profiled":
        """Return the rules that run under a profile, and their severities."""
        known = self._profiled.get(profile)
        if known is None:
            table = severities(profile, (*self.rules.rules, *OF_RECORDINGS), self.contract, self.overrides)
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

    def concerning(self, host: str | None) -> "Policy":
        """Return this policy with one more host that is judged."""
        return replace(self, hosts=self.hosts | {host}) if host and self.hosts else self

    def judge(self, exchange: "Exchange", *, profile: str | None = None) -> Verdict:
        """Hold an exchange against the contract; `profile` stands above all other profiles."""
        reading = read(exchange, self.contract)
        rules, table = self.profiled(self.profile_for(exchange.origin) if profile is None else profile)
        found = tuple(rules.walk(reading, table))
        return self._excused(reading, found) if found and self.allowances else Verdict(reading, found)

    @cached_property
    def searches(self) -> bool:
        """Whether recordings are searched for secrets under any of the profiles that hold."""
        profiles = {self.forced_profile or self.profile, *(profile for _, profile in self.profile_by_path)}
        rules = (SECRET_RECORDED, SECRET_SUSPECTED)
        return any(self.profiled(profile).severities[rule] != "off" for profile in profiles for rule in rules)

    def secrets_in(self, exchange: "Exchange", found: "Sequence[Found]") -> Verdict | None:
        """Return the verdict on the secrets that were found in a recorded exchange; None where there are none."""
        return (
            self.of_recording(exchange, [secret_violation(each, exchange.origin) for each in found]) if found else None
        )

    def secrets_at(self, found: "Sequence[Found]", origin: str) -> Verdict | None:
        """Return the verdict on secrets at a place of a recording where there is no exchange; None where there are none."""
        return self.secrets_in(Exchange(200, None, b"", origin=origin), found)

    def stale(self, oldest: Oldest, hint: str = "record it again") -> Verdict | None:
        """Say that a recording is too old; None where it is not, where no age is set, or where that does not matter."""
        exchange, since = oldest.exchange, oldest.since
        if exchange is None or since is None or self.max_age is None or not is_stale(since, self.max_age, self.today):
            return None
        told = Violation(age_text(since, self.max_age, self.today), "Date", hint=hint, rule=STALE)
        verdict = self.of_recording(exchange, [told])
        return verdict if verdict.violations or verdict.allowed else None

    def of_recording(self, exchange: "Exchange", found: "Iterable[Violation]") -> Verdict:
        """Give violations of the rules of recordings their severity, and excuse those that are allowed."""
        weighed = [(each, self._severity_of(each.rule, exchange)) for each in found]
        judged = tuple(each.judged(each.rule, severity) for each, severity in weighed if severity != "off")
        return replace(self._excused(read(exchange, self.contract), judged), of_recording=True)

    def _severity_of(self, rule: str, exchange: "Exchange") -> "Severity":
        return self.profiled(self.profile_for(exchange.origin)).severities[rule]

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


def secret_violation(found: "Found", origin: str | None) -> Violation:
    """Return the violation for a secret that was found in a recording, or for a part that could not be searched."""
    if found.problem:
        return Violation(f"not searched for secrets: {found.problem}", found.place, rule=SECRET_SUSPECTED)
    file = file_of(origin) if origin else ""
    hint = f"pcerrors redact {file}" if file not in ("", "-") else "hide it where the recording is made"
    if found.certainty == "secret":
        return Violation("a secret is recorded", found.place, expected="***", hint=hint, rule=SECRET_RECORDED)
    return Violation("this may be a secret", found.place, expected="***", hint=hint, rule=SECRET_SUSPECTED)


def _refuse_taken_names(user_rules: tuple[Rule, ...], contract: Contract) -> None:
    taken = {*rule_set(contract).rules, *_OUTSIDE, *OF_RECORDINGS}
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
