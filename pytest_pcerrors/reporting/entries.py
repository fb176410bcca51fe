"""Lists of documented errors: a table, and JSON."""

import json
from typing import TYPE_CHECKING

from pytest_pcerrors.secrets.display import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_pcerrors.contract.catalogue import Entry

_CODE_WIDTH = 7


def as_table(entries: "Sequence[Entry]") -> str:
    """Return a line for each entry: status, code, description."""
    width = max([_CODE_WIDTH, *(len(entry.code) for entry in entries)])
    return "".join(f"{entry.status_text}  {entry.code:>{width}}  {safe(entry.description)}\n" for entry in entries)


def as_json(entries: "Sequence[Entry]") -> str:
    """Return a JSON array: ``[{"status", "code", "descriptions"}]``."""
    rows = [{"status": each.status, "code": each.code, "descriptions": each.templates} for each in entries]
    return json.dumps(rows, indent=2) + "\n"
