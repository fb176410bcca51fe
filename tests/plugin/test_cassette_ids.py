"""The names of items, and that their ids can be given as arguments."""

import json
import os

import pytest
from recordings import API, GOOD, recorded

from pytest_pcerrors import Exchange, Request
from pytest_pcerrors.plugin._contents import item_name

GUID = "0c39d6d5-f9c3-4d2a-9d0f-5a0f2d1c7e11"


def named(url, code="800064", method="GET", status=409):
    """Return the name of an exchange with this request."""
    return item_name(Exchange(status, None, b"", Request(method, url)), code, 7)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/v1/customers", "/v1/customers"),
        ("/v1/customers/17/carts/4/checkout", "/v1/customers/{id}/carts/{id}/checkout"),
        (f"/v1/customers/{GUID}", "/v1/customers/{id}"),
        (f"/v1/customers/{GUID.upper()}/orders", "/v1/customers/{id}/orders"),
        (f"/v1/customers/{GUID.replace('-', '')}/orders", "/v1/customers/{id}/orders"),
        ("/v1/2/3", "/v1/{id}/{id}"),
        ("/v1/offers/MS-AZR-0145P", "/v1/offers/MS-AZR-0145P"),
        ("", "/"),
        ("?size=3&filter=a::b", "/"),
        ("/v1/customers?size=3", "/v1/customers"),
        ("/v1/customers#top", "/v1/customers"),
        ("/v1/a[b]::c", "/v1/a(b):c"),
        ("/v1/caf\xe9 \u65e5", r"/v1/caf\xe9 \u65e5"),
        ("/v1/a\x1bb\x00", r"/v1/a\x1bb\x00"),
        ("/v1/token=kX7pQz19vLmW", "/v1/token=***"),
    ],
)
def test_the_path_in_a_name(path, shown):
    """Identifiers are one word, query and fragment are left out, and what means something in an id is replaced."""
    assert named(API + path) == f"GET {shown} 409 800064 #7"


@pytest.mark.parametrize(("url", "shown"), [("http://[broken", "/"), ("/v1/orders", "/v1/orders"), ("", "/")])
def test_urls_without_a_host(url, shown):
    """A broken URL has no path to show; a relative one has."""
    assert named(url) == f"GET {shown} 409 800064 #7"


def test_a_long_path_is_cut():
    """The parts after the path are not cut."""
    name = named(f"{API}/{'x' * 500}")
    assert len(name) < 200
    assert name.endswith("x 409 800064 #7")


@pytest.mark.parametrize(
    ("code", "shown"), [(None, ""), ("", ""), ("0", " 0"), ("a::b[1]", " a:b(1)"), ("9" * 90, " " + "9" * 60)]
)
def test_the_code_in_a_name(code, shown):
    """The code follows the status, cut if it is long; without a code there is nothing."""
    assert named(f"{API}/v1/orders", code) == f"GET /v1/orders 409{shown} #7"


AWKWARD = (
    "/v1/a[b]/c]", "/v1/a::b::c", "/v1/a b  c", "/v1/caf\xe9/\u65e5\u672c", "/v1/a\x1bb\x7f", "/v1/orders?filter=[x]::y",
    "/" + "y" * 500, "/v1/{id}/'quoted'", "/v1/a%20b%5B", "/v1/a\\b", "",
)  # fmt: skip


@pytest.mark.covered
def test_an_id_can_be_pasted_back(pytester, write, ids):
    """Whatever the URL holds, the printed id runs this recording and no other."""
    write("a.yaml", GOOD, *(recorded(url=API + path) for path in AWKWARD for _ in range(2)))
    printed = ids("--pc-cassettes=a.yaml")[1::2]
    assert [each.rpartition("#")[2] for each in printed] == [str(2 * n + 2) for n in range(len(AWKWARD))]
    result = pytester.runpytest("--pc-cassettes=a.yaml", "-v", *printed)
    result.assert_outcomes(passed=len(AWKWARD))
    assert [line.partition(" PASSED")[0] for line in result.stdout.lines if " PASSED" in line] == printed


