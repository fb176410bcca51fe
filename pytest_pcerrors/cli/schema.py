"""``pcerrors schema``: the error schema for other tools."""

import json

import click

from pytest_pcerrors.cli.options import contract_option, policy_for


@click.command()
@click.option("--openapi", is_flag=True, help="As a component of an OpenAPI 3.1 document.")
@contract_option
def schema(contract_file: str | None, *, openapi: bool) -> int:
    """Print the JSON Schema (2020-12) of an error response body."""
    contract = policy_for(contract_file)[0].contract
    document = dict(contract.error_schema)
    if openapi:
        document.pop("$schema", None)
        name = "".join(word.capitalize() for word in contract.name.split()) + "Error"
        document = {"components": {"schemas": {name: document}}}
    click.echo(json.dumps(document, indent=2))
    return 0
