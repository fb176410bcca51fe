"""Documents that users edit: validated against their schema, with place, expected and actual value in the message."""

import errno
import os
import re
from pathlib import Path

import pytest

from pytest_pcerrors.documents import published_schema, read_json_object, read_toml, validate, write_atomically
from pytest_pcerrors.errors import UsageError

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "kind"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$", "minLength": 2},
        "kind": {"enum": ["large", "small"]},
        "size": {"type": ["integer", "null"], "maximum": 9},
        "day": {"format": "date"},
        "text": {"format": "regex"},
        "or": {"anyOf": [{"type": "string"}, {"type": "array"}]},
        "either": {"anyOf": [{"enum": ["red"]}, {"type": "array", "items": {"enum": ["red"]}}]},
        "a/b~c": {"type": "array", "items": {"type": "boolean"}},
    },
}
FITTING = {"name": "cart", "kind": "small"}


def messages_of(document):
    """Return the lines of the message for a document."""
    with pytest.raises(UsageError) as caught:
        validate(SCHEMA, document, "f.json")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    "document",
    [
        FITTING,
        FITTING | {"size": None, "day": "2027-06-30", "text": "a+", "either": "red", "a/b~c": [True]},
        FITTING | {"either": ["red"]},
    ],
)
def test_a_fitting_document_passes(document):
    """A valid document is accepted."""
    assert validate(SCHEMA, document, "f.json") is None


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"kin": 3}, 'at the top: unknown key "kin"; did you mean "kind"?'),
        ({"name": 3}, "at /name: expected a string, got 3"),
        ({"name": None}, "at /name: expected a string, got null"),
        ({"name": {}}, "at /name: expected a string, got an object"),
        ({"name": "Zoë"}, 'at /name: "Zoë" breaks pattern "^[a-z]+$"'),
        ({"name": "X" * 99}, f'at /name: "{"X" * 59} ... breaks pattern "^[a-z]+$"'),
        ({"name": "a"}, 'at /name: "a" breaks minLength 2'),
        ({"kind": "smal"}, 'at /kind: "smal" is not known; did you mean "small"?'),
        ({"size": "x"}, 'at /size: expected an integer or null, got "x"'),
        ({"size": 1.0}, "at /size: expected an integer or null, got 1.0"),
        ({"size": True}, "at /size: expected an integer or null, got true"),
        ({"size": 10}, "at /size: 10 breaks maximum 9"),
        ({"day": "2027-02-30"}, 'at /day: "2027-02-30" is not a date (YYYY-MM-DD)'),
        ({"text": "("}, 'at /text: "(" is not a regular expression'),
        ({"either": "re"}, 'at /either: "re" is not known; did you mean "red"?'),
        ({"either": ["re"]}, 'at /either: "re" is not known; did you mean "red"?'),
        ({"or": 3}, "at /or: expected an array, got 3"),
        ({"a/b~c": [True, 0]}, "at /a~1b~0c/1: expected a boolean, got 0"),
    ],
)
def test_what_does_not_fit_is_reported(change, line):
    """Each error has its JSON Pointer, what was expected and what was found."""
    assert messages_of(FITTING | change) == [f"f.json: {line}"]


def test_every_missing_and_unknown_key_has_a_line():
    """Several missing or unknown keys of an object are reported one by one."""
    known = "known are a/b~c, day, either, kind, name, or, size, text"
    assert messages_of({"x": 1, "q": 2}) == [
        f'f.json: at the top: unknown key "x"; {known}',
        f'f.json: at the top: unknown key "q"; {known}',
        'f.json: at the top: "name" is missing',
        'f.json: at the top: "kind" is missing',
    ]


def test_five_differences_are_reported_in_the_order_of_the_document():
    """Items are sorted by their index, and errors after the fifth are counted."""
    lines = messages_of(FITTING | {"a/b~c": list(range(12))})
    assert lines == [f"f.json: at /a~1b~0c/{i}: expected a boolean, got {i}" for i in range(5)] + ["and 7 more"]


def test_a_hostile_key_cannot_spoil_the_message():
    """A key of any length, with lone surrogates, is reported in a printable line."""
    [line] = messages_of(FITTING | {"\ud800" * 100_000: 1})
    assert len(line.encode()) < 1000


def test_a_document_beyond_all_depth_is_refused():
    """A document that is nested too deeply is an error."""
    schema = {"items": {"$ref": "#"}, "anyOf": [True]}
    document = []
    for _ in range(5_000):
        document = [document]
    with pytest.raises(UsageError, match=r"^f\.json: nested too deeply to validate$"):
        validate(schema, document, "f.json")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\n", "empty; expected JSON"),
        (b'{"name": "cart"', r"not JSON: .+ at line 1, column 16"),
        (b'{"name": "\xe9"}', "not UTF-8 at byte 10; save it as UTF-8"),
        (b"[" * 100_000, "not JSON: nested too deeply to read"),
        (b"[]", "expected a JSON object, got an array"),
        (b"null", "expected a JSON object, got null"),
        (b"3", "expected a JSON object, got 3"),
    ],
    ids=["empty", "truncated", "latin-1", "deep", "array", "null", "number"],
)
def test_a_file_that_is_not_json_object_is_reported(tmp_path, data, problem):
    """A file without a JSON object is misuse, reported with its path."""
    path = tmp_path / "f.json"
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        read_json_object(path)
    assert re.fullmatch(f"{re.escape(str(path))}: {problem}", str(caught.value))


