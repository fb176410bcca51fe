"""Contract files: read, rejected with place and reason, and written atomically."""

import errno
import json
import os
import socket
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.contract.files import document_text
from pytest_pcerrors.contract.model import Contract, Page
from pytest_pcerrors.documents import published_schema
from pytest_pcerrors.errors import UsageError

HERE = "http://127.0.0.1:9/schema.json"


def message_of(path):
    """Return the error message for a contract file, without its path."""
    with pytest.raises(UsageError) as caught:
        Contract.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value).replace(f"{path}: ", "")


def test_the_shipped_file_fits_its_published_schema(document):
    """The shipped contract file is valid against the published schema."""
    schema = published_schema("pytest_pcerrors.contract", "contract.schema.json")
    assert list(Draft202012Validator(schema).iter_errors(document)) == []


@pytest.mark.parametrize("name", ["openapi", "swagger"])
def test_an_openapi_document_is_not_a_contract_file(tmp_path, name):
    """The message has the command that makes one of it."""
    (tmp_path / "api.json").write_text(json.dumps({name: "2.0", "info": {}}), "utf-8")
    assert message_of(tmp_path / "api.json") == "an OpenAPI document; make a contract file of it with `pcerrors import`"


def test_the_shipped_file_survives_the_round_trip(tmp_path, shipped_text):
    """Loaded and saved again, the shipped contract is the same to the byte."""
    (tmp_path / "a.json").write_text(shipped_text, "utf-8")
    Contract.load(tmp_path / "a.json").save(tmp_path / "b.json")
    assert (tmp_path / "b.json").read_bytes() == shipped_text.encode()


def test_the_shipped_contract_is_what_its_file_says(shipped_text):
    """The contract that is used by default is the one in the file."""
    assert document_text(Contract.default().document()) == shipped_text


def test_a_contract_of_another_api_loads(write, custom):
    """Another envelope is described by the pointers of its members; omitted keys are empty."""
    contract = Contract.load(write(custom))
    assert contract.members == {"code": ("error", "code"), "description": ("error", "the/message")}
    assert list(contract.catalogue) == [
        Entry(404, "NotFound", ("Nothing is called {0}",)),
        Entry(409, "Busy", ("Try again", "Opnieuw proberen, Zoë")),
    ]
    assert (contract.hosts, contract.challenge, contract.deviations, contract.page) == ((), None, (), Page())


def test_a_contract_of_another_api_survives_the_round_trip(write, custom):
    """Saved over itself and loaded again, nothing is lost."""
    custom["schema"]["$defs"]["error"]["properties"]["a/b~"] = {"items": {"type": "string"}}
    path = write(custom | {"deviations": [{"rule": "item-number", "at": "/error/a~1b~0/*", "type": "integer"}]})
    contract = Contract.load(path)
    contract.save(path)
    assert (
        document_text(Contract.load(path).document()) == document_text(contract.document()) == path.read_text("utf-8")
    )


def test_an_entry_is_a_line(write, custom):
    """Entries are saved one per line, without escapes, so that a diff is readable."""
    path = write(custom)
    Contract.load(path).save(str(path))
    lines = path.read_text("utf-8").splitlines()
    assert '    {"status": 409, "code": "Busy", "descriptions": ["Try again", "Opnieuw proberen, Zoë"]}' in lines


def test_hosts_are_compared_in_lower_case(write, custom):
    """The host of a URL is in lower case, so the hosts of a contract are too."""
    assert Contract.load(write(custom | {"hosts": ["API.example.com"]})).hosts == ("api.example.com",)


def test_an_empty_catalogue_is_refused(write, custom):
    """No code would be checked."""
    with pytest.raises(UsageError, match="at /entries: it is empty, so no code would be checked"):
        Contract.load(write(custom | {"entries": []}))


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("nam", "x", 'at the top: unknown key "nam"; did you mean "name"?'),
        ("format", 2, "at /format: 2 is not known; known are 1"),
        ("name", " ", r"at /name: it is empty"),
        ("page", {"date": "2020-13-01"}, 'at /page/date: "2020-13-01" is not a date (YYYY-MM-DD)'),
        ("page", {"dat": ""}, 'at /page: unknown key "dat"; did you mean "date"?'),
        ("hosts", "x", 'at /hosts: expected an array, got "x"'),
        ("statuses", {"40x": ""}, 'at /statuses: "40x" is not an HTTP status of three digits, such as 404'),
        ("statuses", {"400\n": ""}, r'at /statuses: "400\n" is not an HTTP status of three digits, such as 404'),
        ("statuses", {"400": None}, "at /statuses/400: expected a string, got null"),
        ("challenge", "", r"at /challenge: it is empty"),
        ("members", {"data": "/data"}, 'at /members: "code" is missing'),
        ("members", {"code": "code"}, 'at /members/code: "code" is not a JSON Pointer to a property, such as /error/code'),
        ("members", {"code": "/a~2"}, 'at /members/code: "/a~2" is not a JSON Pointer to a property, such as /error/code'),
        ("members", {"code": "/"}, 'at /members/code: "/" is not a JSON Pointer to a property, such as /error/code'),
        ("deviations", [{"rule": "code-number", "at": "/code", "type": "int"}], 'at /deviations/0/type: "int" is not known; did you mean "integer"?'),
        ("schema", [], "at /schema: expected an object, got an array"),
        ("schema", {}, 'at /schema: "type" is missing'),
        ("schema", {"type": "array"}, 'at /schema/type: expected "object", got "array"'),
        ("entries", {}, "at /entries: expected an array, got an object"),
        ("entries", [3], "at /entries/0: expected an object, got 3"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_reported(write, custom, key, value, line):
    """The message has the pointer, what was expected and what was found."""
    assert message_of(write(custom | {key: value})) == line


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"status": "404"}, 'at /entries/1/status: expected an integer, got "404"'),
        ({"status": 404.0}, "at /entries/1/status: expected an integer, got 404.0"),
        ({"status": 600}, "at /entries/1/status: 600 is not a status from 100 to 599"),
        ({"code": 800064}, "at /entries/1/code: expected a string, got 800064"),
        ({"code": ""}, "at /entries/1/code: it is empty"),
        ({"descriptions": []}, "at /entries/1/descriptions: it is empty"),
        ({"descriptions": [""]}, "at /entries/1/descriptions/0: it is empty"),
        ({"description": "x"}, 'at /entries/1: unknown key "description"; did you mean "descriptions"?'),
        ({"status": 404, "code": "NotFound"}, "at /entries: 404 with NotFound appears 2 times; give one entry all its descriptions"),
    ],
)  # fmt: skip
def test_an_entry_that_does_not_fit_is_reported(write, custom, change, line):
    """An entry is named by its index, a repeated pairing by itself."""
    custom["entries"][1] |= change
    assert message_of(write(custom)) == line


