"""The policy of a run: contract, profiles, allowances and hosts, and the verdicts that follow from them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.policy.allowances import Allowance, file_of, lies_in
from pytest_pcerrors.policy.verdict import Verdict
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.rules.parsed_response import ParsedResponse, read
from pytest_pcerrors.rules.registry import ALWAYS_ERROR_NAMES, OF_RECORDINGS, RECORDING_RULES, in_stages
from pytest_pcerrors.rules.rule import PROFILES
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.rules.violation import SECRET_RECORDED, SECRET_SUSPECTED, Violation
from pytest_pcerrors.text import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from pytest_pcerrors.exchange.archives.layout import Layout
    from pytest_pcerrors.rules.rule import Rule, RuleFunction
    from pytest_pcerrors.rules.stages import RuleSet
    from pytest_pcerrors.rules.violation import Severity
    from pytest_pcerrors.secrets import Found


@dataclass(eq=False, repr=False)
class Policy:
    """The policy of a run. `forced_profile` overrides the profiles by path, as an option overrides settings.

    `others` are the contracts of other hosts; `of` chooses by the host of a request. `contract` is for all other responses.
    """

    contract: Contract
    others: tuple[Contract, ...] = field(default=(), kw_only=True)
    profile: str = "documented"
    forced_profile: str | None = None
    profile_by_path: tuple[tuple[Path, str], ...] = ()
    overrides: "Mapping[str, Severity]" = field(default_factory=dict)
    allowances: tuple[Allowance, ...] = ()
    hosts: frozenset[str] = frozenset()
    user_rules: "tuple[RuleFunction, ...]" = ()
    length_unit: str = "code-points"
    redaction: Redaction = field(default_factory=Redaction)
    max_age: int | None = None
    layout: "Layout | None" = None
    root: Path = Path()
    today: "date" = field(default_factory=lambda: datetime.now(UTC).astimezone().date())
    _rules_under: "dict[str, RuleSet]" = field(default_factory=dict, init=False, repr=False)
    _profile_of_file: dict[str, str] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        known = (*self.documented_rules, *OF_RECORDINGS)
        for name in (*self.overrides, *(allowance.rule for allowance in self.allowances)):
            if name in ALWAYS_ERROR_NAMES:
                raise UsageError(f"{name} is always an error; it cannot have another severity or an allowance")
            if name not in known:
                raise UsageError(f'there is no rule "{name}"; {nearest(name, known)}')
        for profile in (self.profile, self.forced_profile, *(profile for _, profile in self.profile_by_path)):
            self.rules_under(profile or self.profile)

    @cached_property
    def rules(self) -> "RuleSet":
        """The rules of the contract and the user."""
        return rule_set(self.contract, self.user_rules, self.length_unit)

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """All contracts, the main one first."""
        return (self.contract, *self.others)

    @cached_property
    def documented(self) -> Contract:
        """All contracts as one: their names, statuses and errors; the main one if there are no others."""
        return self.contract.joined(self.others) if self.others else self.contract

    @property
    def documented_rules(self) -> "dict[str, Rule]":
        """The rules of all contracts and the user by name, in the order of the stages; of several with the same name, the first."""
        sets = [rule_set(each, self.user_rules, self.length_unit) for each in reversed(self.contracts)]
        found = {name: rule for each in sets for name, rule in each.rules.items()}
        return {rule.name: rule for rule in in_stages(found.values())}

    def of(self, exchange: "Exchange") -> "Policy":
        """Return the policy for the contract that has the host of an exchange; this one if none has it, or the host is unknown."""
        request = exchange.request
        return self._by_host.get(request.host or "", self) if self.others and request is not None else self

    @cached_property
    def policies(self) -> "tuple[Policy, ...]":
        """The policies for each of `contracts`."""
        return (self, *map(self.for_contract, self.others))

    @cached_property
    def _by_host(self) -> "dict[str, Policy]":
        return {host: policy for policy in self.policies[1:] for host in policy.contract.hosts}

    def for_contract(self, contract: Contract) -> "Policy":
        """Return this policy for another contract alone, without the settings for rules that it does not have."""
        known = {*rule_set(contract, self.user_rules, self.length_unit).rules, *OF_RECORDINGS}
        return replace(
            self,
            contract=contract,
            others=(),
            overrides={rule: severity for rule, severity in self.overrides.items() if rule in known},
            allowances=tuple(allowance for allowance in self.allowances if allowance.rule in known),
        )

    def rules_under(self, profile: str) -> "RuleSet":
        """Return the rules that are not off under a profile, and the severities of all; raise a `UsageError` for an unknown profile."""
        known = self._rules_under.get(profile)
        if known is None:
            if profile not in PROFILES:
                raise UsageError(f'there is no profile "{profile}"; {nearest(profile, PROFILES)}')
            rules = (*self.rules.rules.values(), *RECORDING_RULES)
            table = {rule.name: self.overrides.get(rule.name, rule.severities[profile]) for rule in rules}
            known = self._rules_under[profile] = self.rules.under(table)
        return known

    @cached_property
    def _usual_rules(self) -> "RuleSet":
        return self.rules_under(self.forced_profile or self.profile)

    def recognizes(self, exchange: "Exchange") -> bool:
        """Return whether a response is recognized to conform, by the contract of its host; False in doubt."""
        return not self.others and self._rules_for(exchange).quick.conforms(exchange)

    def profile_for(self, origin: str | None) -> str:
        """Return the profile for an origin: the forced one, otherwise that of the longest matching path."""
        if self.forced_profile or origin is None or not self.profile_by_path:
            return self.forced_profile or self.profile
        file = file_of(origin)
        known = self._profile_of_file.get(file)
        if known is None:
            matching = [(path, profile) for path, profile in self.profile_by_path if lies_in(origin, path, self.root)]
            known = max(matching, key=lambda each: len(each[0].parts))[1] if matching else self.profile
            self._profile_of_file[file] = known
        return known

    def judges(self, exchange: "Exchange") -> bool:
        """Return whether the policy judges a recorded exchange: its host is one of `hosts`, or is unknown."""
        return is_among(exchange.request.host if exchange.request else None, self.hosts)

    def judge(self, exchange: "Exchange", *, profile: str | None = None) -> Verdict:
        """Return the verdict on an exchange, by the contract of its host; `profile` overrides all other profiles."""
        if self.others and (own := self.of(exchange)) is not self:
            return own.judge(exchange, profile=profile)
        rules = self._rules_for(exchange) if profile is None else self.rules_under(profile)
        parsed = read(exchange, self.contract)
        found = rules.violations(parsed)
        return self._excused(parsed, found) if found and self.allowances else Verdict(parsed, found)

    def _rules_for(self, exchange: "Exchange") -> "RuleSet":
        if exchange.origin is None or not self.profile_by_path:
            return self._usual_rules
        return self.rules_under(self.profile_for(exchange.origin))

    @cached_property
    def searches_for_secrets(self) -> bool:
        """Whether recordings are searched for secrets under any profile of this policy."""
        profiles = {self.forced_profile or self.profile, *(profile for _, profile in self.profile_by_path)}
        tables = [self.rules_under(profile).severities for profile in profiles]
        return any(table[rule] != "off" for table in tables for rule in (SECRET_RECORDED, SECRET_SUSPECTED))

    def secrets_in(self, exchange: "Exchange", found: "Sequence[Found]") -> Verdict | None:
        """Return the verdict on the secrets that were found in a recorded exchange, or None without any."""
        return self.of_recording(exchange, [_of_secret(each, exchange.origin) for each in found]) if found else None

    def secrets_at(self, found: "Sequence[Found]", origin: str) -> Verdict | None:
        """Return the verdict on secrets at a place of a recording outside of its exchanges, or None without any."""
        return self.secrets_in(Exchange(200, None, b"", origin=origin), found)

    def of_recording(self, exchange: "Exchange", found: "Iterable[Violation]") -> Verdict:
        """Return the verdict on violations of the rules for recordings, with severities and allowances applied."""
        table = self.rules_under(self.profile_for(exchange.origin)).severities
        judged = tuple(each.judged(each.rule, table[each.rule]) for each in found if table[each.rule] != "off")
        return self._excused(read(exchange, self.contract), judged)._replace(of_recording=True)

    def adapted(
        self, allowances: "Sequence[Allowance]" = (), profile: str | None = None, contract: str | None = None
    ) -> "Policy":
        """Return this policy with further allowances, a profile that overrides all others, and one of its contracts as the main one."""
        if not allowances and profile is None and contract is None:
            return self
        main = self.contract if contract is None else self.contract_named(contract)
        return replace(
            self,
            contract=main,
            others=tuple(each for each in self.contracts if each is not main),
            allowances=(*self.allowances, *allowances),
            forced_profile=profile or self.forced_profile,
        )

    def contract_named(self, name: str) -> Contract:
        """Return the contract with a name; raise a `UsageError` if none of the contracts has it."""
        known = {each.name: each for each in reversed(self.contracts)}
        if name not in known:
            raise UsageError(f'there is no contract with the name "{name}"; {nearest(name, known)}')
        return known[name]

    def _excused(self, parsed: ParsedResponse, found: "tuple[Violation, ...]") -> Verdict:
        kept: list[Violation] = []
        allowed: list[Allowance] = []
        for violation in found:
            covering = [each for each in self.allowances if each.covers(violation, parsed, self.root)]
            holding = next((each for each in covering if not each.has_expired(self.today)), None)
            if holding:
                allowed.append(holding)
            else:
                kept.append(covering[0].expiry(violation) if covering else violation)
        return Verdict(parsed, tuple(kept), tuple(allowed))


def is_among(host: str | None, hosts: "Collection[str]") -> bool:
    """Return whether a host is one of these, or is unknown; without hosts, any is."""
    return not hosts or host is None or host in hosts


def _of_secret(found: "Found", origin: str | None) -> Violation:
    """Return the violation for a secret in a recording, or for a part that could not be searched."""
    if found.problem:
        return Violation(f"not searched for secrets: {found.problem}", found.place, rule=SECRET_SUSPECTED)
    file = file_of(origin) if origin else ""
    hint = f"pcerrors redact {file}" if file not in ("", "-") else "redact it before it is recorded"
    message, rule = "this may be a secret", SECRET_SUSPECTED
    if found.certainty == "secret":
        message, rule = "a secret is recorded", SECRET_RECORDED
    return Violation(message, found.place, expected="***", hint=hint, rule=rule)
