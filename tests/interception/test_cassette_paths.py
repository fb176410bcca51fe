"""The path of the cassette of a test."""

import re
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.formats import READERS
from pytest_pcerrors.interception.cassette_paths import SUFFIXES, cassette_name, named

HASH = "-[0-9a-f]{8}"
TEXT = st.text(max_size=300) | st.text("aZ09_.-/ [é", max_size=12)


@pytest.mark.parametrize(
    ("module", "names", "parameters", "name"),
    [
        ("test_cart", ["test_pay"], None, "test_cart/test_pay.yaml"),
        ("tests/a/test_cart", ["TestBusy", "test_pay"], "409-1", "tests/a/test_cart/TestBusy.test_pay-409-1.yaml"),
        ("test.cart", ["test_pay"], None, "test.cart/test_pay.yaml"),
        ("test_cart", ["A", "B", "test_pay"], "x_1.5", "test_cart/A.B.test_pay-x_1.5.yaml"),
        ("test_cart", ["test_pay"], "", "test_cart/test_pay-.yaml"),
        ("test_cart", ["test_pay"], "x" * 80, f"test_cart/test_pay-{'x' * 80}.yaml"),
    ],
)
def test_a_cassette_is_named_after_its_test(module, names, parameters, name):
    """The path of the module is the folder; classes, function and id are the file."""
    assert cassette_name(module, names, parameters) == name


@pytest.mark.parametrize(
    ("module", "names", "parameters", "pattern"),
    [
        ("m", ["test"], "PUT /carts", f"m/test-PUT-carts{HASH}.yaml"),
        ("m", ["test"], "a--b", f"m/test-a-b{HASH}.yaml"),
        ("m", ["test"], "-1", f"m/test-1{HASH}.yaml"),
        ("m", ["test"], "é", f"m/test{HASH}.yaml"),
        ("m", ["test"], "\ud800", f"m/test{HASH}.yaml"),
        ("m", ["test"], "x" * 81, f"m/test-{'x' * 80}{HASH}.yaml"),
        ("m", ["test_" + "x" * 200], None, f"m/test_{'x' * 120}{HASH}.yaml"),
        ("m" * 61, ["test"], None, f"{'m' * 51}{HASH}/test.yaml"),
        ("mödule", ["test"], None, f"m-dule{HASH}/test.yaml"),
        ("aux", ["test"], None, f"_aux{HASH}/test.yaml"),
        ("m", ["Con", "test"], None, f"m/_Con.test{HASH}.yaml"),
        ("m", [".hidden"], None, f"m/_.hidden{HASH}.yaml"),
        ("", ["test"], None, f"_{HASH}/test.yaml"),
        ("ä/m", ["test"], None, f"-?{HASH}/m/test.yaml"),
    ],
)
def test_what_no_file_can_be_named_is_replaced(module, names, parameters, pattern):
    """A hash of the original name is appended."""
    assert re.fullmatch(pattern, cassette_name(module, names, parameters))


@given(st.lists(TEXT, min_size=1, max_size=3), TEXT, st.none() | TEXT)
@example(["COM1"], "lpt9.x", None)
@example(["a"], "...", "..")
@example(["a" * 300], "b" * 300, "c" * 300)
def test_every_system_can_hold_every_name(names, module, parameters):
    """Letters, digits, `_.-`, not long, not hidden, no device of Windows."""
    name = cassette_name(module, names, parameters)
    *folders, file = name.split("/")
    assert len(folders) == len(module.split("/"))
    for folder in folders:
        assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*", folder)
        assert len(folder) <= 60
        assert not folder.endswith(".")
        assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)", folder)
    assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*\.yaml", file)
    assert len(file) <= 139
    assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)\.", file)


@given(TEXT, TEXT)
@example("a/b", "a-b")
@example("a/b", "a b")
@example("x" * 80, "x" * 81)
def test_two_tests_have_two_cassettes(one, other):
    """Even if their ids become equal after the replacement."""
    assume(one != other)
    assert cassette_name("m", ["test"], one) != cassette_name("m", ["test"], other)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("busy", "busy.yaml"),
        ("shared/busy", "shared/busy.yaml"),
        ("busy.yaml", "busy.yaml"),
        ("busy.yml", "busy.yml"),
        ("busy.json", "busy.json"),
        ("busy.har", "busy.har.yaml"),
        ("v1.0 busy é", "v1.0 busy é.yaml"),
        ("..busy", "..busy.yaml"),
    ],
)
def test_a_marker_names_a_file(name, path):
    """Below the folder of cassettes, in a form that vcrpy writes."""
    assert named(name) == path


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "is empty; leave it out"),
        ("  ", "is empty; leave it out"),
        ("/etc/busy", "is absolute"),
        ("//host/busy", "is absolute"),
        ("C:/busy", "is absolute"),
        ("c:busy", "is absolute"),
        ("..", 'has a part ".."'),
        ("../busy", 'has a part ".."'),
        ("a/../../busy", 'has a part ".."'),
        ("a/./busy", 'has a part "."'),
        ("a//busy", 'has a part ""'),
        ("a/", 'has a part ""'),
        ("a\\busy", "has a \\; write /"),
        ("busy\0", "has control characters"),
        ("busy[1]", "has a [; it ends the name of a test"),
        ("busy]", "has a ]; it ends the name of a test"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name, problem):
    """Nothing is written outside the folder, and every name is the same on every system."""
    with pytest.raises(UsageError) as caught:
        named(name)
    assert f'" {problem}' in str(caught.value)


@given(st.text("ab./\\:[]~ ", max_size=12))
def test_no_name_leaves_the_folder(name):
    """On either kind of system."""
    try:
        path = named(name)
    except UsageError:
        return
    for flavour in (PurePosixPath(path), PureWindowsPath(path)):
        assert not flavour.anchor
        assert ".." not in flavour.parts


def test_the_suffixes_can_be_read():
    """What is written is collected."""
    assert set(SUFFIXES) <= set(READERS)
