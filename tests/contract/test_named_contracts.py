"""The name "shipped" selects the contract of the package, in every place where a contract is named."""

import json
from pathlib import Path

import pytest

from pytest_pcerrors import Contract, UsageError
from pytest_pcerrors.contract.sources.fetching import document_of
from pytest_pcerrors.policy.from_settings import policy_of
from pytest_pcerrors.settings import Settings


def by_extending(name):
    """Name a contract in a file that extends it."""
    Path("ours.json").write_text(json.dumps({"format": 1, "extends": name}))
    return Contract.load("ours.json")


NAMED = {
    "Contract.load": Contract.load,
    "diff": lambda name: Contract.of_document(document_of(name).document),
    "settings": lambda name: policy_of(Settings.of_table({"contract": name}, Path.cwd())).contract,
    "extends": by_extending,
}


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch, custom):
    """Change to a folder with a contract file called shipped."""
    monkeypatch.chdir(tmp_path)
    Path("shipped").write_text(json.dumps(custom))


@pytest.fixture(params=NAMED.values(), ids=NAMED)
def named(request):
    """Yield each way to name a contract."""
    return request.param


@pytest.mark.parametrize(("name", "contract"), [("shipped", "Partner Center"), ("./shipped", "Marketplace")])
def test_the_word_wins_over_a_file_of_that_name(named, name, contract):
    """A file called shipped must be given as a path."""
    assert named(name).name == contract


def test_a_path_is_a_file():
    """A `Path` is always a file."""
    assert Contract.load(Path("shipped")).name == "Marketplace"


def test_a_folder_is_not_a_contract():
    """The error is that of a file that cannot be read."""
    Path("folder").mkdir()
    with pytest.raises(UsageError, match=r"^folder: cannot be read: Is a directory$"):
        document_of("folder")


@pytest.mark.parametrize("name", ["Shipped", "shiped", "shippd"])
def test_a_misspelt_word_gets_a_hint(name):
    """The message suggests the word if there is no such file."""
    with pytest.raises(UsageError, match=f'^{name}: no such file; did you mean "shipped"\\?$'):
        Contract.load(name)
    with pytest.raises(UsageError, match='did you mean "shipped"'):
        document_of(name)
    Path(name).write_text(Path("shipped").read_text())
    assert Contract.load(name).name == "Marketplace"
