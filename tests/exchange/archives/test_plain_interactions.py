"""Usual interactions of vcrpy read without PyYAML: the reader gives what PyYAML gives, or leaves the text to it."""

import gzip
import zlib
from io import BufferedReader, BytesIO

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives import files, plain_interactions
from pytest_pcerrors.exchange.archives.files import stream_items
from pytest_pcerrors.exchange.archives.plain_interactions import (
    UncertainError,
    interaction_texts,
    plain_interaction,
)
from pytest_pcerrors.exchange.archives.plain_lines import PlainLine
from pytest_pcerrors.exchange.archives.yaml_files import events_of_interaction, interaction_by_yaml

NAME = "cart.yaml"


def interaction(body='{"code": "800064"}', *, sent=None, fields=None, url="https://contoso.example/v1", message="OK"):
    """Make an interaction as vcrpy does."""
    return {
        "request": {"body": sent, "headers": {"Accept": ["*/*"]}, "method": "GET", "uri": url},
        "response": {
            "body": {"string": body},
            "headers": {"Content-Type": ["application/json"]} if fields is None else fields,
            "status": {"code": 409, "message": message},
        },
    }


def dumped(*interactions, **options):
    """Write a cassette as vcrpy does; options are those of PyYAML."""
    options = {"Dumper": yaml.CDumper, **options}
    return yaml.dump({"interactions": list(interactions), "version": 1}, **options).encode()


def read(data):
    """Return the plain parts or the item of each interaction, and whether the file was read to its end."""
    found = []
    try:
        for texts, first in interaction_texts(BytesIO(data)):
            for index, text in enumerate(texts):
                line = first + b"".join(texts[:index]).count(b"\n")
                plain, _ = plain_interaction(text) or (None, text)
                found.append(plain or interaction_by_yaml(events_of_interaction(text)[1], f"{NAME}:{line}"))
    except UncertainError:
        return found, False
    return found, True


def assert_same(data):
    """Assert that the interactions of a cassette are those that PyYAML gives; return how many are plain."""
    found, is_whole = read(data)
    items = list(stream_items(BytesIO(data), NAME))
    assert len(found) == len(items) if is_whole else len(found) <= len(items)
    plain = 0
    for one, item in zip(found, items, strict=False):
        if not isinstance(one, PlainLine):
            assert repr(one) == repr(item) if isinstance(one, ArchiveError) else one == item
            continue
        plain += 1
        content_type = item.headers.get("content-type") or ""
        assert one == PlainLine(item.status, {"Content-Type": content_type}, item.body.decode(), item.request.url)
        assert item.body_problem is None
        assert item.reason is None or isinstance(item.reason, str)
    return plain


PIECES = st.sampled_from(
    [
        "a", "word", "x" * 90, " ", "  ", "\n", "\n\n", "\n ", " \n", "\t", "\r\n", "\x85", "\u2028", "\xa0", "é", "😀",
        "\ufeff", "'", "''", '"', "\\", ": ", ":", " #", "#", "{", "}", "[", "- ", "? ", "& ", "*", "!", "%", "@", "`",
        "|", ">", "<<", ", ", "null", "~", "12e5", "0o17", "2020-10-01", "---", "...", "\n- request:\n", "version: 1\n",
        "key: value\n", "\\n", "\x00", "\x1b", "\x7f", "�",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join)
BODIES = st.one_of(
    TEXTS.map('{{"a": "{}'.format),
    TEXTS,
    st.just(""),
    st.binary(max_size=40),
    TEXTS.map(lambda each: each.encode("utf-8", "replace")),
    TEXTS.map(lambda each: gzip.compress(b"{" + each.encode("utf-8", "replace"), mtime=0)),
)
NAMES = st.sampled_from(
    ["Content-Type", "content-type", "Content-Encoding", "Date", "X-a_b", "null", "on", "12", "a b", "", "x" * 130]
)
ENCODINGS = st.sampled_from(["gzip", "br", "deflate, gzip", "identity", "GZIP", "exi", ""])
FIELDS = st.dictionaries(NAMES, st.lists(TEXTS | ENCODINGS, max_size=2) | TEXTS, max_size=4)
INTERACTIONS = st.builds(
    interaction,
    BODIES,
    sent=st.none() | BODIES,
    fields=FIELDS,
    url=TEXTS.map("https://contoso.example/{}".format),
    message=TEXTS | st.none(),
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "width": st.sampled_from([20, 80, 10**6]),
        "allow_unicode": st.booleans(),
        "Dumper": st.sampled_from([yaml.Dumper, yaml.CDumper]),
        "default_style": st.sampled_from(["'", '"', "|", ">"]),
        "default_flow_style": st.sampled_from([None, True]),
        "indent": st.sampled_from([3, 4]),
        "line_break": st.just("\r\n"),
        "explicit_start": st.booleans(),
    },
)


