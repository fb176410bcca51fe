"""Rows of data: CSV, JSON and YAML."""

import json

import pytest

from pytest_pcerrors import UsageError
from pytest_pcerrors.contract.sources._yaml import read_yaml

BOTH = {(404, "NO_SHELF"), (409, "SHELF_FULL")}
ROWS = [
    {"code": "NO_SHELF", "status": 404, "message": "No shelf"},
    {"code": "SHELF_FULL", "status": 409, "message": "It is full"},
]
BY_CODE = {row["code"]: {"httpStatus": row["status"], "description": row["message"]} for row in ROWS}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", 'status,code,message\n404,NO_SHELF,No shelf\n409,SHELF_FULL,"It is full, now"\n'),
        ("a.csv", "Status;Code;Message\r\n404;NO_SHELF;No shelf\r\n\r\n409;SHELF_FULL;It is full\r\n"),
        ("a.tsv", "\ufeffhttp_status\terror_code\ttext\n404\tNO_SHELF\tNo shelf\n409\tSHELF_FULL\tIt is full\n"),
        ("-", "status,code,message\n404,NO_SHELF,No shelf\n409,SHELF_FULL,It is full\n"),
        ("a.json", json.dumps(ROWS)),
        ("a.json", json.dumps({"version": 1, "errors": ROWS})),
        ("a.json", json.dumps(BY_CODE)),
        ("a.json", json.dumps({"v1": {"shelves": [ROWS[0]], "books": [ROWS[1]]}})),
        ("-", json.dumps({"errors": BY_CODE})),
        ("a.json", json.dumps({"404": ["NO_SHELF"], "409": ["SHELF_FULL"]})),
        ("a.json", json.dumps({"404": {"NO_SHELF": "No shelf"}, "409 Conflict": [{"code": "SHELF_FULL"}]})),
        ("a.json", json.dumps({"404": {"code": "NO_SHELF"} | {"message": "x"}, "409": {"code": "SHELF_FULL", "message": "x"}})),
        ("a.json", json.dumps({"400": ROWS})),
        ("a.json", json.dumps([{"status": row.pop("status"), "error": row} for row in map(dict, ROWS)])),
        ("-", "| status | code |\n|---|---|\n| 404 | NO_SHELF |\n| 409 | SHELF_FULL |\n"),
        ("a.yaml", "NO_SHELF: {status: 404, message: No shelf}\nSHELF_FULL: {status: 409, message: It is full}\n"),
        ("a.yml", "errors:\n- {code: NO_SHELF, status: 404}\n- {code: SHELF_FULL, status: [409], about: {a: b}, ok: true}\n"),
    ],
)  # fmt: skip
def test_rows_are_known_by_the_names_of_their_columns(read, name, text):
    """In every form, the kind of the file is its suffix, or else what it begins with."""
    assert read(text, name, envelope="odata").contract.pairings == BOTH


def test_texts_by_code_are_rows(read):
    """As in files of translations."""
    found = read(json.dumps({"NO_SHELF": "No shelf", "SHELF_FULL": "It is full"}), "a.json", envelope="odata")
    assert {each.code: each.description for each in found.contract.catalogue} == {
        "NO_SHELF": "No shelf",
        "SHELF_FULL": "It is full",
    }


@pytest.mark.parametrize("value", [["no_shelf", "full"], {"no_shelf": "No shelf", "full": "It is full"}])
def test_codes_may_be_words_below_a_name_of_codes(read, value):
    """In a list, or as keys; elsewhere, such words are not codes."""
    assert read(json.dumps({"errors": value}), "a.json", envelope="odata").contract.pairings == {
        (None, "no_shelf"),
        (None, "full"),
    }
    with pytest.raises(UsageError, match="no object with codes as its keys"):
        read(json.dumps({"menu": value}), "a.json", envelope="odata")


def test_an_object_by_name_may_have_its_code_inside(read):
    """The key is the name."""
    text = json.dumps({"NoShelf": {"code": 1001, "status": 404}, "Full": {"code": 1002, "status": 409}})
    assert read(text, "a.json", envelope="odata").contract.pairings == {(404, "1001"), (409, "1002")}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "", "there is no table"),
        ("a.csv", "code,Code\nA,B\n", 'line 1: the column "Code" is repeated; rename one of them'),
        ("a.csv", "code,text\nA,b,c\n", "line 2: 3 fields, but the header has 2; put quotes around"),
        ("a.csv", 'code,text\nA,"b\n', "line 2: not CSV: "),
        ("a.csv", b"code,text\nA,\xe9\n", "not UTF-8 at byte 12"),
        ("a.csv", "code,text\nA,x\n".encode("utf-16-le"), "a zero at character 1, as in UTF-16 without a mark; save"),
        ("a.json", '{"a": 1, "a": 2}', 'at the top: "a" is repeated'),
        ("a.json", "[", "not JSON: "),
        ("a.json", '{"a":' * 300 + "1" + "}" * 300, "nested more than 200 levels deep"),
        ("a.json", '{"title": "x", "list": [1]}', "there is no table"),
        ("a.json", '{"group":' * 7 + json.dumps(ROWS) + "}" * 7, "there is no table"),
        ("a.yaml", "a: [1\nb: 2\n", "line 2: not YAML: "),
        ("a.yaml", "a: \x01", "not YAML: "),
        ("a.yaml", "a: 1\na: 2\n", 'line 2: "a" is repeated; keep one of them'),
        ("a.yaml", "? [a]\n: 1\n", "line 1: a key that is not a text"),
        ("a.yaml", "a: &a\n  b: *a\n", "line 2: *a refers to itself or to nothing"),
        ("a.yaml", "\n".join(" " * each + "a:" for each in range(210)), "line 202: nested more than 200 levels deep"),
        ("a.yaml", "", "there is no table"),
    ],
)
def test_broken_data_is_refused_with_its_place(read, name, text, message):
    """With the line where there is one."""
    with pytest.raises(UsageError) as caught:
        read(text, name, envelope="odata")
    assert message in str(caught.value)


def test_aliases_have_a_limit(monkeypatch):
    """An alias counts as all that it refers to."""
    monkeypatch.setattr("pytest_pcerrors.contract.sources._yaml.MAX_NODES", 20)
    with pytest.raises(UsageError, match="line 2: more than 20 values"):
        read_yaml("a: &a [1, 2, 3, 4, 5, 6, 7]\nb: [*a, *a]\n")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("- 012\n- NO\n- 1.5\n- 2026-01-01\n- ~\n- !!str 7\n- '8'\n", ["012", "NO", 1.5, "2026-01-01", None, "7", "8"]),
        (
            "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [*a, 5]}\nd: {'<<': 1}\n",
            {"a": {"x": 1, "y": 2}, "b": {"y": 3, "x": 1}, "c": {"x": 1, "y": 2}, "d": {"<<": 1}},
        ),
    ],
)
def test_yaml_has_the_values_of_version_1_2(text, value):
    """A word such as NO is not a boolean, digits with a zero first are a text; merge keys are read."""
    assert read_yaml(text) == value


def test_a_huge_file_is_refused(read, monkeypatch):
    """Before it is read."""
    monkeypatch.setattr("pytest_pcerrors.contract.sources.importing.MAX_DATA", 10)
    with pytest.raises(UsageError, match="has more than 10 bytes"):
        read("code,message\nA,b\n", "a.csv")
    monkeypatch.undo()
    monkeypatch.setattr("pytest_pcerrors.contract.sources._pages.MAX_PAGE", 10)
    with pytest.raises(UsageError, match="more than 10 characters"):
        read("# A page of errors", "a.md")
