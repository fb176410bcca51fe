"""``pcerrors schema``: the error schema for other tools."""

import json
import re

import pytest
from jsonschema import Draft202012Validator

BODY = {"code": "800064", "description": "Cart 7 is busy", "source": "PartnerFD"}


def test_the_schema_is_complete(pcerrors):
    """It is a JSON Schema that other tools judge bodies by."""
    schema = json.loads(pcerrors("schema").out)
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid(BODY)
    assert not Draft202012Validator(schema).is_valid(BODY | {"code": 800064})


def test_as_a_component_it_fits_into_an_openapi_document(pcerrors):
    """OpenAPI 3.1 wants a plain name, and has one dialect for all schemas."""
    [(name, schema)] = json.loads(pcerrors("schema", "--openapi").out)["components"]["schemas"].items()
    Draft202012Validator.check_schema(schema)
    assert (name, "$schema" in schema) == ("PartnerCenterError", False)


@pytest.mark.parametrize("body", [{"error": {"code": "notFound", "message": "No"}}, {"error": {"code": 7}}])
def test_references_of_a_schema_hold_inside_an_openapi_document(pcerrors, contract_file, body):
    """What points into the schema points to its place among the components."""
    schema = json.loads(pcerrors("schema", "--contract", contract_file).out)
    document = json.loads(pcerrors("schema", "--contract", contract_file, "--openapi").out)
    inside = {**document, "$ref": "#/components/schemas/AcmeError"}
    assert Draft202012Validator(inside).is_valid(body) == Draft202012Validator(schema).is_valid(body)


def test_a_name_of_any_letters_makes_a_plain_one(pcerrors, contract_file):
    """The names of components are letters, digits and a few signs."""
    contract_file.write_text(contract_file.read_text().replace('"Acme"', '"Acme API (v2) \u2013 beta"'))
    document = json.loads(pcerrors("schema", "--contract", contract_file, "--openapi").out)
    [name] = document["components"]["schemas"]
    assert name == "AcmeAPIV2BetaError"
    assert re.fullmatch(r"[\w.-]+", name, re.ASCII)


def test_the_schema_of_reports_is_that_of_the_package(pcerrors, recorded):
    """A JSON report is valid by it."""
    schema = json.loads(pcerrors("schema", "--report").out)
    Draft202012Validator.check_schema(schema)
    report = pcerrors("check", recorded({"status": 404, "body": "gone"}), "--format", "json").out
    Draft202012Validator(schema).validate(json.loads(report))


def test_the_schema_of_rules_is_that_of_the_server(pcerrors):
    """A file of rules is valid by it."""
    schema = json.loads(pcerrors("schema", "--rules").out)
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid({"rule": [{"path": "/v1/*", "answer": [429, "ok"]}]})
    assert not Draft202012Validator(schema).is_valid({"rule": [{"path": "/v1/*"}]})


@pytest.mark.parametrize("other", ["--openapi", "--contract=shipped"])
@pytest.mark.parametrize("what", ["report", "rules"])
def test_reports_and_rules_have_one_schema(pcerrors, what, other):
    """The other options are about bodies."""
    message = f"pcerrors: --{what} prints the schema of {what.rstrip('s')}s; leave out --openapi and --contract\n"
    assert pcerrors("schema", f"--{what}", other) == (2, "", message)