@pytest.mark.untraced
@given(st.lists(INTERACTIONS, min_size=1, max_size=3), st.just({}) | OPTIONS)
def test_any_cassette_of_vcrpy(interactions, options):
    """Whatever the texts are, and however PyYAML writes them."""
    try:
        data = dumped(*interactions, **options)
    except UnicodeEncodeError:  # a lone surrogate that is not escaped
        return
    assert_same(data)


class Quoted(str):
    """A text that is written in double quotes."""

    __slots__ = ()


class PythonDumper(yaml.Dumper):
    """The dumper of PyYAML."""


class LibraryDumper(yaml.CDumper):
    """The dumper of libyaml."""


for each in (PythonDumper, LibraryDumper):
    each.add_representer(
        Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
    )


@pytest.mark.untraced
@given(
    st.lists(PIECES.filter(lambda each: each.isprintable() or each.isspace()), max_size=30).map("".join),
    st.sampled_from([str, Quoted]),
    st.sampled_from([PythonDumper, LibraryDumper]),
    st.sampled_from([20, 80]),
)
def test_any_quoted_body(text, kind, dumper, width):
    """Texts that the dumpers of PyYAML and of libyaml fold and escape, each in its way."""
    assert_same(dumped(interaction(kind("{" + text), sent=kind(text)), Dumper=dumper, width=width))


USUAL = dumped(interaction(), interaction("Busy " * 40 + "'", sent="{}"), interaction('{"a": "\r\n\té\\ ' + "b " * 90))


def test_the_usual_cassettes_are_plain():
    """The reader leaves nothing usual to PyYAML."""
    several = [
        interaction(url="https://contoso.example/v1?size=3&seek=a#b"),
        interaction('{"a": "' + "it's " * 40, sent="a\nb", message=""),
        interaction('{\n  "a": "é\\" 😀' + "b " * 90, sent='{"a":' + " 'b': " * 40),
        interaction("", fields={}),
        interaction('["\t"]'),
        interaction(fields={"CONTENT-TYPE": ["text/html; charset=utf-8"], "CSP": ["default-src 'none'; " * 9], "Date": ["a"] * 2}),
        interaction(gzip.compress(b"{" + b"busy " * 400 + b"}"), fields={"Content-Type": ["a"], "Content-Encoding": ["gzip"]}),
        interaction(zlib.compress(b"[7]"), fields={}),
        interaction(fields={"Content-Encoding": ["br"]}),
        interaction(fields={"Content-Type": ["'a'"], "X": ['{"a": "b"}', "12e5", "- a", "a: b"]}, message=None),
    ]  # fmt: skip
    assert assert_same(dumped(*several)) == len(several) - 1  # the last one has quotes in quotes


