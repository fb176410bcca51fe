"""Audits of cassettes by the text of each interaction: they report what an audit item by item reports, whatever the texts are."""

import gzip
import json
from collections import Counter
from copy import deepcopy

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from report_of import report_of
from test_lines import BODIES, ERROR, POLICIES, SECRET, SUCCESSES, TEXTS, URL, URLS, assert_agreement

from pytest_pcerrors.exchange.archives import yaml_files
from pytest_pcerrors.policy.audit import Conforming, Recording, audit
from pytest_pcerrors.policy.counting import audit_counted
from pytest_pcerrors.reporting.formats import FORMATS, FORMATS_OF_ALL

POLICY = POLICIES["documented"]


def interaction(body=ERROR, status=409, url=URL, fields=None, sent=None, sent_fields=None):
    """Make an interaction as vcrpy does."""
    return {
        "request": {"body": sent, "headers": sent_fields or {}, "method": "POST", "uri": url},
        "response": {
            "body": {"string": body if isinstance(body, str | bytes) else json.dumps(body)},
            "headers": {"Content-Type": ["application/json; charset=utf-8"]} if fields is None else fields,
            "status": {"code": status, "message": "Conflict"},
        },
    }


INTERACTIONS = [
    interaction(),
    *(interaction(each) for each in (*BODIES, *TEXTS) if not isinstance(each, str) or "\ud800" not in each),
    *(interaction(each, status) for each in (*SUCCESSES, ERROR) for status in (200, 204, 302)),
    *(interaction(status=each) for each in (100, 399, 401, 404, 418, 429, 503, 999, 1000, 99, "409", None)),
    *(interaction(url=each) for each in URLS if isinstance(each, str) and "\ud800" not in each),
    interaction(fields={}),
    interaction(fields={"content-type": ["text/html"]}),
    interaction(fields={"Content-Type": ["application/json"], "Content-Encoding": ["gzip"]}),
    interaction(fields={"Content-Type": [None]}),
    interaction(fields={"Content-Type": ["application/json"], "Retry-After": ["soon"]}, status=429),
    interaction(b"\x1f\x8b"),
    *(interaction(gzip.compress(json.dumps(each).encode(), mtime=0)) for each in (ERROR, {"access_token": SECRET})),
    interaction(gzip.compress(b'{"code": "1", "description": "a\\n', mtime=0), fields={"Content-Encoding": ["gzip"]}),
    interaction(
        gzip.compress(json.dumps(ERROR).encode(), mtime=0), sent_fields={"Authorization": [f"Bearer {SECRET}"]}
    ),
    interaction(b"\xff"),
    interaction('{\n  "code": "800064",\n  "description": "Größe 😀 ' + "it's " * 40 + '",\n  "source": "a"\n}'),
    interaction({"access_token": SECRET}, 200),
    interaction({**ERROR, "description": "the client secret " + SECRET + " is " + "not " * 30}),
    interaction({**ERROR, "description": "a " * 30 + "client secret: kX7pQz19vLmW04ab"}),
    interaction(sent="grant_type=password&client_secret=kX7pQz19vLmW04ab"),
    interaction(sent_fields={"Authorization": [f"Bearer {SECRET}"]}, url="https://contoso.example/a"),
    interaction(sent_fields={"Authorization": ["Bearer ***"]}),
    interaction(url=f"{URL}?sig={SECRET}"),
    interaction(url="https://user:pass@contoso.example/"),
]


def write(file, interactions, **options):
    """Write a cassette as vcrpy does."""
    options = {"Dumper": yaml.CDumper, **options}
    some = [deepcopy(each) for each in interactions]  # without aliases
    data = yaml.dump({"interactions": some, "version": 1}, **options).encode()
    file.write_bytes(data)
    return data


def test_each_interaction_alone(tmp_path):
    """As the first one of a cassette, before one that conforms."""
    for each in INTERACTIONS:
        write(tmp_path / "a.yaml", [each, interaction()])
        assert_agreement(tmp_path / "a.yaml", "documented")


@pytest.mark.parametrize("policy", ["observed", "names", "own-rule"])
def test_all_interactions(tmp_path, policy):
    """Under any policy, and as another dumper folds them."""
    write(tmp_path / "a.yaml", INTERACTIONS, Dumper=yaml.Dumper, width=30)
    assert_agreement(tmp_path / "a.yaml", policy)


@pytest.mark.parametrize("form", sorted(FORMATS.keys() - FORMATS_OF_ALL))
def test_all_formats(tmp_path, form):
    """The formats that list only violations write the same, in the same order."""
    write(tmp_path / "a.yaml", INTERACTIONS)
    whole, fast = (
        "".join(FORMATS[form](report_of(way([Recording.of_file(tmp_path / "a.yaml", POLICY)], POLICY), POLICY)))
        for way in (audit, audit_counted)
    )
    assert fast == whole


