"""Which recordings a run collects: what the option and the settings name, each once."""

import gzip
import json
import shlex

import pytest
from recordings import API, BUSY, FOREIGN, GOOD, SUCCESS, recorded

CHECKOUT = "POST /v1/carts/{id}/checkout 409 800064 #1"
A, B = f"cassettes/a.yaml::{CHECKOUT}", f"cassettes/sub/b.yaml::{CHECKOUT}"
TEST = "test_one.py::test_one"


@pytest.fixture
def two(write, pytester):
    """Lay out a test and a folder with two cassettes."""
    write("cassettes/a.yaml", GOOD)
    write("cassettes/sub/b.yaml", GOOD)
    pytester.makepyfile(test_one="def test_one(): pass")


@pytest.mark.covered
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("--pc-cassettes=cassettes", [TEST, A, B]),
        ("--pc-cassettes cassettes", [TEST, A, B]),
        ("--pc-cassettes=cassettes/a.yaml", [TEST, A]),
        ("--pc-cassettes=cassettes/a.yaml --pc-cassettes=cassettes/sub", [TEST, A, B]),
        ("--pc-cassettes=./cassettes/sub/../sub", [TEST, B]),
        ("test_one.py --pc-cassettes=cassettes", [TEST, A, B]),
        (". --pc-cassettes=cassettes", [TEST, A, B]),
        ("--pc-cassettes=cassettes --pc-cassettes=cassettes", [TEST, A, B]),
        ("--pc-cassettes=cassettes --pc-cassettes=cassettes/sub", [TEST, A, B]),
        ("--pc-cassettes=cassettes/sub --pc-cassettes=cassettes", [TEST, B, A]),
        ("--pc-cassettes=. .", [TEST, A, B]),
        ("--pc-cassettes=cassettes cassettes", [A, B]),
        ("--pc-cassettes=cassettes cassettes/", [A, B]),
        ("--pc-cassettes=cassettes cassettes/a.yaml", [A]),
        ("--pc-cassettes=cassettes cassettes/sub", [B]),
        ("--pc-cassettes=cassettes test_one.py cassettes/sub/b.yaml", [TEST, B]),
        ("--pc-cassettes=cassettes cassettes cassettes/a.yaml", [A, B]),
        ("--pc-cassettes=cassettes --ignore=cassettes/sub", [TEST, A]),
        ("--pc-cassettes=cassettes --ignore=cassettes/a.yaml", [TEST, B]),
        ("--pc-cassettes=cassettes -k 800064", [A, B]),
        ("--pc-cassettes=cassettes -k b.yaml", [B]),
        (f"--pc-cassettes=cassettes --deselect='{A}'", [TEST, B]),
        ("", [TEST]),
    ],
)
def test_the_option_adds_cassettes(two, ids, arguments, expected):
    """Every cassette that the option names is collected once, after the tests; an argument inside it selects a part."""
    assert ids(*shlex.split(arguments)) == expected


@pytest.mark.covered
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", [TEST, A, B]),
        ("test_one.py", [TEST]),
        ("cassettes", [A, B]),
        ("cassettes/a.yaml", [A]),
        ("test_one.py cassettes/sub/b.yaml", [TEST, B]),
        (".", [TEST, A, B]),
        ("--pc-cassettes=cassettes", [TEST, A, B]),
        ("--pc-cassettes=cassettes/a.yaml", [TEST, A, B]),
        ("--pc-cassettes=cassettes/a.yaml test_one.py", [TEST, A]),
    ],
)
def test_settings_name_what_a_run_without_arguments_collects(two, settings, ids, arguments, expected):
    """`collect` holds where the command line names no path, or names the cassettes themselves or what encloses them."""
    settings('collect = ["cassettes"]')
    assert ids(*arguments.split()) == expected


def test_testpaths_are_no_arguments(two, pytester, ids):
    """With `testpaths` that hold the cassettes, `collect` holds too, and nothing is collected twice."""
    pytester.makepyprojecttoml("""
        [tool.pytest.ini_options]
        testpaths = ["cassettes", "test_one.py"]
        [tool.pcerrors]
        collect = ["cassettes"]
    """)
    assert ids() == [TEST, A, B]


def test_paths_of_the_option_are_relative_to_where_pytest_was_called(two, pytester, monkeypatch, settings, ids):
    """Called in a folder below the root directory, the option's path begins there, those of the settings do not."""
    settings('collect = ["cassettes/a.yaml"]')
    monkeypatch.chdir(pytester.path / "cassettes")
    assert ids("--pc-cassettes=sub", "--rootdir=..") == [A, B]


def test_a_path_outside_the_root_directory(two, pytester, ids):
    """A cassette need not lie in the root directory; its id then begins with the whole path, and can be pasted back."""
    pytester.mkdir("project")
    options = ("--rootdir=project", "--pc-cassettes=cassettes/a.yaml")
    printed = f"{pytester.path}/{A}"
    assert ids(*options, "cassettes") == [printed]
    assert ids(*options, printed) == [printed]


def test_a_folder_of_cassettes_is_not_searched_for_tests(write, pytester, ids):
    """The option adds recordings, and not the tests beside them."""
    pytester.makepyfile(test_one="def test_one(): pass")
    pytester.path.joinpath("more").mkdir()
    pytester.path.joinpath("more/test_two.py").write_text("def test_two(): pass")
    write("more/a.yaml", GOOD)
    assert ids("test_one.py", "--pc-cassettes=more") == [TEST, f"more/a.yaml::{CHECKOUT}"]