@pytest.mark.parametrize(("name", "reason"), [("none.json", errno.ENOENT), ("", errno.EISDIR)])
def test_a_file_that_cannot_be_read_is_reported(tmp_path, name, reason):
    """The message has the error of the system."""
    with pytest.raises(UsageError, match=f": cannot be read: {os.strerror(reason)}$"):
        read_json_object(tmp_path / name)


@pytest.mark.posix
def test_a_stream_that_does_not_end_is_reported(monkeypatch):
    """Such as a device; a file ends."""
    monkeypatch.setattr("pytest_pcerrors.documents._LARGEST_STREAM", 9)
    with pytest.raises(UsageError, match=r"^/dev/zero: cannot be read: it does not end within 9 bytes$"):
        read_json_object(Path("/dev/zero"))


@pytest.mark.parametrize(("read", "text"), [(read_json_object, b'{"name": "cart"}'), (read_toml, b'name = "cart"')])
def test_a_byte_order_mark_is_ignored(tmp_path, read, text):
    """A file with a byte order mark, as editors on Windows write it, is read."""
    (tmp_path / "file").write_bytes(b"\xef\xbb\xbf" + text)
    assert read(tmp_path / "file") == {"name": "cart"}


@pytest.mark.parametrize("name", ["f.txt", "n" * 255], ids=["short", "longest"])
def test_a_file_is_replaced_whole(tmp_path, name):
    """The new text replaces the old one, as UTF-8 with its own line ends, and no temporary file is left."""
    path = tmp_path / name
    path.write_text("old")
    write_atomically(path, "Zoë\n")
    assert path.read_bytes() == "Zoë\n".encode()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("failing", "reason"),
    [("open", "No space left on device"), ("replace", "No space left on device")],
)
def test_a_failing_write_leaves_the_old_file(tmp_path, monkeypatch, failing, reason):
    """If the disk is full, the old file is unchanged and no temporary file is left."""

    def full(*_):
        raise OSError(28, reason)

    path = tmp_path / "f.txt"
    path.write_text("old")
    with monkeypatch.context() as disk:
        disk.setattr(Path, failing, full)
        with pytest.raises(UsageError, match=f"cannot be written: {reason}$"):
            write_atomically(path, "new")
    assert [(file, file.read_text()) for file in tmp_path.iterdir()] == [(path, "old")]


def test_pieces_are_written_as_a_whole_or_not_at_all(tmp_path):
    """If a piece cannot be made, the old file is unchanged and no temporary file is left."""

    def pieces():
        yield "new"
        yield {"a": "b"}["c"]

    path = tmp_path / "f.txt"
    write_atomically(path, iter(["o", "ld"]))
    with pytest.raises(KeyError):
        write_atomically(path, pieces())
    assert [(file, file.read_text()) for file in tmp_path.iterdir()] == [(path, "old")]


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    """Ctrl-C between writing and renaming leaves no temporary file."""

    def interrupted(*_):
        raise KeyboardInterrupt

    path = tmp_path / "f.txt"
    path.write_text("old")
    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, "new")
    assert [(file, file.read_text()) for file in tmp_path.iterdir()] == [(path, "old")]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/f.txt", errno.ENOENT),
        ("file/f.txt", errno.ENOTDIR),
        ("", errno.EISDIR),
        ("..", errno.EISDIR),
        ("loop", errno.ELOOP),
        ("loop/f.txt", errno.ELOOP),
        pytest.param("n" * 256, errno.ENAMETOOLONG, id="too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_reported(tmp_path, name, reason):
    """A folder, a file in a folder that does not exist, a link to itself, and a name that is too long are misuse."""
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError, match=f"cannot be written: {os.strerror(reason)}$"):
        write_atomically(tmp_path / name, "new")


@pytest.mark.posix
def test_a_pipe_is_written_to(tmp_path):
    """A pipe or a device is not replaced by a file."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    write_atomically(path, "new")
    assert (os.read(reading, 10), path.is_fifo()) == (b"new", True)
    os.close(reading)


def test_text_that_is_not_unicode_is_not_written(tmp_path):
    """A lone surrogate, which cannot be encoded as UTF-8, leaves the old file."""
    path = tmp_path / "f.txt"
    with pytest.raises(UsageError, match="cannot be written as UTF-8: surrogates not allowed"):
        write_atomically(path, "\ud800")
    assert list(tmp_path.iterdir()) == []


def test_published_schemas_are_found_in_the_package():
    """The schemas of the documents ship inside the package."""
    assert published_schema("pytest_pcerrors.contract", "contract.schema.json")["title"] == "An error contract"


def test_a_link_stays_a_link_and_a_file_keeps_its_mode(tmp_path):
    """The target of a link is replaced, with its permissions."""
    (tmp_path / "target").write_text("old")
    (tmp_path / "target").chmod(0o600)
    (tmp_path / "link").symlink_to("target")

    write_atomically(tmp_path / "link", "new")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new"
    assert (tmp_path / "target").stat().st_mode & 0o777 == 0o600


def test_a_device_is_written_to_and_not_replaced(tmp_path):
    """The path of an open file, such as /dev/stdout with redirected output, is written directly."""
    with (tmp_path / "out").open("wb") as file:
        write_atomically(Path(f"/proc/self/fd/{file.fileno()}"), "report")

    assert (tmp_path / "out").read_text() == "report"
