"""``pcerrors synth``: cassettes that vcrpy replays and that conform."""

import json
import re
from pathlib import Path

import pytest
import requests
import vcr
from vcr.serializers import yamlserializer

STATUSES = [400, 401, 403, 404, 409, 417, 500, 501]


def files(folder):
    """Return the text of each file in a folder by its name."""
    return {file.name: file.read_text("utf-8") for file in Path(folder).iterdir()}


def test_every_documented_error_is_written_one_file_a_status(pcerrors):
    """163 exchanges in the files of eight statuses, each printed when it is written."""
    out = pcerrors("synth", "-o", "made").out
    assert sorted(files("made")) == [f"{status}.yaml" for status in STATUSES]
    assert out.splitlines()[-1] == "made/501.yaml: 1 exchange"
    assert sum(int(line.split()[1]) for line in out.splitlines()) == 163
    assert pcerrors("synth", "--quiet", "-o", "quiet") == (0, "", "")
    assert files("quiet") == files("made")


@pytest.mark.libraries
@pytest.mark.covered
@pytest.mark.parametrize("status", STATUSES)
def test_vcrpy_replays_every_interaction(pcerrors, status):
    """With record mode none, requests gets status, reason, headers and body of each, and nothing is left over."""
    pcerrors("synth", "-o", "made", "--status", status)
    path = f"made/{status}.yaml"
    recorded = yamlserializer.deserialize(Path(path).read_text("utf-8"))["interactions"]
    matching = vcr.use_cassette(path, record_mode="none", match_on=["method", "uri", "body"])
    with matching as cassette, requests.Session() as session:
        for request, response in ((each["request"], each["response"]) for each in recorded):
            came = session.request(request["method"], request["uri"], data=request["body"], timeout=30)
            assert (came.status_code, came.reason) == (status, response["status"]["message"])
            assert came.text == response["body"]["string"]
            assert came.headers["MS-CorrelationId"] == response["headers"]["MS-CorrelationId"][0]
        assert cassette.all_played


@pytest.mark.covered
def test_the_same_seed_gives_the_same_files(pcerrors):
    """And another seed other identifiers, for the same errors."""
    for folder, seed in (("one", 0), ("two", 0), ("three", 7)):
        pcerrors("synth", "-o", folder, "--seed", seed)
    assert files("one") == files("two")
    assert files("one")["501.yaml"] != files("three")["501.yaml"]


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        (["--status", "409"], ["409.yaml: 10 exchanges"]),
        (["--code", "2006"], ["400.yaml: 1 exchange", "403.yaml: 1 exchange"]),
        (["--code", "2006", "--status", "403"], ["403.yaml: 1 exchange"]),
        (["--code", "0"], ["501.yaml: 1 exchange"]),
    ],
    ids=" ".join,
)
def test_some_errors_can_be_chosen(pcerrors, arguments, written):
    """By status, by code, or both."""
    assert pcerrors("synth", "-o", ".", *arguments).out.splitlines() == written


def test_a_choice_does_not_change_what_an_exchange_holds(pcerrors):
    """An error alone is the same as among all."""
    pcerrors("synth", "-o", "all")
    pcerrors("synth", "-o", "one", "--code", "0")
    assert files("one")["501.yaml"] == files("all")["501.yaml"]


@pytest.mark.parametrize("arguments", [["--status", "418"], ["--code", "2006", "--status", "409"]])
def test_what_is_not_documented_cannot_be_made(pcerrors, arguments):
    """The message says where to look, and nothing is written."""
    message = "pcerrors: no documented error has this status and code; see `pcerrors list`\n"
    assert pcerrors("synth", "-o", "made", *arguments) == (2, "", message)
    assert "did you mean" in pcerrors("synth", "-o", "made", "--code", "20066").err
    assert not Path("made").exists()


def test_without_a_folder_it_writes_where_cassettes_are_kept(pcerrors, tmp_path):
    """The folder is `cassettes` of the settings, printed relative to the working directory."""
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors]\ncassettes = "tests/recorded"\n')
    assert pcerrors("synth", "--code", "0").out == "tests/recorded/501.yaml: 1 exchange\n"


@pytest.mark.parametrize("folder", ["file/inside", "file"])
def test_a_folder_that_cannot_be_made_is_misuse(pcerrors, tmp_path, folder):
    """A file with the name of the folder is reported, without a traceback."""
    (tmp_path / "file").touch()
    status, out, err = pcerrors("synth", "-o", folder)
    assert (status, out) == (2, "")
    assert re.search(r"Directory 'file' is a file|the folder file/inside cannot be created: ", err)


def test_another_contract_has_its_own_errors(pcerrors, contract_file):
    """Envelope and codes are those of the contract."""
    pcerrors("synth", "-o", "made", "--contract", contract_file)
    [made] = yamlserializer.deserialize(files("made")["404.yaml"])["interactions"]
    assert json.loads(made["response"]["body"]["string"]) == {"error": {"code": "notFound", "message": "No"}}
