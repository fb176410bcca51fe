"""Hostile archives: for any bytes, the exchanges before the error are read, then one clear error is raised."""

import gzip
import io
import json
import tracemalloc
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.archives.files import read_archive, read_stream

ITEM = "- request: {uri: /}\n  response: {status: {code: 404}, body: %s}\n"
GOOD = ITEM % "{string: x}"
LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
DEEPER = "a0: &a0 x\n" + "".join(f"a{n}: &a{n} {'[' * 50}*a{n - 1}{']' * 50}\n" for n in range(1, 1_000))


BROKEN = {
    "yaml, empty": ("a.yaml", b"", "a.yaml: empty; expected a cassette, a mapping with interactions"),
    "yaml, list": ("a.yaml", b"- 3", "a.yaml: not a cassette: expected a mapping with interactions, found an array"),
    "yaml, binary": ("a.yaml", b"!!binary aGk=", "a.yaml: not a cassette: expected a mapping with interactions, found binary"),
    "yaml, no keys": ("a.yaml", b"{}", "a.yaml: not a cassette: expected the key interactions, found none"),
    "yaml, docker": (
        "a.yaml",
        b"version: '3'\nservices:\n  web: {image: nginx, ports: ['80:80']}\n? [a, b]\n: c\nd: 1\ne: 2\nf: 3\n",
        "a.yaml: not a cassette: expected the key interactions, found version, services, an array, d, e",
    ),
    "yaml, interactions mapping": ("a.yaml", b"a: 1\ninteractions: {}", "a.yaml:2: expected a list of exchanges, found an object with nothing"),
    "yaml, two documents": ("a.yaml", b"interactions: []\n---\ninteractions: []\n", "a.yaml:2: a second YAML document; expected one document"),
    "yaml, tab": ("a.yaml", b"interactions:\n\t- a\n", "a.yaml:2: not a YAML cassette: "),
    "yaml, version": ("a.yaml", b"%YAML 3.0\n---\n{}", "a.yaml:1: not a YAML cassette: "),
    "yaml, nul": ("a.yaml", b"interactions:\n- \x00", "a.yaml: not a YAML cassette: "),
    "yaml, latin-1": ("a.yaml", b"interactions: ['Zo\xeb']", "a.yaml: not a YAML cassette: "),
    "yaml, open quote": ("a.yaml", b"interactions: ['", "a.yaml:1: not a YAML cassette: "),
    "yaml, surrogate": ("a.yaml", b'interactions: ["\\UFFFFFFFF"]', "a.yaml"),
    "yaml, undefined alias": ("a.yaml", b"interactions:\n- *a\n", "a.yaml:2: the alias *a has no anchor"),
    "yaml, recursive alias": ("a.yaml", b"a: &a\n- *a\ninteractions: []\n", "a.yaml:2: the alias *a has no anchor"),
    "yaml, long alias": ("a.yaml", b"interactions:\n- *" + b"a" * 100_000, "a.yaml:2: the alias *aaa"),
    "yaml, deep": ("a.yaml", b"[" * 100_000, "a.yaml"),
    "yaml, deep mapping": ("a.yaml", b"{a: " * 100_000, "a.yaml"),
    "yaml, deep item": ("a.yaml", b"interactions:\n- " + b"[" * 100 + b"]" * 100, "a.yaml:2: nested too deeply for a recording"),
    "yaml, laughs": ("a.yaml", LAUGHS.encode(), "a.yaml: not a cassette: expected the key interactions, found a0, a1, a2, a3, a4"),
    "yaml, laughs before": (
        "a.yaml",
        f"{LAUGHS}interactions: []\n".encode(),
        "a.yaml: 3 places cannot be read:\na.yaml:7: one item has more than 200000 values or KiB, including aliases",
    ),
    "yaml, merge of a text": (
        "a.yaml",
        b"interactions:\n- {request: {uri: /}, response: {<<: x}}\n",
        "a.yaml:2: expected a mapping or a list of mappings as the value of a merge key",
    ),
    "yaml, invalid binary": ("a.yaml", f"interactions:\n{ITEM % '{string: !!binary =#*}'}".encode(), "a.yaml:3: the !!binary is not base64"),
    "yaml, binary with letters": ("a.yaml", f"interactions:\n{ITEM % '{string: !!binary Zoë}'}".encode(), "a.yaml:3: the !!binary is not base64"),
    "json, repeated": (
        "a.json",
        b'{"interactions": [{}], "version": 1, "interactions": []}',
        'a.json: "interactions" is repeated, and only the last one would be read; keep one of them, or join them',
    ),
    "har, repeated": ("a.har", b'{"log": {"entries": [{}], "entries": []}}', 'a.har: "entries" is repeated'),
    "json, log repeated": ("a.json", b'{"log": {"entries": [{}]}, "log": {}}', 'a.json: "log" is repeated'),
    "stubs, repeated": ("a.json", b'{"mappings": [{}], "mappings": []}', 'a.json: "mappings" is repeated'),
    "json, empty": ("a.json", b"", "a.json: empty; expected JSON"),
    "json, latin-1": ("a.json", b'{"a": "\xe9"}', "a.json: not UTF-8 at byte 7"),
    "json, utf-16": ("a.json", "{}".encode("utf-16"), "a.json: UTF-16, as PowerShell"),
    "json, nul": ("a.json", b"\x00", "a.json: not JSON: "),
    "json, numbers": ("a.json", b"[1, 2]", "a.json: expected a cassette (interactions) or HAR (log.entries), found an array"),
    "json, deep": ("a.json", b"[" * 100_000, "a.json: not JSON: nested too deeply to read"),
    "json, digits": ("a.json", b"9" * 5_000, "a.json: not JSON: a number with too many digits to read"),
    "json, list": ("a.json", b"[]", "a.json: expected a cassette (interactions) or HAR (log.entries), found an array"),
    "json, long key": ("a.json", b'{"' + b"k" * 100_000 + b'": 1}', "a.json: expected a cassette"),
    "json, surrogate": ("a.json", b'{"\\ud800": 1}', "a.json: expected a cassette (interactions) or HAR (log.entries), found an object with \\ud800"),
    "json, interactions null": ("a.json", b'{"interactions": null}', "a.json#/interactions: expected a list of exchanges, found null"),
    "json, log list": ("a.har", b'{"log": []}', "a.har: expected a cassette (interactions) or HAR (log.entries), found an object with log"),
    "ndjson, empty": ("a.ndjson", b"", "a.ndjson: empty; expected one exchange per line"),
    "ndjson, blank lines": ("a.ndjson", b"\n \r\n", "a.ndjson: empty; expected one exchange per line"),
    "ndjson, byte order mark": ("a.ndjson", b"\xef\xbb\xbf", "a.ndjson:1: empty; expected JSON"),
    "ndjson, latin-1": ("a.ndjson", b'{"status": 404, "body": "\xe9"}', "a.ndjson:1: not UTF-8 at byte 25"),
    "ndjson, long key": ("a.ndjson", b'{"' + b"k" * 100_000 + b'": 1, "body": 1}', 'a.ndjson:1: a response as a mapping has no key "kkk'),
    "pipe, empty": ("-", b"", "-: empty; expected a cassette"),
    "gzip, start only": ("a.yaml.gz", b"\x1f\x8b", "a.yaml.gz: broken gzip data: "),
    "gzip, other method": ("a.yaml", b"\x1f\x8b\x07" + bytes(20), "a.yaml: broken gzip data: "),
    "gzip, garbage after": ("a.ndjson.gz", gzip.compress(b'{"status": 404}\n') + b"x", "a.ndjson.gz: broken gzip data: "),
    "gzip, broken inside": ("-", gzip.compress(b"interactions: []", mtime=0)[:10] + b"\xff" * 20, "-: broken gzip data: "),
}  # fmt: skip


