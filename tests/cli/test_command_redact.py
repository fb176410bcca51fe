"""``pcerrors redact``: what it changes, what it prints, and its exit code."""

import base64
import gzip
import json
import os
import sys
from pathlib import Path

import pytest

LINE = json.dumps(
    {"request": {"url": "/v1?sig=kX7pQz19", "headers": {"Authorization": "Bearer abc"}}, "status": 200, "body": "x"}
)
CLEAN = '{"request": {"url": "/v1?sig=***", "headers": {"Authorization": "Bearer ***"}}, "status": 200, "body": "x"}'
TOLD = "a.ndjson:1  request URL, parameter sig\na.ndjson:1  request header Authorization\n"


@pytest.fixture
def file(tmp_path):
    """Write a recording with two secrets."""
    path = tmp_path / "a.ndjson"
    path.write_text(LINE)
    return path


def test_secrets_are_hidden_in_place(pcerrors, file):
    """Each is reported by its place, and never shown; a second run finds nothing."""
    assert pcerrors("redact", "a.ndjson") == (0, f"{TOLD}2 values hidden in 1 of 1 file\n", "")
    assert file.read_text() == CLEAN
    assert pcerrors("redact", "a.ndjson") == (0, "0 values hidden in 0 of 1 file\n", "")


def test_check_changes_nothing(pcerrors, file):
    """Exit code 1 where something would change."""
    assert pcerrors("redact", "--check", ".") == (1, f"{TOLD}2 values would be hidden in 1 of 1 file\n", "")
    assert file.read_text() == LINE
    file.write_text(CLEAN)
    assert pcerrors("redact", "--check", ".").status == 0


def test_what_redact_leaves_passes_the_check(pcerrors, file):
    """The rule secret-recorded finds what redact hides, whatever the status and host."""
    before = pcerrors("check", "a.ndjson")
    assert before.status == 1
    assert "2 violations (secret-recorded 2)" in before.out
    assert before.out.count("pcerrors redact a.ndjson") == 1
    pcerrors("redact", "a.ndjson")
    assert pcerrors("check", "a.ndjson").status == 0


def test_the_check_of_standard_input_names_no_file(pcerrors, process, file):
    """There is no file to clean."""
    with file.open() as stream:
        out = process("check", "-", stdin=stream).communicate(timeout=30)[0].decode()
    assert "redact it before it is recorded" in out


def test_a_file_that_cannot_be_read_is_left(pcerrors, file, tmp_path):
    """The others are cleaned, and the exit code says that not all are."""
    (tmp_path / "b.yaml").write_text("interactions: {")
    ended = pcerrors("redact", ".")
    assert (ended.status, ended.out) == (1, f"{TOLD}2 values hidden in 1 of 1 file\n")
    assert ended.err.startswith("pcerrors: b.yaml:")
    assert ended.err.endswith("; not changed\n")
    assert (tmp_path / "b.yaml").read_text() == "interactions: {"


@pytest.mark.parametrize(("arguments", "status"), [([], 0), (["--check"], 1)])
def test_quiet_leaves_errors_only(pcerrors, file, tmp_path, arguments, status):
    """The exit code says whether something would change, and what cannot be read is on standard error."""
    assert pcerrors("redact", "--quiet", *arguments, "a.ndjson") == (status, "", "")
    (tmp_path / "b.yaml").write_text("interactions: {")
    ended = pcerrors("redact", "--quiet", *arguments, ".")
    assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1)


def test_a_file_that_is_invalid_is_told(pcerrors, tmp_path, monkeypatch, file):
    """A file may vanish between the listing and the reading."""
    monkeypatch.setattr(
        "pathlib.Path.open", lambda *_, **__: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    assert pcerrors("redact", "a.ndjson").err == "pcerrors: a.ndjson: cannot be read: Permission denied; not changed\n"


def test_packed_files_are_packed_again(pcerrors, tmp_path):
    """One value is counted once."""
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(b'{"status": 200, "body": "token=kX7pQz19"}'))
    assert (
        pcerrors("redact", "b.ndjson.gz").out
        == "b.ndjson.gz:1  response body, parameter token\n1 value hidden in 1 of 1 file\n"
    )
    assert gzip.decompress((tmp_path / "b.ndjson.gz").read_bytes()) == b'{"status": 200, "body": "token=***"}'


