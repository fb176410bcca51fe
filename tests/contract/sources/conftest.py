"""Import a source that a test holds as a text, without files."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from pytest_pcerrors import Contract
from pytest_pcerrors.contract import _consistency
from pytest_pcerrors.contract.files import complete_document
from pytest_pcerrors.contract.sources.importing import imported, read_source
from pytest_pcerrors.contract.sources.model import Wanted


class Read(NamedTuple):
    """The contract of a source, and the remarks on it as one text."""

    contract: Contract
    remarks: str
    document: dict


@cache
def check_once(schema, *place, check=_consistency.check_error_schema):
    """Check an error schema that is written as JSON; most sources of tests have the same."""
    check(json.loads(schema), *place)


@pytest.fixture
def read(monkeypatch):
    """Import a source from a text (or bytes) by the name of its file."""
    monkeypatch.setattr(
        _consistency, "check_error_schema", lambda schema, *place: check_once(json.dumps(schema), *place)
    )

    def run(content, file_name="errors.md", /, **wanted):
        data = content if isinstance(content, bytes) else content.encode()
        source = read_source(data, file_name)
        document, remarks = imported(source, Wanted(**({"name": "Shelf"} | wanted)), Path("contract.json"))
        complete = complete_document(document, Path("contract.json"))
        return Read(Contract.of_document(complete), "\n".join(map(str, remarks)), document)

    return run