@pytest.fixture(params=BROKEN.values(), ids=list(BROKEN))
def broken(request):
    """Give each invalid archive: its name, its bytes, and the beginning of its error."""
    return request.param


def test_a_broken_archive_is_one_clear_error(read, broken):
    """The error has the place and the problem, in a few printable lines."""
    name, data, start = broken
    _, error = read(data, name)
    assert str(error).startswith(start)
    assert len(str(error).encode()) < 1_000


YAMLS = {key: case for key, case in BROKEN.items() if case[0] == "a.yaml" and len(case[1]) < 50_000}


@pytest.mark.parametrize(("name", "data", "_"), YAMLS.values(), ids=list(YAMLS))
def test_without_libyaml_the_same_is_refused(read, name, data, _, monkeypatch):
    """PyYAML's pure Python parser rejects the same archives."""
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert isinstance(read(data, name)[1], ArchiveError)


def test_without_libyaml_the_same_is_read(read, samples, monkeypatch):
    """PyYAML's own parser gives the same exchanges with the same origins."""
    expected = read(samples[".yaml"], "a.yaml")
    monkeypatch.delattr(yaml, "CSafeLoader")
    exchanges, error = read(samples[".yaml"], "a.yaml")
    assert ([vars_of(each) for each in exchanges], error) == ([vars_of(each) for each in expected[0]], None)


