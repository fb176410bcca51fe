"""Contract files that extend another one."""

import json

import pytest

from pytest_pcerrors import Contract, UsageError

OURS = {"status": 404, "code": "3000", "descriptions": ["No such id"], "note": "seen"}


@pytest.fixture
def put(tmp_path):
    """Write a contract file that extends another, and give its path."""

    def writing(file, **content):
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"format": 1, **content}))
        return path

    return writing


def test_entries_are_added_to_the_shipped_ones(put):
    """Origin and note are kept, also when the contract is saved and loaded."""
    path = put("ours.json", extends="shipped", entries=[OURS], statuses={"418": "Teapot"})
    Contract.load(path).save(path)
    contract = Contract.load(path)
    entry = contract.catalogue.select(status=404, code="3000")[0]
    assert (len(contract.pairings), contract.statuses[418]) == (164, "Teapot")
    assert (entry.origin, entry.note) == (str(path), "seen")


def test_a_chain_is_followed_from_each_file(put):
    """A path is relative to the file that names it; the nearest file wins."""
    put("base/base.json", extends="shipped", entries=[OURS], name="Base")
    path = put("ours.json", extends="base/base.json", entries=[{**OURS, "descriptions": ["Mine"]}])
    contract = Contract.load(path)
    assert contract.name == "Base"
    assert [each.description for each in contract.catalogue.select(status=404, code="3000")] == ["Mine"]


@pytest.mark.parametrize(
    ("base", "message"), [("ours.json", "the file extends itself"), ("none.json", "none.json: cannot be read")]
)
def test_what_cannot_be_extended(put, base, message):
    """A circular reference, and a missing file."""
    with pytest.raises(UsageError, match=message):
        Contract.load(put("ours.json", extends=base))


def test_an_envelope_has_no_name_and_no_entries(put):
    """Both are in the file that extends it; a file of that name is given as a path."""
    with pytest.raises(UsageError, match='at the top: "name" is missing'):
        Contract.load(put("ours.json", extends="odata", entries=[OURS]))
    with pytest.raises(UsageError, match="at /entries: it is empty"):
        Contract.load(put("ours.json", extends="odata", name="Ours"))
    with pytest.raises(UsageError, match=r'odatta: no such file; did you mean "odata"\?'):
        Contract.load(put("ours.json", extends="odatta", name="Ours", entries=[OURS]))
    put("odata", extends="problem", name="Mine", entries=[OURS])
    assert Contract.load(put("ours.json", extends="./odata")).name == "Mine"
