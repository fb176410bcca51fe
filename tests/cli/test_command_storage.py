"""``pcerrors check --engine dask`` on ``s3://``: s3fs reads a bucket of moto's server, which runs in this process."""

import gzip
import json
import logging

import pytest

pytest.importorskip("s3fs")
server = pytest.importorskip("moto.server")

SECRET = "kX7pQz19vLmW04ab"
REQUEST = {"method": "GET", "url": "https://api.partnercenter.microsoft.com/v1/customers"}
LINES = "".join(
    json.dumps(
        {
            "status": 409,
            "headers": {"Content-Type": "application/json"},
            "body": {
                "code": 800064 if each % 5 == 0 else "800064",
                "description": f"Cart {each}",
                "source": "PartnerFD",
            },
            "request": REQUEST,
        }
    )
    + "\n"
    for each in range(20)
).encode()
CASSETTE = b"interactions:\n- request: {method: GET, uri: /v1, headers: {}}\n  response: {status: {code: 404}, body: {string: gone}}\n"


@pytest.fixture(scope="module")
def bucket(zstd):
    """Serve a bucket with recordings, set the environment of its clients, and return its storage."""
    import fsspec

    started = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    started.start()
    host, port = started.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "x")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        storage = fsspec.filesystem("s3")
        storage.mkdir("logs")
        files = {"a.ndjson": LINES, "b.jsonl.gz": gzip.compress(LINES), "c.ndjson.zst": zstd(LINES), "d.yaml": CASSETTE}
        storage.pipe({f"logs/day/{name}": data for name, data in (files | {"read.me": b"No"}).items()})
        yield files
    started.stop()


@pytest.fixture(scope="module")
def zstd():
    """Return a function that compresses by zstd."""
    from pytest_pcerrors.exchange.encodings import encode

    return lambda data: encode(data, ("zstd",))


@pytest.mark.parametrize("path", ["s3://logs/day/?.*", "s3://logs/day", "s3://logs/day/a.ndjson"])
def test_the_report_is_that_of_local_files(bucket, on_cluster, pcerrors, tmp_path, path):
    """Files of all formats, cut into blocks or compressed; other files of a folder are left out."""
    wanted = ["a.ndjson"] if path.endswith("a.ndjson") else bucket
    for name in wanted:
        (tmp_path / name).write_bytes(bucket[name])
    report = ["--format", "json", "--samples", "3"]
    local = pcerrors("check", *report, *wanted)
    stored = on_cluster(*report, path)
    assert (stored.status, stored.err) == (local.status, local.err)
    documents = [json.loads(each.out) for each in (local, stored)]
    for finding in documents[0]["findings"]:
        finding["path"] = f"s3://logs/day/{finding['path']}"
    assert documents[1] == documents[0]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("s3://none/a.ndjson", "s3://none/a.ndjson: cannot be read: FileNotFoundError: "),
        ("s3://none/*.ndjson", "s3://none/*.ndjson: no file has such a name"),
        ("s3://logs/none", "s3://logs/none: cannot be read: FileNotFoundError: "),
        ("s3://logs/*.none", "s3://logs/*.none: no file has such a name"),
        (f"s3://me:{SECRET}@logs/day", "s3://***@logs/day: cannot be read: "),
    ],
)
def test_what_is_not_there_is_misuse(bucket, on_cluster, path, message):
    """One line, without credentials."""
    ended = on_cluster(path)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"pcerrors: {message}")
    assert (ended.err.count("\n"), SECRET in ended.err) == (1, False)


def test_a_file_that_the_workers_may_not_read_is_unreadable(bucket, on_cluster, monkeypatch):
    """It was there when the files were listed; the storage says why."""
    import s3fs

    def denied(*_, **__):
        raise PermissionError(f"Forbidden\nsecret_key={SECRET}")

    monkeypatch.setattr(s3fs.S3FileSystem, "_open", denied)
    ended = on_cluster("s3://logs/day/a.ndjson", "s3://logs/day/d.yaml")
    assert (ended.status, SECRET in ended.out) == (1, False)
    assert ended.out.count("  unreadable  cannot be read: PermissionError: Forbidden secret_key=***") == 2