CHANGES = {
    b"version: 1\n": [
        b"", b"version: 2\n", b"version: 1\n...", b"version: 1\n---\na: 1\n", b"version: 1\n- request:\n",
        b"# the end\nversion: 1\n", b"a: 'b\nversion: 1\n", b"...\n", b"version: 1\n...\n", b"...\nversion: 1\n",
    ],
    b"interactions:\n": [
        b"---\ninteractions:\n", b"\xef\xbb\xbfinteractions:\n", b"interactions: # all\n", b"http_interactions:\n",
        b"version: 1\ninteractions:\n", b"version: 2\ninteractions:\n",
    ],
    b"\n": [
        b"\r\n",
    ],
    b"- request:\n": [
        b"- request: # one\n", b"- request:\n# one\n", b"- a: 'x\n- request:\n",
    ],
    b"  response:\n": [
        b"  response: &a\n", b"  recorded_at: '2026-11-17T09:12:44Z'\n  response:\n",
    ],
    b"    body: null": [
        b"    body:", b"    body: ~", b"    body: {a: 1}", b"    body: |\n      a\n      b",
        b"    body: 'a\n- request:\n  b'", b"    body: 'a\n--- b'", b"    body: 'a\n      b\n\n  \n      c '",
        b'    body: "a \\\n      b\\\n\n      c"', b'    body: "\\uD83D"', b'    body: "\\UFFFFFFFF"',
        b'    body: "\\e\\N\\_\\L\\P\\0\\/\\ "', b"    body: a\n     b", b"    body: a\n        # b",
        b"    body: a\n        b: c", b"    body: a #b", b"    body: a\tb", b"    body: !!str a",
        b"    body: !!binary a", b"    body: *none", b"    body: \xc3\xa9", b"    body: \xff", b"    body: a\xc2\x85b",
        b"    body: a\xe2\x80\xa8b", b"    body: \xef\xbb\xbf", b"    body: \xef\xbf\xbf", b"    body: \xf0\x9f\x98\x80",
        b"    body: \xed\xa0\x80", b"    body: \x01",
        b"    body: -", b"    body: a\n    body: b",
    ],
    b"    method: GET\n": [
        b"", b"    method: null\n", b"    method: get\n", b"    method: GET\n    method: PUT\n",
    ],
    b"    uri: https://contoso.example/v1": [
        b"    uri: null", b"    uri: 'https://contoso.example/a'", b"    uri: 'https://contoso.example/it''s'",
        b"    uri: a b ", b"    uri: a:", b"    uri: https://contoso.example/v1\n    url: a",
    ],
    b"      - application/json": [
        b"      - null", b"      - ~", b"      -", b"      []", b"      - a\n      - b", b"      - a\n        b",
        b"      - 'a''b'", b"      - 'a\n\n        b'", b'      - "a\\tb"',
        b"      - application/json\n      Content-Type:\n      - b",
        b"      - application/json\n      content-type:\n      - b",
        b"      - application/json\n      <<:\n      - b", b"      - application/json\n      null:\n      - b",
        b"      - application/json\n      content-encoding:\n      - gzip",
        b"      - application/json\n      content-encoding:\n      - deflate\n      - br",
    ],
    b"      Content-Type:": [
        b"      ? Content-Type\n      :",
    ],
    b"      Content-Type:\n      - application/json": [
        b"      Content-Type: application/json", b"      {}",
    ],
    b"      code: 409": [
        b"      code: 099", b"      code: 4e2", b"      code: '409'",
    ],
    b"      message: OK": [
        b"      message: null", b"      message:", b"      message: ~", b"      message: [OK]",
        b"      message: OK\n    url: https://contoso.example/v1", b"      message: OK\n    parsed_body: {}",
    ],
    b"      string:": [
        b"      base64_string:", b"      encoding: utf-8\n      string:",
    ],
    b'      string: \'{"code": "800064"}\'': [
        b"      string: null", b"      string: '{\n   a\n\n \n   b  \n  }\n  '", b"      string: '  {'",
        b"      string: |-\n        {}", b"      string: >-\n        {}\n        {}",
        b"      string: !!binary |\n        H4sIAAAAAAAA/wMAAAAAAAAAAAA=",
        b"      string: !!binary |\n        e30=\n        =", b"      string: !!binary |\n        e3=",
        b"      string: !!binary |\n        e30\n        x", b"      string: !!binary |\n        e/8=",
        b"      string: '{' # a", b"      string: &a '{}'\n      more: *a",
    ],
}  # fmt: skip


@pytest.mark.parametrize("count", [1, -1])
@pytest.mark.parametrize("size", [64 * 1024, 50])
def test_awkward_cassettes(count, size, monkeypatch):
    """Notations that vcrpy does not write, in one interaction or in all, and in small pieces of a file."""
    monkeypatch.setattr(plain_interactions, "CHUNK", size)
    for old, changes in CHANGES.items():
        assert old in USUAL
        for new in changes:
            assert_same(USUAL.replace(old, new, count))
    for end in range(0, len(USUAL), 7):
        assert_same(USUAL[:end])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"", b""),
        (b"interactions:\n", b"version: 1\ninteractions:\n"),
        (b"version: 1\n", b""),
        (b"version: 1\n", b"version: 1\n...\n"),
        (b"OK", "é 😀 \xa0".encode()),
    ],
    ids=["as vcrpy does", "the version first", "no version", "the end of the document", "other letters"],
)
@pytest.mark.parametrize("size", [64 * 1024, 51])
def test_each_interaction_of_these_cassettes_is_read_alone(old, new, size, monkeypatch):
    """Also in pieces that end inside a letter."""
    monkeypatch.setattr(plain_interactions, "CHUNK", size)
    data = USUAL.replace(old, new) if old else USUAL
    assert_same(data)
    assert read(data)[1]


def test_what_comes_after_a_wrong_character_is_left_to_pyyaml(monkeypatch):
    """PyYAML refuses a character before it gives the interactions just before it."""
    monkeypatch.setattr(plain_interactions, "CHUNK", 16 * 1024)
    many = dumped(*[interaction()] * 300)
    for at in range(0, len(many), 9_999):
        assert_same(many[:at] + b"\x01" + many[at:])


def test_a_file_is_read_in_pieces(tmp_path, monkeypatch):
    """With no buffer, a line would be read byte by byte: one of 8 MB took six seconds."""
    (tmp_path / "a.yaml").write_bytes(dumped(interaction()))
    monkeypatch.setattr(files, "interaction_texts", lambda stream: iter([([], isinstance(stream, BufferedReader))]))
    assert list(files.cassette_interactions(tmp_path / "a.yaml")) == [([], True)]
