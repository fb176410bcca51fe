"""Files and folders: which files are archives, in which order, and how errors are reported."""

import errno
import gzip
import os
import socket
from contextlib import contextmanager
from pathlib import Path

import pytest

from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.archives._refused import CHOOSE_RECORDINGS, READ
from pytest_pcerrors.exchange.archives.files import archive_files, read_archive


@pytest.fixture
def folder(tmp_path):
    """Make files with one NDJSON exchange each, or with the bytes given; give their folder."""

    def making(*names, **contents):
        for name in (*names, *contents):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents.get(name, b'{"status": 404}\n'))
        return tmp_path

    return making


def read_all(path):
    """Return the origins of all exchanges, and the final error."""
    origins = []
    with pytest.raises(ArchiveError) as caught:
        origins.extend(each.origin for each in read_archive(path))
    return origins, caught.value


ALL_ENDINGS = ["a.YAML", "b.yml", "c.json", "d.har", "e.ndjson", "f.jsonl", "g.yaml.gz", "h.Jsonl.GZ"]


def test_the_archives_of_a_folder_are_known_by_their_endings(folder):
    """Files with a known suffix, in any case, are read; all others are ignored."""
    path = folder(*ALL_ENDINGS, "i.txt", "json", "k.gz", "l.json.bak", "m.tar.gz")
    assert [file.name for file in archive_files(path)] == ALL_ENDINGS


def test_folders_are_read_in_the_order_of_their_paths(folder):
    """The order is that of the paths, not that of the system."""
    path = folder("b.jsonl", "a/c.jsonl", "a/b/z.jsonl", "B.jsonl", "c/a.jsonl")
    assert [each.origin for each in read_archive(path)] == [
        f"{path / name}:1" for name in ("B.jsonl", "a/b/z.jsonl", "a/c.jsonl", "b.jsonl", "c/a.jsonl")
    ]


def test_hidden_files_are_ignored(folder):
    """Hidden files and folders are ignored; the given folder itself may be hidden."""
    path = folder(".hidden/a.jsonl", ".hidden/.b.jsonl", ".hidden/.git/c.jsonl")
    assert archive_files(path) == []
    assert [file.name for file in archive_files(path / ".hidden")] == ["a.jsonl"]


def test_a_folder_may_be_called_like_a_file(folder):
    """A folder named a.yaml is a folder."""
    path = folder("a.yaml/b.jsonl")
    assert archive_files(path) == archive_files(path / "a.yaml") == [path / "a.yaml/b.jsonl"]


def test_links_cannot_make_a_circle(folder):
    """A link to a folder above, or to itself, is not followed."""
    path = folder("a/b.jsonl")
    (path / "a/loop").symlink_to(path)
    (path / "a/self.jsonl").symlink_to(path / "a/self.jsonl")
    assert archive_files(path) == [path / "a/b.jsonl"]