def test_a_broken_url_can_be_pasted_back(pytester, write, ids):
    """A URL that cannot be parsed has no host, so it is judged, and its id works."""
    write("a.yaml", recorded(url="http://[broken"))
    (printed,) = ids("--pc-cassettes=a.yaml")
    pytester.runpytest("--pc-cassettes=a.yaml", printed).assert_outcomes(passed=1)


def test_an_id_needs_no_option_where_the_settings_name_the_folder(pytester, write, settings, ids):
    """With `collect`, what a plain run prints can be pasted as it is."""
    settings('collect = ["cassettes"]')
    write("cassettes/a.yaml", GOOD, GOOD)
    pytester.runpytest(ids()[1]).assert_outcomes(passed=1)


def test_several_ids_and_a_test(pytester, write, ids):
    """Ids of several files can be given, beside ordinary tests."""
    pytester.makepyfile(test_one="def test_one(): pass\ndef test_two(): pass")
    write("cassettes/a.yaml", GOOD, GOOD)
    write("cassettes/b.yaml", GOOD, GOOD)
    option = "--pc-cassettes=cassettes"
    chosen = [each for each in ids(option) if each.endswith(("one", "#2"))]
    assert ids(option, *chosen) == chosen
    assert len(chosen) == 3


def test_a_cassette_named_after_a_parametrized_test(pytester, write, ids):
    """Recording tools name a file after its test, brackets and all; such ids can be pasted too."""
    write("cassettes/test_cart[7-busy].yaml", GOOD, GOOD)
    printed = ids("--pc-cassettes=cassettes")
    assert ids("--pc-cassettes=cassettes", printed[1]) == [printed[1]]
    assert ids("--pc-cassettes=cassettes/test_cart[7-busy].yaml") == printed


@pytest.mark.parametrize("xdist", [[], ["-n1"]], ids=["alone", "xdist"])
def test_an_id_that_is_not_there_is_misuse(pytester, write, xdist):
    """Nothing runs, and the message names the nearest id."""
    write("a.yaml", GOOD)
    result = pytester.runpytest("--pc-cassettes=a.yaml", "a.yaml::POST /v1/carts/{id}/checkout 409 800064 #2", *xdist)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(['ERROR: not found: a.yaml::POST*#2; did you mean "POST*#1"?'])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_each_unreadable_place_can_be_run_again(pytester):
    """The item of a place in a file is named by its line, that of a whole file has no line."""
    pytester.path.joinpath("a.ndjson").write_text('{"\n[]\n')
    pytester.path.joinpath("b.yaml").touch()
    for name in ("a.ndjson::unreadable 1", "a.ndjson::unreadable 2", "b.yaml::unreadable"):
        pytester.runpytest("--pc-cassettes=.", name).assert_outcomes(failed=1)


def test_a_file_name_that_is_not_utf_8_can_be_sent_by_a_worker(pytester, write, settings):
    """pytest-xdist sends ids, reports and counts as text in UTF-8; a worker ended, and its tests or counts were lost."""

    class Worker:
        def pytest_configure(self, config):
            config.workeroutput = self.output = {}

    settings('collect = ["cassettes"]')
    pytester.mkdir("cassettes").joinpath("test_gone").mkdir()
    write("a.yaml", GOOD).rename(os.fsdecode(os.fsencode(pytester.path) + b"/cassettes/test_gone/\xff.yaml"))
    worker = Worker()
    run = pytester.inline_run(plugins=[worker])
    sent = [report._to_json() for report in run.getreports("pytest_runtest_logreport")]
    assert len(sent) == 3
    assert "udcff.yaml" in json.dumps(sent, default=str, ensure_ascii=False).encode().decode()
    orphan = json.loads(worker.output["pcerrors"].encode())["orphans"]
    assert [os.fsencode(each).endswith(b"/test_gone/\xff.yaml") for each in orphan] == [True]