CONFORMING = [
    interaction(gzip.compress(json.dumps(ERROR).encode(), mtime=0)),
    interaction("", 200),
    interaction('{"id": 7}', 201),
    interaction(url="https://contoso.example/a"),
]


def test_conforming_interactions_are_counted(tmp_path, monkeypatch):
    """They become no findings, and PyYAML is not asked."""
    monkeypatch.setattr(yaml_files, "events_of_interaction", None)
    write(tmp_path / "a.yaml", CONFORMING)
    found = list(audit_counted([Recording.of_file(tmp_path / "a.yaml", POLICY)], POLICY))
    assert found == [Conforming(Counter({(409, "800064", None, None): 1}), 2, Counter({"contoso.example": 1}))]


SECRETS = [*CONFORMING, interaction({"access_token": SECRET}, 200), *CONFORMING, interaction({"code": 7})]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"version: 1\n", b""),
        (b"version: 1\n", b"version: 'a\n"),
        (b"version: 1\n", b"version: 1\n# Bearer " + SECRET.encode()),
        (b"version: 1\n", b"version: 1\nmore: 7\n"),
        (b"interactions:\n", b"---\ninteractions:\n"),
        (b"    method: POST", b"    method: POST # Bearer " + SECRET.encode()),
        (b"    method: POST", b"    method: POST\n# a comment\n"),
        (b"    method: POST", b"    method: &a POST"),
        (b"    body: null", b"    body: *a"),
        (b"    body: null", b"    body: !!binary '7'"),
        (b"    body: null", b"    body: \xff"),
        (b"    body: null", b"    body: 'a"),
        (b"    body: null", b"    body: " + b"[" * 600 + b"]" * 600),
        (b"    body: null", b"    token: " + SECRET.encode() + b"\n    body: " + b"[" * 600 + b"]" * 600),
        (b"  response:", b"  more: " + SECRET.encode() + b"\n  response:"),
        (b"  response:", b"  answer:"),
        (b"- request:\n", b"- {}\n- request:\n"),
    ],
)
def test_changed_cassettes(tmp_path, old, new):
    """Files that cannot be read by the text of each interaction, from the beginning or from some place on."""
    data = write(tmp_path / "a.yaml", SECRETS)
    for count in (1, -1):
        (tmp_path / "b.yaml").write_bytes(data.replace(old, new, count))
        assert_agreement(tmp_path / "b.yaml", "documented")
    before, after = data.rsplit(old, 1)
    (tmp_path / "b.yaml").write_bytes(before + new + after)
    assert_agreement(tmp_path / "b.yaml", "documented", "any-host")


@pytest.mark.parametrize("name", ["a.yaml.gz", "a.json", "missing.yaml"])
def test_other_files(tmp_path, name):
    """Files that are not cassettes in YAML, or cannot be read."""
    if not name.startswith("missing"):
        write(tmp_path / name, CONFORMING)
    assert_agreement(tmp_path / name, "documented")


WORDS = st.sampled_from(
    [
        "client", "secret", "password", "key", "token", ":", "=", '"', "'", " ", "  ", "\n", "\\", "&", "?", "%3d",
        "a" * 30, "Bearer", "x7Kq02pLmW04abZZ91", "/", "@", "é", "PRIVATE", "KEY", "-----BEGIN", "code", "{", "}", "x",
        SECRET,
    ]
)  # fmt: skip
TEXT = st.lists(WORDS, max_size=15).map("".join)


@pytest.mark.untraced
@settings(max_examples=30)
@given(
    st.lists(
        st.builds(
            interaction,
            st.sampled_from([ERROR, "{}"])
            | TEXT
            | TEXT.map(lambda text: {**ERROR, "description": text})
            | TEXT.map(lambda text: gzip.compress(json.dumps({**ERROR, "description": text}).encode(), mtime=0)),
            st.sampled_from([200, 409]),
            url=st.just(URL) | TEXT.map(f"{URL}?{{}}".format),
            sent=st.none() | TEXT,
            sent_fields=st.dictionaries(
                st.sampled_from(["Authorization", "X-Api-Key", "Via"]), st.lists(TEXT, max_size=1)
            ),
        ),
        max_size=4,
    ),
    st.sampled_from([yaml.Dumper, yaml.CDumper]),
    st.sampled_from([20, 80]),
)
def test_any_interactions(tmp_path_factory, some, dumper, width):
    """Texts with words of secrets, folded at any place."""
    file = tmp_path_factory.mktemp("any") / "a.yaml"
    write(file, some, Dumper=dumper, width=width)
    assert_agreement(file, "documented")