def test_an_argument_without_cassettes_does_not_narrow(write, pytester, ids):
    """A test that lies beside its cassettes can be named, and the option still adds them all."""
    write("tests/a.yaml", GOOD)
    pytester.path.joinpath("tests/test_one.py").write_text("def test_one(): pass")
    expected = ["tests/test_one.py::test_one", f"tests/a.yaml::{CHECKOUT}"]
    assert ids("tests/test_one.py", "--pc-cassettes=tests") == expected


def test_a_named_file_may_have_any_ending(write, ids):
    """A file that is named itself is read whatever it is called; in a folder the ending decides."""
    write("cassettes/a.recorded", GOOD)
    assert ids("--pc-cassettes=cassettes/a.recorded") == [f"cassettes/a.recorded::{CHECKOUT}"]
    assert ids("--pc-cassettes=cassettes") == []


def test_only_error_responses_of_known_hosts_are_items(write, ids):
    """A 4xx or 5xx of the contract's hosts is an item, with its number in the file; successes and other hosts are not."""
    gone = recorded(503, "", method="GET", url=f"{API}/v1/orders")
    china = recorded(url="https://partner.partnercenterapi.microsoftonline.cn/v1/carts/7/checkout")
    write("a.yaml", SUCCESS, gone, FOREIGN, recorded(302, ""), china)
    assert ids("--pc-cassettes=a.yaml") == ["a.yaml::GET /v1/orders 503 #2", f"a.yaml::{CHECKOUT[:-2]}#5"]


def test_hosts_of_the_settings(write, settings, ids):
    """`hosts` names the hosts whose exchanges are items, instead of the contract's."""
    settings('hosts = ["Login.MicrosoftOnline.com"]')
    write("a.yaml", GOOD, FOREIGN)
    assert ids("--pc-cassettes=a.yaml") == ["a.yaml::POST /contoso/oauth2/token 400 #2"]


def test_an_unknown_request_is_judged(pytester, ids):
    """A recording without request, or with a path alone, may be the contract's, so it is an item."""
    lines = [{"status": 409, "body": json.dumps(BUSY)}, recorded(url="/v1/orders")]
    pytester.path.joinpath("a.ndjson").write_text("\n".join(map(json.dumps, lines)))
    assert ids("--pc-cassettes=a.ndjson") == [
        "a.ndjson::response 409 800064 #1",
        "a.ndjson::POST /v1/orders 409 800064 #2",
    ]


def test_a_success_that_the_contract_pairs_with_the_code_is_an_item(write, contract_file, ids):
    """Where the contract documents an error code with a 2xx, that response is an error response."""
    entry = {"status": 200, "code": "400072", "descriptions": ["This item is not available"]}
    contract_file(entries=[entry])
    write("a.yaml", recorded(200, BUSY | {"code": "400072"}), recorded(200, BUSY))
    collected = ids("--pc-cassettes=a.yaml", "--pc-contract=contract.json")
    assert collected == ["a.yaml::POST /v1/carts/{id}/checkout 200 400072 #1"]


def test_conftest_can_leave_cassettes_out(two, pytester, ids):
    """`collect_ignore` of a conftest.py holds for cassettes as for tests."""
    pytester.makeconftest('collect_ignore = ["cassettes/a.yaml"]')
    assert ids("--pc-cassettes=cassettes") == [TEST, B]


def test_the_hooks_of_conftest_files_run_for_cassettes(two, pytester):
    """The hooks of a conftest.py beside or above a cassette run, even if pytest collects other folders only."""
    for folder in (".", "cassettes", "cassettes/sub"):
        hook = f"def pytest_runtest_setup(item): print('set up', {folder!r}, item.path.name)"
        pytester.path.joinpath(folder, "conftest.py").write_text(hook)
    result = pytester.runpytest("-s", "-q", "test_one.py", "--pc-cassettes=cassettes")
    told = [line.partition("set up ")[2] for line in result.stdout.lines if "set up" in line]
    assert sorted(told) == [
        ". a.yaml",
        ". b.yaml",
        ". test_one.py",
        "cassettes a.yaml",
        "cassettes b.yaml",
        "cassettes/sub b.yaml",
    ]


def test_a_path_that_pytest_skips_can_be_named(write, ids):
    """A folder that pytest does not collect, such as build, is read if the option names it."""
    write("build/a.yaml", GOOD)
    assert ids("--pc-cassettes=build", ".") == [f"build/a.yaml::{CHECKOUT}"]


def test_a_missing_path_of_the_settings_is_misuse(pytester, settings):
    """So does a path of `collect`, in a run that would collect it."""
    settings('collect = ["missing"]')
    pytester.makepyfile(test_one="def test_one(): pass")
    assert pytester.runpytest().ret == pytest.ExitCode.USAGE_ERROR
    assert pytester.runpytest("test_one.py").ret == pytest.ExitCode.OK


def test_cassettes_that_only_archives_know(pytester, ids):
    """HAR and NDJSON, also compressed, are collected like cassettes."""
    pytester.path.joinpath("a.ndjson.gz").write_bytes(gzip.compress(json.dumps(GOOD).encode()))
    assert ids("--pc-cassettes=.") == [f"a.ndjson.gz::{CHECKOUT}"]
