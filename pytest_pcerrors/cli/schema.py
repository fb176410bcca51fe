"""``pcerrors schema``: print the error schema for other tools."""

import json
import re
from typing import Any

import click

from pytest_pcerrors.cli._options import contract_option, policy_for
from pytest_pcerrors.cli._output import print_output
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.reporting.saved import coverage_schema, report_schema


def _rules_schema() -> dict[str, Any]:
    from pytest_pcerrors.simulation.server import rules_schema

    return rules_schema()


_OTHERS = {"report": report_schema, "coverage": coverage_schema, "rules": _rules_schema}


@click.command()
@click.option("--openapi", is_flag=True, help="Print it as a component of an OpenAPI 3.1 document.")
@click.option("--report", "of_what", flag_value="report", help="Print the schema of JSON reports instead.")
@click.option(
    "--coverage", "of_what", flag_value="coverage", help="Print the schema of error coverages in JSON instead."
)
@click.option(
    "--rules", "of_what", flag_value="rules", help="Print the schema of the rules of `pcerrors serve` instead."
)
@contract_option
def schema(contract_file: str | None, of_what: str | None, *, openapi: bool) -> int:
    """Print the JSON Schema (2020-12) of an error response body."""
    if of_what is not None:
        if openapi or contract_file is not None:
            raise UsageError(
                f"--{of_what} prints the schema of {of_what.removesuffix('s')}s; leave out --openapi and --contract"
            )
        print_output(json.dumps(_OTHERS[of_what](), indent=2))
        return 0
    contract = policy_for(contract_file)[0].contract
    document = _as_component(contract.error_schema, contract.name) if openapi else contract.error_schema
    print_output(json.dumps(document, indent=2))
    return 0


def _as_component(error_schema: Any, contract_name: str) -> dict[str, Any]:
    """Return a schema as a component of an OpenAPI document, without ``$schema`` and with adjusted references."""
    name = "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", contract_name)) + "Error"
    component = _moved(error_schema, f"#/components/schemas/{name}")
    component.pop("$schema", None)
    return {"components": {"schemas": {name: component}}}


def _moved(value: Any, base: str) -> Any:
    if isinstance(value, dict):
        moved = {key: _moved(each, base) for key, each in value.items()}
        reference = moved.get("$ref")
        if isinstance(reference, str) and reference.startswith("#"):
            moved["$ref"] = base + reference[1:]
        return moved
    return [_moved(each, base) for each in value] if isinstance(value, list) else value
