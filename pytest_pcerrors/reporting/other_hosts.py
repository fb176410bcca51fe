"""Messages for exchanges that were skipped because of their host, with the setting that includes them."""

import json
from typing import TYPE_CHECKING

from pytest_pcerrors.exchange.http import is_loopback
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.tables import TABLE
from pytest_pcerrors.text import counted

if TYPE_CHECKING:
    from collections import Counter

    from pytest_pcerrors.exchange.model import Exchange

_MOST_HOSTS = 5
LONGEST_HOST = 253
_IGNORE_LOCAL = 'pc_vcr_config (or vcr_config of pytest-recording) with "ignore_localhost": True'


def host_of(exchange: "Exchange") -> str:
    """Return the host of an exchange, cut to the maximum length of a host name."""
    return ((exchange.request.host if exchange.request else None) or "")[:LONGEST_HOST]


def named_hosts(hosts: "Counter[str]") -> str:
    """Return how many exchanges were skipped, with which hosts, and the setting to check them.

    >>> from collections import Counter
    >>> named_hosts(Counter({"login.microsoftonline.com": 2}))
    '2 exchanges with other hosts skipped: login.microsoftonline.com 2 (to check them: hosts in [tool.pcerrors])'
    """
    whose, pronoun = ("another host", "it") if hosts.total() == 1 else ("other hosts", "them")
    return f"{counted(hosts.total(), 'exchange')} with {whose} skipped: {_listed(hosts)} (to check {pronoun}: hosts in {TABLE})"


def nothing_checked(hosts: "Counter[str]") -> str:
    """Return the message that all exchanges were skipped because of their hosts, with the setting to paste.

    If all hosts are on loopback, such as servers of the tests, it names the setting of vcrpy that leaves them out.

    >>> from collections import Counter
    >>> print(nothing_checked(Counter({"gateway.contoso.example": 2})))
    nothing was checked: each of the 2 exchanges is with a host that is not checked
    to check them, set in pyproject.toml, below [tool.pcerrors]:
    hosts = ["gateway.contoso.example"]
    """
    which = "the exchange" if hosts.total() == 1 else f"each of the {hosts.total()} exchanges"
    pronoun = "it" if hosts.total() == 1 else "them"
    setting = json.dumps([safe(host) for host, _ in _in_order(hosts)[:_MOST_HOSTS]])
    more = f"  # {_more(hosts)}" if len(hosts) > _MOST_HOSTS else ""
    local = f"\nnot to record {pronoun}: {_IGNORE_LOCAL}" if all(map(is_loopback, hosts)) else ""
    return (
        f"nothing was checked: {which} is with a host that is not checked\n"
        f"to check {pronoun}, set in pyproject.toml, below {TABLE}:\nhosts = {setting}{more}{local}"
    )


def _listed(hosts: "Counter[str]") -> str:
    named = ", ".join(f"{safe(host)} {count}" for host, count in _in_order(hosts)[:_MOST_HOSTS])
    return f"{named}, {_more(hosts)}" if len(hosts) > _MOST_HOSTS else named


def _more(hosts: "Counter[str]") -> str:
    return counted(len(hosts) - _MOST_HOSTS, "more host")


def _in_order(hosts: "Counter[str]") -> list[tuple[str, int]]:
    return sorted(hosts.items(), key=lambda each: (-each[1], each[0]))