def test_settings_say_what_else_is_a_secret(pcerrors, file, tmp_path):
    """Names, patterns, and GUIDs."""
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors.redact]\npatterns = ["x"]\n')
    assert "response body\n3 values hidden" in pcerrors("redact", "a.ndjson").out


@pytest.mark.parametrize("arguments", [[], ["-"], ["missing.yaml"]])
def test_misuse_is_status_2(pcerrors, arguments):
    """No path, standard input, a path that is not there."""
    assert pcerrors("redact", *arguments).status == 2


@pytest.mark.posix
def test_a_device_or_a_named_pipe_is_not_changed(pcerrors, tmp_path):
    """They cannot be changed in place; the others are."""
    os.mkfifo(tmp_path / "pipe")
    Path("a.ndjson").write_text('{"status": 404, "body": "password=x7Kq02pLm"}')
    said = pcerrors("redact", "/dev/null", "pipe", "a.ndjson")
    assert (said.status, said.err.count("not a regular file, so it cannot be changed in place; not changed")) == (1, 2)
    assert "1 value hidden in 1 of 1 file" in said.out


def test_a_file_that_cannot_be_written_does_not_keep_the_others_from_being_cleaned(pcerrors, tmp_path, monkeypatch):
    """It is reported, and left as it was."""
    text = '{"status": 200, "body": {"access_token": "s3cr3t"}}'
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "seen.ndjson").write_text(text)
    replace = Path.replace

    def full(path, target):
        if target.parent.name == "a":
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", full)
    ended = pcerrors("redact", "--quiet", "a", "b")
    said = "pcerrors: a/seen.ndjson: cannot be written: No space left on device; not changed\n"
    assert ended == (1, "", said)
    assert [(tmp_path / name / "seen.ndjson").read_text() == text for name in "ab"] == [True, False]


def test_a_link_to_a_file_of_the_folder_is_that_file(pcerrors, tmp_path):
    """It is cleaned and counted once."""
    (tmp_path / "a.ndjson").write_text('{"status": 200, "body": {"access_token": "s3cr3t"}}')
    (tmp_path / "b.ndjson").symlink_to(tmp_path / "a.ndjson")
    assert "1 value hidden in 1 of 1 file\n" in pcerrors("redact", ".").out
    assert (tmp_path / "b.ndjson").is_symlink()


def test_what_cannot_be_read_or_searched_is_reported(pcerrors, tmp_path, monkeypatch):
    """An invalid entry is searched as plain text; a body without an installed decoder is not, and is reported."""
    monkeypatch.setitem(sys.modules, "brotli", None)
    monkeypatch.setitem(sys.modules, "brotlicffi", None)
    packed = base64.b64encode(b"\x8b\x03\x80abc\x01\x02\x03").decode()
    entry = {"status": 200, "headers": {"Content-Encoding": "br"}, "body_base64": packed}
    (tmp_path / "a.ndjson").write_text(f'{json.dumps(entry)}\n{{"status": "soon"}}\n')
    ended = pcerrors("redact", "a.ndjson")
    assert (ended.status, ended.out) == (1, "0 values hidden in 0 of 1 file\n")
    first, second = ended.err.splitlines()
    assert first.startswith("pcerrors: a.ndjson:2: ")
    assert first.endswith("; searched as it is")
    assert second.startswith("pcerrors: a.ndjson:1  response body  not searched for secrets: compressed with br")


def test_a_body_that_a_stub_names_is_cleaned_too(pcerrors, tmp_path):
    """The stub itself has no secret and stays; ``check`` reports the same place."""
    stub = {"request": {"url": "/v1"}, "response": {"status": 200, "bodyFileName": "token.json"}}
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings/login.json").write_text(json.dumps(stub))
    (tmp_path / "__files").mkdir()
    body = tmp_path / "__files/token.json"
    body.write_text('{"access_token": "kX7pQz19"}')
    place = "response body in token.json /access_token"
    assert place in pcerrors("check", ".").out
    would = f"mappings/login.json:1  {place}\n1 value would be hidden in 1 of 1 file\n"
    assert pcerrors("redact", "--check", ".") == (1, would, "")
    assert "kX7pQz19" in body.read_text()
    assert pcerrors("redact", ".").out == would.replace("would be hidden", "hidden")
    assert body.read_text() == '{"access_token": "***"}'
    assert json.loads((tmp_path / "mappings/login.json").read_text()) == stub
    assert pcerrors("redact", ".").out == "0 values hidden in 0 of 1 file\n"
