"""The envelope of a catalogue: of a sample on the page, of a file, or a usual one by its name."""

import json

import pytest

from pytest_pcerrors import UsageError, check
from pytest_pcerrors.jsontext import pointer_of

CODES = "| Code | Status | Text |\n|---|---|---|\n| SHELF_FULL | 409 | It is full |\n| 4711 | 400 | A bad number |\n\n"


def page(*samples):
    """Return a page with the codes and these samples."""
    return CODES + "".join(f"```\n{each if isinstance(each, str) else json.dumps(each)}\n```\n\n" for each in samples)


@pytest.mark.parametrize(
    ("sample", "code", "description"),
    [
        ({"code": "SHELF_FULL", "message": "It is full"}, "/code", "/message"),
        ({"error": {"code": "SHELF_FULL", "message": "No"}}, "/error/code", "/error/message"),
        ({"errors": [{"code": "SHELF_FULL", "detail": "No"}]}, "/errors/*/code", "/errors/*/detail"),
        ({"data": None, "errors": [{"message": "No", "extensions": {"code": "SHELF_FULL"}}]}, "/errors/*/extensions/code", "/errors/*/message"),
        ({"message": "No", "error": {"code": "SHELF_FULL", "hints": ["x y"]}}, "/error/code", "/message"),
        ({"code": "SHELF_FULL", "at": "It is full", "message": "No"}, "/code", "/at"),
        ({"code": "SHELF_FULL", "type": "SHELF_FULL", "title": "A title", "detail": "Some"}, "/code", "/detail"),
        ({"error": "SHELF_FULL", "message": "No", "fields": [{"code": "SHELF_NEW"}]}, "/error", "/message"),
        ({"code": 4711, "id": "SHELF_FULL"}, "/code", None),
        ({"oddly": "SHELF_FULL"}, "/oddly", None),
        ({"errorCode": "SHELF_FULL", "errorId": "x", "errorSummary": "No"}, "/errorCode", "/errorSummary"),
        ({"errors": ["It is full", {"code": "SHELF_FULL"}]}, "/errors/*/code", None),
        ('HTTP/1.1 409 Conflict\nContent-Type: application/json\n\n{"code": "SHELF_FULL"}', "/code", None),
        ('{\n  // the code\n  "code": "SHELF_FULL", # one of them\n  "more": "a // b",\n  ...\n}', "/code", None),
        ('{"code": "SHELF_FULL", "list": [1, 2,],}', "/code", None),
        ('{\n  error: {code: "SHELF_FULL", message: "at: 7"}\n}', "/error/code", "/error/message"),
        ('{"code": "SHELF_FULL", "message": <the text, if any>, "more": object|null, "n": 1e5, "no": null}', "/code", "/message"),
        ('{\n  "code": "SHELF_FULL",\n  ...\n  "list": [1, ..., 9],\n  "message": "No"\n}', "/code", "/message"),
    ],
)  # fmt: skip
def test_the_places_of_code_and_text_are_those_of_a_sample(read, sample, code, description):
    """At the top, inside, or in each item of an array."""
    members = {name: pointer_of(steps) for name, steps in read(page(sample)).contract.members.items()}
    assert members == {"code": code, **({"description": description} if description else {})}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"name": "SHELF_NEW"}, {"fault": {"code": "SHELF_FULL"}}),
        ({"shelf": "SHELF_FULL"}, {"fault": {"code": "SHELF_FULL"}}),
        ('{"fault": {"code": ', {"fault": {"code": "SHELF_FULL"}}),
        ("{'fault': 1}", {"fault": {"code": "SHELF_FULL"}}),
        ('["SHELF_FULL"]', {"fault": {"code": "SHELF_FULL"}}),
        ({"fault": {"code": "SHELF_FULL"}}, {"code": "SHELF_FULL"}),
    ],
)
def test_the_first_sample_that_holds_a_code_is_used(read, first, second):
    """What is not JSON, has no code, or has it in a member with another name is not the envelope."""
    found = read(page(first, second))
    assert found.document["members"]["code"] == "/fault/code"
    assert "the sample of an error body" in found.remarks


def test_another_sample_with_a_code_is_a_remark(read):
    """If it has its code at another place."""
    remarks = read(page({"code": "SHELF_FULL"}, {"fault": "SHELF_FULL"}, {"code": "SHELF_FULL", "at": 1})).remarks
    assert "line 11: another sample, with the code at /fault, left out" in remarks
    assert remarks.count("another sample") == 1


def test_the_schema_requires_code_and_text(read):
    """Other members have their type, unless null; an array holds at least one item."""
    sample = {
        "ok": False,
        "at": None,
        "errors": [{"note": 1}, {"code": "SHELF_FULL", "message": "No", "n": 1.5, "more": {}}],
    }
    schema = read(page(sample)).document["schema"]
    assert schema == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["errors"],
        "properties": {
            "ok": {"type": "boolean"},
            "at": {},
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": {
                        "code": {"type": "string"},
                        "message": {"type": "string"},
                        "n": {"type": "number"},
                        "more": {"type": "object"},
                    },
                },
            },
        },
    }