NO_SCHEMA = "the error schema at /schema is not a JSON Schema: "


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ({"type": "strin"}, NO_SCHEMA + 'at /properties/code/type: "strin" is not known; did you mean "string"?'),
        ({"minLength": -1}, NO_SCHEMA + "at /properties/code/minLength: -1 breaks minimum 0"),
        ({"pattern": "("}, NO_SCHEMA + 'at /properties/code/pattern: "(" is not a regular expression'),
        (3, NO_SCHEMA + "at /properties/code: expected an object or a boolean, got 3"),
        ({"$ref": "#/$defs/none"}, "at /schema: $ref #/$defs/none does not exist in this file"),
        ({"anyOf": [{}, {"$ref": "#/no"}]}, "at /schema: $ref #/no does not exist in this file"),
        ({"$ref": "http://["}, "at /schema: $ref http://[ does not exist in this file"),
        ({"$dynamicRef": "#none"}, "at /schema: $ref #none does not exist in this file"),
        (
            {"$ref": "#/type"},
            'at /schema: $ref #/type does not lead to a JSON Schema: at the top: expected an object or a boolean, got "object"',
        ),
        (
            {"$ref": "#/properties/code/x", "x": {"items": {"$ref": "#/y"}}},
            "at /schema: $ref #/y does not exist in this file",
        ),
        (
            {"patternProperties": {"\\p{L}": True}},
            NO_SCHEMA + 'at /properties/code/patternProperties: "\\\\p{L}" is not a regular expression',
        ),
        ({"$ref": HERE}, f"at /schema: $ref {HERE} does not exist in this file"),
        ({"items": {"$ref": HERE}}, f"at /schema: $ref {HERE} does not exist in this file"),
        ({"$ref": "#/properties/code"}, "at /schema: a $ref refers to itself"),
        ({"type": "string", "allOf": [{"$ref": "#/properties/code"}]}, "at /schema: a $ref refers to itself"),
    ],
    ids=lambda each: str(each)[:50],
)
def test_an_error_schema_that_is_none_is_reported(write, custom, monkeypatch, code, line):
    """The error schema is validated against JSON Schema; external references are errors, and none is fetched."""

    def refused(*_):
        raise AssertionError("a reference was fetched")

    monkeypatch.setattr(socket.socket, "connect", refused)
    custom["schema"] = {"type": "object", "properties": {"code": code}}
    assert message_of(write(custom)) == line


def test_an_error_schema_beyond_all_depth_is_refused(write, custom):
    """A schema that is nested too deeply is an error."""
    deep = {}
    for _ in range(400):
        deep = {"not": deep}
    custom["schema"] = {"type": "object", "properties": {"code": deep}}
    assert message_of(write(custom)) == f"{NO_SCHEMA}nested too deeply to validate"


def test_a_whole_number_with_a_fraction_is_one_in_a_schema(write, custom):
    """JSON Schema accepts 1.0 as an integer, so an error schema may use it."""
    custom |= {"members": {"code": "/code"}}
    custom["schema"] = {"type": "object", "properties": {"code": {"minLength": 1.0}}}
    assert Contract.load(write(custom)).error_schema == custom["schema"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("none.json", errno.ENOENT), (".", errno.EISDIR)],
)
def test_a_file_that_is_none_is_reported(tmp_path, name, reason):
    """The message has the error of the system."""
    assert message_of(tmp_path / name) == f"cannot be read: {os.strerror(reason)}"


def test_a_shipped_file_cut_anywhere_is_reported(tmp_path, shipped_text):
    """A contract file that is truncated at any byte is an error."""
    path = tmp_path / "c.json"
    for length in range(1, len(shipped_text.rstrip()), 97):
        path.write_text(shipped_text[:length], "utf-8")
        assert message_of(path).startswith("not JSON: ")


def test_a_failing_save_leaves_the_old_file(write, custom, monkeypatch):
    """If a contract cannot be written, the old file is unchanged and no temporary file is left."""

    def full(*_):
        raise OSError(28, "No space left on device")

    path = write(custom)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError, match="cannot be written: No space left on device"):
        Contract.default().save(path)
    assert [(file, json.loads(file.read_text())) for file in path.parent.iterdir()] == [(path, custom)]


@pytest.mark.parametrize("path", ["", 3, None])
def test_what_is_not_a_path_is_misuse(path):
    """An empty path, and a number, are not paths."""
    with pytest.raises(UsageError, match='expected the path of a contract file, or "shipped"'):
        Contract.load(path)
