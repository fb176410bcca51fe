"""Hosts that are not judged: named, with the setting."""

import tomllib
from collections import Counter

import pytest

from pytest_pcerrors import Exchange, Request
from pytest_pcerrors.reporting.summary import Tally, host_of, named_hosts, nothing_checked


@pytest.mark.parametrize(
    ("count", "listed"),
    [
        (1, "h0 9"),
        (5, "h0 9, h1 8, h2 7, h3 6, h4 5"),
        (6, "h0 9, h1 8, h2 7, h3 6, h4 5, and 1 more"),
        (9, ", and 4 more"),
    ],
)
def test_the_most_frequent_hosts_are_named(count, listed):
    """And how many more there are."""
    hosts = Counter({f"h{index}": 9 - index for index in range(count)})
    assert f"{listed} (to check them: hosts in [tool.pcerrors])" in named_hosts(hosts)


@pytest.mark.parametrize("host", ["gateway.contoso.example", "::1", "a\x1b[31m", 'a"b', "\ud800"])
def test_the_setting_can_be_pasted(host):
    """It is TOML whatever the host, and shows no control characters."""
    text = nothing_checked(Counter({host: 2, "b": 1}))
    assert text.isprintable() or text.replace("\n", "").isprintable()
    pasted = tomllib.loads("[tool.pcerrors]\n" + text.splitlines()[-1])["tool"]["pcerrors"]["hosts"]
    assert pasted[1] == "b"
    assert (pasted[0] == host) is host.isprintable()


@pytest.mark.parametrize(
    ("hosts", "named"),
    [(["127.0.0.1"], True), (["::1", "localhost"], True), (["localhost", "a"], False), ([""], False)],
)
def test_servers_of_the_tests_are_better_not_recorded(hosts, named):
    """Where only they were skipped, the setting of vcrpy is named."""
    assert ('"ignore_localhost": True' in nothing_checked(Counter(hosts))) is named


def test_the_setting_has_the_most_frequent_hosts():
    """A comment counts the others, so that the line can be pasted."""
    text = nothing_checked(Counter({f"h{index}": 9 - index for index in range(7)}))
    assert text.endswith('hosts = ["h0", "h1", "h2", "h3", "h4"]  # 2 more hosts')


def test_one_exchange_is_one():
    """The singular is used."""
    assert nothing_checked(Counter(a=1)).startswith(
        "nothing was checked: the exchange is with a host that is not checked\nto check it, set"
    )


@pytest.mark.parametrize(
    ("exchange", "host"),
    [
        (Exchange(404, None, b""), ""),
        (Exchange(404, None, b"", Request("GET", "/v1")), ""),
        (Exchange(404, None, b"", Request("GET", "https://Api.Example.com:8080/v1")), "api.example.com"),
        (Exchange(404, None, b"", Request("GET", f"https://{'a' * 999}/")), "a" * 253),
    ],
)
def test_a_host_is_the_one_of_the_request(exchange, host):
    """In lower case, without port, and no longer than a name can be."""
    assert host_of(exchange) == host


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (Tally(other_hosts=Counter(a=1)), True),
        (Tally(other_hosts=Counter(a=1), errors=1), False),
        (Tally(other_hosts=Counter(a=1), successes=1), False),
        (Tally(), False),
    ],
)
def test_all_was_skipped_where_nothing_was_judged(tally, expected):
    """And there was something."""
    assert tally.has_skipped_all is expected
