"""Options of several subcommands, and the policy made from them."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import click

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.policy.from_settings import policy_of
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.rule import PROFILES
from pytest_pcerrors.settings import SETTINGS_FILE, Settings

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

contract_option: Decorator = click.option(
    "--contract",
    "contract_file",
    metavar="FILE",
    help="A contract file, or the word shipped; it overrides the contract of the settings.",
)
output_option: Decorator = click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write the output to this file."
)
profile_option: Decorator = click.option(
    "--profile", type=click.Choice(list(PROFILES)), help="The profile for everything."
)


def format_option(formats: Collection[str], default: str | None = None) -> Decorator:
    """Return the option that selects one of these formats, by default the first."""
    names = list(formats)
    return click.option(
        "--format", "format_name", type=click.Choice(names), default=default or names[0], show_default=True
    )


def policy_for(
    contract_file: str | None = None, profile: str | None = None, max_age: int | None = None, layout: str | None = None
) -> tuple[Policy, Settings]:
    """Return the policy that settings and options describe, and the settings of the working directory."""
    settings = Settings.find(Path.cwd())
    if layout is not None:
        from pytest_pcerrors.exchange.archives.layout import table_of

        settings = settings._replace(map=table_of(layout))
    contract = Contract.load(contract_file) if contract_file is not None else None
    return policy_of(settings, contract=contract, profile=profile, max_age=max_age), settings


def files_of_policy(settings: Settings, contract_file: str | None) -> list[Path]:
    """Return the files of the settings and the contract, which must not be the output."""
    names = settings.contract if contract_file is None else (contract_file,)
    return [settings.root / SETTINGS_FILE, *(settings.root / name for name in names)]