def vars_of(exchange):
    """Return the fields of an exchange."""
    return exchange.status, exchange.reason, list(exchange.headers), exchange.body, exchange.origin


@pytest.mark.parametrize(
    "bad",
    [
        "- 3\n",
        "- *none\n",
        "- {request: {uri: /}, response: {status: {code: x}}}\n",
        "- {request: [{a: [*none, [b]]}, c],\n   d: [e]}\n",
    ],
    ids=["item", "alias", "status", "deep"],
)
def test_what_is_around_the_fault_is_read(read, bad):
    """Interactions before and after an invalid one are read, and the error is raised last."""
    exchanges, error = read(f"interactions:\n{GOOD}{GOOD}{bad}{GOOD}".encode(), "a.yaml")
    assert [each.origin for each in exchanges] == ["a.yaml:2", "a.yaml:4", f"a.yaml:{6 + len(bad.splitlines())}"]
    assert error.place == "a.yaml:6"


@pytest.mark.untraced
def test_an_archive_cut_anywhere_gives_its_beginning(read, ending, sample):
    """Truncated at any byte, an archive gives the exchanges before it, then nothing or one error."""
    whole = [(each.status, each.headers, each.body) for each in read(sample, f"a{ending}")[0]]
    for length in range(len(sample)):
        exchanges, _ = read(sample[:length], f"a{ending}")
        assert [(each.status, each.headers, each.body) for each in exchanges] == whole[: len(exchanges)]


def test_a_packed_archive_cut_anywhere_is_reported(read, ending, sample):
    """Truncated at any byte, a gzip file is an error, and its readable part is correct."""
    packed = gzip.compress(sample)
    whole = [vars_of(each) for each in read(sample, f"a{ending}")[0]]
    for length in range(2, len(packed)):
        exchanges, error = read(packed[:length], f"a{ending}")
        assert [vars_of(each) for each in exchanges] == whole[: len(exchanges)]
        assert error is not None


def test_aliases_cannot_fill_the_memory(read):
    """A few lines of aliases that expand to millions of values are rejected before they are built."""
    tracemalloc.start()
    read(LAUGHS.encode(), "a.yaml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:pathlib.Path.touch", "!!python/object/new:os.system", "!mine", "!!set"]
)
def test_tags_do_nothing(read, tmp_path, tag):
    """A tag runs nothing: its value is data."""
    target = tmp_path / "made"
    text = f"a: {tag} ['{target}']\ninteractions:\n- request: {{uri: /}}\n  response: {{status: {{code: {tag} 404}}}}\n"
    exchanges, error = read(text.encode(), "a.yaml")
    assert ([each.status for each in exchanges], error, target.exists()) == ([404], None, False)