def test_linked_folders_are_searched_once(folder, tmp_path_factory):
    """A link to another folder is followed, and its files are read once."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "deep").mkdir()
    (outside / "deep/far.jsonl").write_text('{"status": 404}\n')
    path = folder("a/b.jsonl")
    for name in ("a/first", "second"):
        (path / name).symlink_to(outside)
    (outside / "back").symlink_to(path)
    assert archive_files(path) == [path / "a/b.jsonl", path / "second/deep/far.jsonl"]


def test_a_file_of_two_names_is_read_once(folder):
    """Its own name is preferred to a link; of two hard links, the first is used."""
    path = folder("m.jsonl", "n.jsonl")
    (path / "a.jsonl").symlink_to(path / "m.jsonl")
    (path / "links").mkdir()
    (path / "links/z.jsonl").symlink_to(path / "m.jsonl")
    os.link(path / "n.jsonl", path / "o.jsonl")
    assert archive_files(path) == [path / "m.jsonl", path / "n.jsonl"]


@pytest.mark.parametrize("name", ["inner", "inner/deep"])
def test_a_folder_that_cannot_be_entered_is_misuse(folder, monkeypatch, name):
    """The error is raised before anything is read, since its files would be missing."""
    path = folder("a.jsonl", "inner/deep/b.jsonl")
    scandir = os.scandir

    def refusing(folder):
        if os.fspath(folder) == str(path / name):
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(UsageError) as caught:
        next(read_archive(path))
    assert str(caught.value) == f"{path / name}: cannot be read: Permission denied"


@pytest.mark.parametrize(("error", "names"), [(PermissionError, ["a.jsonl", "b.jsonl"]), (OSError, ["a.jsonl"])])
def test_what_may_not_be_inspected_is_left_to_its_reader(folder, monkeypatch, error, names):
    """A link into a folder without permission is kept, so that reading it fails; a circular link is ignored."""
    path = folder("a.jsonl")
    (path / "b.jsonl").symlink_to(path / "b.jsonl")
    scandir = os.scandir

    class Entry:
        def __init__(self, entry):
            self.name, self.path, self.is_symlink = entry.name, entry.path, entry.is_symlink
            self.is_dir = entry.is_dir if entry.name == "a.jsonl" else lambda: False
            self.is_file = entry.is_file if entry.name == "a.jsonl" else self.refuse

        def refuse(self):
            raise error

    @contextmanager
    def wrapped(folder):
        with scandir(folder) as entries:
            yield [Entry(each) for each in entries]

    monkeypatch.setattr(os, "scandir", wrapped)
    assert [each.name for each in archive_files(path)] == names


def test_a_link_to_a_file_is_the_file(folder):
    """A link to an archive is read under its own name."""
    path = folder("a.txt")
    (path / "b.jsonl").symlink_to(path / "a.txt")
    assert [each.origin for each in read_archive(path)] == [f"{path / 'b.jsonl'}:1"]


def test_a_file_that_is_named_needs_no_ending(folder):
    """A file that is given by name is read with any suffix."""
    path = folder("recording") / "recording"
    assert [each.origin for each in read_archive(path)] == [f"{path}:1"]


@pytest.mark.posix
def test_a_folder_has_only_regular_files(folder):
    """Pipes, sockets and devices in it are ignored."""
    path = folder("a.jsonl")
    os.mkfifo(path / "b.jsonl")
    (path / "c.jsonl").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(path / "d.jsonl"))
    assert archive_files(path) == [path / "a.jsonl"]


def test_an_empty_folder_has_no_archives(tmp_path):
    """A folder without archives yields nothing and is not an error."""
    assert list(read_archive(tmp_path)) == []


@pytest.mark.parametrize("name", ["none.yaml", "broken.yaml", "self.yaml", "a\0b.yaml"])
def test_a_path_that_leads_nowhere_is_misuse(tmp_path, name):
    """A missing path and a broken link are misuse, reported with the path."""
    (tmp_path / "broken.yaml").symlink_to(tmp_path / "gone.yaml")
    (tmp_path / "self.yaml").symlink_to(tmp_path / "self.yaml")
    with pytest.raises(UsageError) as caught:
        next(read_archive(tmp_path / name))
    assert str(caught.value) == f"{tmp_path / name}: no such file or folder"


def test_a_path_that_cannot_be_inspected_is_misuse(tmp_path):
    """A path that the system rejects is misuse, with the error of the system or our own."""
    with pytest.raises(UsageError, match=rf"({os.strerror(errno.ENAMETOOLONG)}|no such file or folder)$"):
        next(read_archive(tmp_path / ("x" * 300)))


def test_other_files_are_read_before_the_error_of_one(folder):
    """An invalid file does not prevent reading the others; its error is raised last."""
    path = folder("a.jsonl", "c.jsonl", **{"b.jsonl": b'{"status": 404}\nbroken\n'})
    origins, error = read_all(path)
    assert origins == [f"{path / name}:1" for name in ("a.jsonl", "b.jsonl", "c.jsonl")]
    assert error.place == f"{path / 'b.jsonl'}:2"
    assert error.problem.startswith("not JSON: ")


def test_the_errors_of_several_files_are_raised_together(folder):
    """Several invalid files raise one error that lists each."""
    path = folder("b.jsonl", **{"a.yaml": b"", "c.har": b"[]", "d.json.gz": gzip.compress(b"{}")[:-4]})
    origins, error = read_all(path)
    assert origins == [f"{path / 'b.jsonl'}:1"]
    *lines, last = str(error).splitlines()
    assert lines == [
        f"{path}: 3 places cannot be read:",
        f"{path / 'a.yaml'}: empty; expected a cassette, a mapping with interactions",
        f"{path / 'c.har'}: expected a cassette (interactions) or HAR (log.entries), found an array; known formats: {READ}; {CHOOSE_RECORDINGS}",
    ]
    assert last.startswith(f"{path / 'd.json.gz'}: broken gzip data: ")


def test_of_many_errors_some_are_listed(folder):
    """The list of errors is limited, and equal ones of a file are one."""
    path = folder("a.jsonl", **{"b.jsonl": b"broken\n" * 30})
    origins, error = read_all(path)
    assert origins == [f"{path / 'a.jsonl'}:1"]
    lines = str(error).splitlines()
    assert (lines[0], len(lines), lines[-1]) == (f"{path}: 30 places cannot be read:", 3, "and 10 more")


def test_a_file_that_may_not_be_read_is_reported(folder, monkeypatch):
    """A file without permission is reported; the others are read."""
    opened = Path.open

    def refusing(path, *arguments):
        if path.name == "a.jsonl":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments)

    path = folder("a.jsonl", "b.jsonl")
    monkeypatch.setattr(Path, "open", refusing)
    origins, error = read_all(path)
    assert (origins, str(error)) == (
        [f"{path / 'b.jsonl'}:1"],
        f"{path / 'a.jsonl'}: cannot be read: Permission denied",
    )
