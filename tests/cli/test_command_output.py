"""An output is never one of the files that are read, under whatever name it goes."""

import json
import os
import sys

import pytest

from pytest_pcerrors.cli import _output

REFUSED = "is an input and cannot be the output; give another file"


@pytest.fixture
def names(tmp_path, recorded, bad):
    """Write a recording with three names, and return them."""
    path = recorded(bad)
    (tmp_path / "link.ndjson").symlink_to(path)
    os.link(path, tmp_path / "hard.ndjson")
    return [path.name, "link.ndjson", "hard.ndjson", f"./{path.name}"]


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("read", ["seen.ndjson", "."])
def test_check_does_not_write_over_a_recording(pcerrors, names, tmp_path, index, read):
    """It is refused before anything is read, whatever name the output goes by."""
    before = (tmp_path / "seen.ndjson").read_bytes()
    ended = pcerrors("check", read, "--output", names[index])
    assert (ended.status, ended.out, REFUSED in ended.err) == (2, "", True)
    assert (tmp_path / "seen.ndjson").read_bytes() == before


def test_check_writes_beside_a_recording(pcerrors, names, tmp_path):
    """A file that is not read is an output, an old one too."""
    (tmp_path / "report.txt").write_text("old")
    assert pcerrors("check", names[0], "--output", "report.txt") == (1, "", "")
    assert "code-number" in (tmp_path / "report.txt").read_text()


def test_the_folder_of_an_output_is_created(pcerrors, recorded, good, tmp_path):
    """As for each other report; if that is not possible, it is misuse."""
    assert pcerrors("check", recorded(good), "--output", "a/b/report.txt") == (0, "", "")
    assert (tmp_path / "a/b/report.txt").exists()
    assert pcerrors("check", recorded(good), "--output", "seen.ndjson/report.txt")[:2] == (2, "")


def test_a_report_among_the_recordings_is_refused_the_second_time(pcerrors, recorded, good):
    """It would be read as a recording."""
    recorded(good)
    assert pcerrors("check", ".", "--format", "json", "--output", "report.json").status == 0
    assert pcerrors("check", ".", "--format", "json", "--output", "report.json").status == 2


@pytest.mark.parametrize("option", [["--contract", "acme.contract"], []], ids=["option", "settings"])
def test_check_does_not_write_over_its_contract(pcerrors, recorded, good, contract_file, tmp_path, option):
    """Nor over the settings that name it."""
    recorded(good)
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors]\ncontract = "acme.contract"\n')
    for output in ("acme.contract", "pyproject.toml"):
        assert pcerrors("check", "seen.ndjson", *option, "--output", output).status == 2
    assert json.loads(contract_file.read_text())["name"] == "Acme"


def test_check_does_not_write_over_its_standard_input(process, recorded, bad):
    """A file may come through a redirection."""
    path = recorded(bad)
    before = path.read_bytes()
    with path.open("rb") as stdin:
        running = process("check", "-", "--output", path.name, stdin=stdin)
        _, told = running.communicate(timeout=60)
    assert (running.returncode, REFUSED.encode() in told, path.read_bytes()) == (2, True, before)


def test_a_closed_standard_input_is_no_output(pcerrors, monkeypatch, tmp_path):
    """What is not there is not written over."""
    (tmp_path / "report.txt").write_text("old")
    monkeypatch.setattr(sys, "stdin", None)
    assert pcerrors("check", "-", "--output", "report.txt").err == "pcerrors: standard input is closed\n"


def test_import_does_not_write_over_the_page(pcerrors, tmp_path):
    """The page would be gone."""
    (tmp_path / "page.md").write_text("# Error codes\n")
    ended = pcerrors("import", "page.md", "-o", "./page.md")
    assert (ended.status, ended.err) == (2, f"pcerrors: page.md {REFUSED}\n")
    assert (tmp_path / "page.md").read_text() == "# Error codes\n"


@pytest.mark.parametrize("output", ["acme.contract", "seen.ndjson"])
def test_diff_does_not_write_over_what_it_compares(pcerrors, contract_file, recorded, good, output):
    """Neither over a contract nor over a recording."""
    before = contract_file.read_bytes(), recorded(good).read_bytes()
    ended = pcerrors("diff", "shipped", "acme.contract", "--cassettes", "seen.ndjson", "--output", output)
    assert (ended.status, REFUSED in ended.err) == (2, True)
    assert (contract_file.read_bytes(), recorded(good).read_bytes()) == before


def test_synth_does_not_write_over_its_contract(pcerrors, contract_file, tmp_path):
    """A contract may be called as a cassette would be."""
    (tmp_path / "out").mkdir()
    os.link(contract_file, tmp_path / "out/409.yaml")
    ended = pcerrors("synth", "-o", "out", "--contract", "acme.contract")
    assert (ended.status, REFUSED in ended.err) == (2, True)
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["409.yaml"]


def test_a_file_is_read_once_whatever_it_is_called(pcerrors, names):
    """Two names of one file are one file."""
    assert pcerrors("check", ".", *names, "--fail-on", "never").out.endswith(
        "1 error response checked, 1 violation (code-number 1)\n"
    )


def test_the_bar_is_drawn_again_while_files_are_read(monkeypatch, capsys):
    """Not only at its end."""
    monkeypatch.setattr(_output, "is_terminal", lambda _: True)
    monkeypatch.setattr(_output, "_SHOWN_FOR", -1)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with _output.progress_bar([4, 4], quiet=False) as on_read:
        capsys.readouterr()
        on_read(4)
        assert "Checking" in capsys.readouterr().err