@pytest.mark.parametrize(
    ("data", "statuses"),
    [
        ("interactions: []\ninteractions:\n" + GOOD, [404]),
        ("interactions:\n- {request: {uri: /}, response: {status: {code: 404}, status: {code: 409}}}\n", [409]),
        ("interactions:\n- {request: {uri: /}, response: {1: a, [b]: c, status: {code: 404}}}\n", [404]),
        ("interactions:\n- {request: {uri: /}, response: {status: {code: '404'}}}\n", [404]),
        (f"interactions:\n{GOOD}version: 1\n...\n", [404]),
    ],
    ids=["twice the list", "twice the status", "odd keys", "status as text", "end mark"],
)
def test_what_is_odd_and_clear_is_read(read, data, statuses):
    """The last value of a repeated key is used; keys that are not text are ignored."""
    exchanges, error = read(data.encode(), "a.yaml")
    assert ([each.status for each in exchanges], error) == (statuses, None)


@pytest.mark.untraced
@pytest.mark.parametrize("response", ["headers: {a: [*a999]}", "body: *a999"], ids=["header", "body"])
def test_what_aliases_nest_beyond_all_depth_is_refused(read, response):
    """A value nested too deeply by aliases is an error like any other, if this version of Python cannot write it as JSON."""
    item = f"- request: {{uri: /}}\n  response: {{status: {{code: 404}}, {response}}}\n"
    exchanges, error = read(f"{DEEPER}interactions:\n{item}".encode(), "a.yaml")
    assert str(error).startswith("a.yaml:1002: ") or [each.body[:2] for each in exchanges] == [b"[["]


@pytest.mark.parametrize("part", ["headers", "body"])
def test_what_json_nests_is_read_or_refused(read, part):
    """At any depth that JSON can be parsed, the result is a value or an error."""
    for depth in range(850, 1_000, 3):
        data = b'{"status": 404, "%s": {"a": [%s]}}' % (part.encode(), b"[" * depth + b"]" * depth)
        exchanges, error = read(data, "a.ndjson")
        assert (len(exchanges), error is None) in {(1, True), (0, False)}


KEYS = st.sampled_from(
    """interactions log entries request response status code message status_code headers body string base64_string
    content text encoding reason body_base64 method uri url postData name value origin""".split()
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([404, "404", "aGk="])
)
NESTED = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=4),
    max_leaves=15,
)
ITEMS = st.lists(
    NESTED | st.fixed_dictionaries({"request": NESTED, "response": st.dictionaries(KEYS, NESTED)}), max_size=3
)
DOCUMENTS = (
    NESTED
    | st.fixed_dictionaries({"interactions": ITEMS})
    | st.fixed_dictionaries({"log": st.fixed_dictionaries({"entries": ITEMS})})
)


def read_on(data, name):
    """Read an archive to its end or its error; any other exception is a bug of the reader."""
    with suppress(ArchiveError):
        for exchange in read_stream(io.BytesIO(data), name):
            assert exchange.origin.startswith(name)


@pytest.mark.untraced
@given(DOCUMENTS, st.sampled_from(["a.json", "a.har", "a.ndjson", "-"]))
def test_no_json_raises_anything_else(document, name):
    """Any JSON value is exchanges, an error, or both in this order."""
    read_on(json.dumps(document).encode(), name)


@pytest.mark.libraries
@pytest.mark.covered
@given(DOCUMENTS)
def test_no_yaml_raises_anything_else(document):
    """Any YAML is exchanges, an error, or both in this order."""
    read_on(yaml.dump(document, Dumper=yaml.CSafeDumper).encode(), "a.yaml")


@given(
    st.text(alphabet="interactions: -[]{}&*!'\"\n\t#|>%,?x0", max_size=60) | st.binary(max_size=60),
    st.sampled_from(["a.yaml", "a.json", "a.ndjson", "-"]),
)
def test_no_bytes_raise_anything_else(data, name):
    """Any bytes are exchanges, an error, or both in this order."""
    read_on(data if isinstance(data, bytes) else b"interactions:\n" + data.encode(), name)


@pytest.mark.parametrize("path", ["", 5, None])
def test_what_is_not_a_path_is_misuse(path):
    """An empty path is not the working directory."""
    with pytest.raises(UsageError, match="expected the path of an archive"):
        list(read_archive(path))