@pytest.mark.parametrize(
    ("sample", "members"),
    [
        ({"code": "<one of below>", "message": "<a text>"}, {"code": "/code", "description": "/message"}),
        ({"error": "machine_code", "detail": "human words"}, {"code": "/error", "description": "/detail"}),
        ({"errors": [{"errorCode": "string", "message": "x"}]}, {"code": "/errors/*/errorCode", "description": "/errors/*/message"}),
    ],
)  # fmt: skip
def test_a_sample_may_have_a_placeholder_as_its_code(read, sample, members):
    """Where no sample holds a code: it has the name of one, and a text beside it. A placeholder has no type."""
    sample |= {"more": "<anything>", "at": "now"}
    text = CODES.replace("4711", "SHELF_NEW") + f"```\n{json.dumps(sample)}\n```\n"
    found = read(text)
    assert found.document["members"] == members
    assert "line 7: the sample of an error body, without one of the codes" in found.remarks
    assert (found.document["schema"]["properties"]["more"], found.document["schema"]["properties"]["at"]["type"]) == (
        {},
        "string",
    )


@pytest.mark.parametrize(
    "sample",
    [{"code": "OTHER"}, {"error": "Not here", "message": "x"}, {"code": 404, "message": "x"}, {"type": "OTHER", "message": "x"}, {"code": "A", "in": {"text": "x"}}],
)  # fmt: skip
def test_another_sample_is_not_an_error_body(read, sample):
    """Without a text beside the code, with words as the code, with a number instead of a word, or with another name."""
    with pytest.raises(UsageError, match="none of the 1 samples of a JSON body holds one of the codes"):
        read(CODES.replace("4711", "SHELF_NEW") + f"```\n{json.dumps(sample)}\n```\n")


def test_a_page_without_a_sample_needs_an_envelope(read):
    """The message names the option."""
    for text in (CODES, page({"code": "OTHER"})):
        with pytest.raises(UsageError, match=r"--envelope FILE .* or --envelope NAME, one of google, jsonapi, odata"):
            read(text)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("odata", {"error": {"code": "SHELF_FULL", "message": "No"}}),
        ("stripe", {"error": {"type": "a", "code": "SHELF_FULL"}}),
        ("jsonapi", {"errors": [{"code": "SHELF_FULL"}]}),
        ("google", {"error": {"code": 409, "message": "No", "status": "SHELF_FULL"}}),
    ],
)
def test_a_usual_envelope_has_a_name(read, name, body):
    """The contract extends it."""
    found = read(CODES, envelope=name)
    assert found.document["extends"] == name
    assert "schema" not in found.document
    assert [each.rule for each in check((409, body), contract=found.contract)] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("body.json", '{"fault": {"id": "SHELF_FULL", "text": "It is full"}}'),
        ("body.yaml", "fault: {id: SHELF_FULL, text: It is full}"),
        ("body.txt", 'HTTP/1.1 409 Conflict\n\n{"fault": {"id": "SHELF_FULL", "text": "It is full"}}'),
        (
            "api.yaml",
            """openapi: 3.0.3
paths: {/: {get: {responses: {200: {}, 409: {content: {application/json: {schema: {properties: {fault: {
  properties: {id: {enum: [SHELF_FULL]}, text: {type: string}}}}}}}}}}}}
""",
        ),
    ],
)
def test_the_envelope_is_in_a_file(read, tmp_path, name, text):
    """One error body, or an OpenAPI document."""
    (tmp_path / name).write_text(text)
    found = read(CODES, envelope=str(tmp_path / name))
    assert found.document["members"] == {"code": "/fault/id", "description": "/fault/text"}


def test_the_envelope_is_in_an_openapi_document(read, tmp_path):
    """The schema of its error responses."""
    (tmp_path / "api.json").write_text(
        json.dumps(
            {
                "swagger": "2.0",
                "paths": {
                    "/": {
                        "get": {
                            "responses": {
                                "200": {},
                                "409": {
                                    "schema": {
                                        "properties": {"code": {"type": "string"}, "message": {"type": "string"}}
                                    },
                                    "examples": {"application/json": {"code": "SHELF_FULL"}},
                                },
                            }
                        }
                    }
                },
            }
        )
    )
    assert read(CODES, envelope=str(tmp_path / "api.json")).document["members"] == {
        "code": "/code",
        "description": "/message",
    }


def test_an_openapi_document_without_codes_is_an_envelope(read, tmp_path):
    """If it has a member that is called a code; the codes are in the source."""
    schema = {"properties": {"error": {"type": "object", "properties": {"code": {"type": "string"}}}}}
    responses = {"200": {}, "409": {"content": {"application/json": {"schema": schema}}}}
    (tmp_path / "api.json").write_text(
        json.dumps({"openapi": "3.1.0", "paths": {"/": {"get": {"responses": responses}}}})
    )
    assert read(CODES, envelope=str(tmp_path / "api.json")).document["members"] == {"code": "/error/code"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("none.json", None, "cannot be read: No such file or directory; give a file, or one of google"),
        ("body.json", '{"code": "OTHER"}', "it holds none of the codes; give a file with one error body that holds one, "),
        ("body.json", '{"code": ', "not JSON: "),
        ("body.json", b"\xff{", "not UTF-8 at byte 0"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused(read, tmp_path, name, text, message):
    """With the option, the file and the fix."""
    if text is not None:
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError) as caught:
        read(CODES, envelope=str(tmp_path / name))
    assert str(caught.value).startswith(f"--envelope {tmp_path / name}: ")
    assert message in str(caught.value)


def test_a_body_is_not_the_envelope_of_an_openapi_document(read, tmp_path):
    """Its codes are known when the envelope is; the fix is another file."""
    (tmp_path / "body.json").write_text('{"code": "OTHER"}')
    with pytest.raises(UsageError, match="it holds none of the codes; give an OpenAPI document with codes"):
        read('{"openapi": "3.1.0", "paths": {}}', "api.json", envelope=str(tmp_path / "body.json"))
