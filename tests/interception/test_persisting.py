"""Cassette files: errors are reported with their place, and files are written completely, in UTF-8, and without secrets."""

import errno
import gzip
import json
import os

import httpx
import pytest
import requests
from tapes import HOST, PLAIN, interaction
from vcr.cassette import Cassette

from pytest_pcerrors import UsageError, read_archive
from pytest_pcerrors.exchange.encodings import encode
from pytest_pcerrors.redaction import Redaction

REQUEST = "request: {method: GET, uri: 'https://host/v1'}"
RESPONSE = "response: {status: {code: 404, message: x}, headers: {}, body: {string: ''}}"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"interactions: [\xff", "tape.yaml: not a YAML cassette: "),
        (b"interactions:\n- {a: 'b", "tape.yaml:2: not a YAML cassette: "),
        (b"[]", "tape.yaml: not a cassette: expected a mapping with interactions, found an array"),
        (b"- request: 1", "tape.yaml: not a cassette: expected a mapping with interactions"),
        (b"interactions: 3", "tape.yaml:1: expected a list of exchanges"),
        (b"interactions:\n- 7", "tape.yaml:2: expected an interaction, a mapping with request and response"),
        (f"interactions:\n- {RESPONSE}".encode(), "tape.yaml:2: "),
        (f"interactions:\n- {REQUEST}".encode(), 'tape.yaml:2: the response has no "status"'),
        (f"interactions:\n- {REQUEST}\n  response: {{status: {{code: x}}}}".encode(), "tape.yaml:2: expected a status as a number"),
        (b"interactions: " + b"[" * 5000, "tape.yaml:"),
        (f"interactions:\n- {REQUEST.replace('host', '[host')}\n  {RESPONSE}".encode(), "tape.yaml:2: the URL of the request is invalid"),
        (f"interactions:\n- {REQUEST.replace('host', 'host:99999')}\n  {RESPONSE}".encode(), "tape.yaml:2: the URL of the request is invalid"),
        (f"interactions:\n- {REQUEST}\n  status: 404\n  headers: {{}}".encode(), "tape.yaml:2: an interaction without a re"),
        (b"interactions: !!python/object/apply:os.system ['true']", "tape.yaml:1: "),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["none", "new_episodes"])
def test_a_file_that_is_no_cassette_is_reported_and_left_as_it_is(tape, tmp_path, data, said, mode):
    """With its place; recording does not take it for an empty one."""
    (tmp_path / "tape.yaml").write_bytes(data)
    with pytest.raises(UsageError) as caught, tape(mode):
        pass
    assert str(caught.value).startswith(said)
    assert (tmp_path / "tape.yaml").read_bytes() == data


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "tape.json: not JSON: "), ("[]", "tape.json: not a cassette: "), ('{"interactions": 3}', "tape.json: not a cassette: "), ('{"interactions": [3]}', "tape.json#/interactions/0: expected an interaction")],
)  # fmt: skip
def test_a_broken_json_cassette_is_told(tape, tmp_path, text, said):
    """With a pointer to the interaction."""
    (tmp_path / "tape.json").write_text(text)
    with pytest.raises(UsageError, match=f"^{said}"), tape(name="tape.json"):
        pass


@pytest.mark.parametrize("data", [b"", b" \n"])
def test_an_empty_file_is_recorded_into(tape, tmp_path, service, data):
    """It holds nothing that could be lost; in replay it is reported."""
    (tmp_path / "tape.yaml").write_bytes(data)
    with tape(), pytest.raises(Exception, match=r"tape.yaml is empty"):
        requests.get(service.url, timeout=5)
    with tape("once"):
        requests.get(service.url, timeout=5)
    assert len(list(read_archive(tmp_path / "tape.yaml"))) == 1


def test_a_folder_in_the_place_of_a_cassette_is_misuse(tape, tmp_path):
    """As is a folder that cannot be made."""
    (tmp_path / "tape.yaml").mkdir()
    with pytest.raises(UsageError, match=f"^tape.yaml: cannot be read: {os.strerror(errno.EISDIR)}$"), tape():
        pass
    (tmp_path / "file").touch()
    with (
        pytest.raises(UsageError, match=f"cannot be created: {os.strerror(errno.ENOTDIR)}"),
        tape("rewrite", name="file/deep/tape.yaml") as cassette,
    ):
        cassette.dirty = True


@pytest.mark.posix
@pytest.mark.parametrize("mode", ["none", "rewrite"])
def test_a_named_pipe_in_the_place_of_a_cassette_is_not_waited_for(tape, tmp_path, service, mode):
    """Neither to read it nor to write it."""
    os.mkfifo(tmp_path / "tape.yaml")
    with pytest.raises(UsageError, match=r"^tape.yaml: not a regular file"), tape(mode):
        requests.get(service.url, timeout=5)


def test_bytes_that_json_cannot_hold_are_misuse(tape, tmp_path, service):
    """The YAML cassette holds them."""
    service.encode = lambda body: b"\xff" * len(body)
    with tape("once"):
        requests.get(service.url, timeout=5)
    assert next(read_archive(tmp_path / "tape.yaml")).body.startswith(b"\xff")
    with (
        pytest.raises(UsageError, match=r"^tape\.json: cannot be written: "),
        tape("once", name="tape.json"),
    ):
        requests.get(service.url, timeout=5)


def test_a_cassette_is_written_as_utf_8_wherever(tape, tmp_path, service, monkeypatch):
    """Vcrpy asks the locale."""
    import locale

    monkeypatch.setattr(locale, "getpreferredencoding", lambda *_: "latin-1")
    service.encode = lambda body: body.decode().replace("Busy", "Zo\u00eb").encode()
    with tape("once"):
        requests.get(service.url, timeout=5)
    assert "Zo\u00eb".encode() in next(read_archive(tmp_path / "tape.yaml")).body


def test_what_vcrpy_wrote_replays_and_what_we_wrote_replays_in_vcrpy(tape, tmp_path, service):
    """The format is vcrpy's."""
    import vcr

    with vcr.use_cassette(str(tmp_path / "tape.yaml")):
        theirs = requests.get(service.url, timeout=5).content
    with tape():
        assert requests.get(service.url, timeout=5).content == theirs
    with tape("rewrite"):
        ours = requests.get(service.url, timeout=5).content
    with vcr.use_cassette(str(tmp_path / "tape.yaml"), record_mode="none"):
        assert requests.get(service.url, timeout=5).content == ours


def test_a_recording_of_old_is_cleaned_when_it_is_written_again(tape, write, service, tmp_path):
    """All of the file goes through the same function, not only what is new; and it replays before and after."""
    write(
        interaction(
            "/v1?sig=s3cr3t",
            answer=b'{"access_token": "s3cr3t"}',
            headers={"Authorization": ["Bearer s3cr3t-000"]},
            host=PLAIN,
        )
    )
    with tape("new_episodes"):
        assert requests.get(f"{PLAIN}/v1?sig=s3cr3t", timeout=5).json() == {"access_token": "s3cr3t"}
        requests.get(service.url, timeout=5)
    assert b"s3cr3t" not in (tmp_path / "tape.yaml").read_bytes()
    with tape():
        assert requests.get(f"{PLAIN}/v1?sig=another", timeout=5).json() == {"access_token": "***"}


def test_the_settings_of_redaction_hold(tape, service, tmp_path):
    """Names, patterns and pseudonyms, in what is stored and in what is asked."""
    redaction = Redaction(names=("ticket",), tenant_ids=True)
    tenant = "0c39d6d5-f9c3-4d2a-9d0f-5a0f2d1c7e11"
    with tape("once", redaction=redaction):
        requests.get(f"{service.url}/v1/customers/{tenant}?ticket=7up", timeout=5)
    text = (tmp_path / "tape.yaml").read_text("utf-8")
    assert tenant not in text
    assert "ticket=***" in text
    with tape(redaction=redaction) as cassette:
        requests.get(f"{service.url}/v1/customers/{tenant.upper()}?ticket=8up", timeout=5)
    assert cassette.all_played


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate", "zstd", "br"])
def test_an_encoded_body_is_stored_as_it_was_before(tape, service, tmp_path, encoding):
    """So that it can be searched, and read in a diff; the client receives what the server sent."""
    sent = encode(json.dumps({"access_token": "s3cr3t"}).encode(), (encoding,))
    service.encode = lambda body: sent
    service.headers = {"Content-Encoding": encoding.removeprefix("raw "), "Content-Length": str(len(sent))}
    with tape("once"):
        assert httpx.get(service.url).content in (b'{"access_token": "s3cr3t"}', sent)
    [stored] = read_archive(tmp_path / "tape.yaml")
    assert stored.body == b'{"access_token": "***"}'
    assert (stored.header("Content-Encoding"), stored.header("Content-Length")) == (None, "23")
    with tape():
        assert httpx.get(service.url).json() == {"access_token": "***"}


def test_a_file_that_is_compressed_stays_a_file(tape, service, tmp_path):
    """Only the encoding that the header declares is undone."""
    file = gzip.compress(b"lines", mtime=0)
    service.encode = lambda body: gzip.compress(file)
    service.headers = {"Content-Encoding": "gzip", "Content-Length": str(len(gzip.compress(file)))}
    for mode in ("once", "none"):
        with tape(mode):
            assert requests.get(service.url, timeout=5).content == file


def test_an_encoding_that_cannot_be_searched_is_not_recorded(tape, service, tmp_path):
    """It might hold a secret."""
    service.headers, service.encode = {"Content-Encoding": "compress"}, lambda body: b"\xff" * len(body)
    with tape("once") as cassette:
        requests.get(service.url, timeout=5)
    [problem] = cassette.failures
    assert str(problem) == (
        "a body in the content encoding 'compress' cannot be searched for secrets, so it is not recorded: "
        "encoded as compress, which is not supported"
    )
    assert not (tmp_path / "tape.yaml").exists()


def test_a_body_that_only_claims_to_be_encoded_is_stored_as_it_is(tape, service, tmp_path):
    """Some clients decode before vcrpy sees it."""
    import http.client

    service.headers = {"Content-Encoding": "gzip"}
    with tape("once"):
        connection = http.client.HTTPConnection(service.url.removeprefix("http://"))
        connection.request("GET", "/")
        connection.getresponse().read()
        connection.close()
    assert next(read_archive(tmp_path / "tape.yaml")).body.startswith(b'{"code"')


def test_a_response_keeps_its_headers_however_often_it_is_played(tape, write, service, tmp_path):
    """Vcrpy takes Transfer-Encoding out of what it replays, and would write the rest."""
    item = interaction(host=PLAIN)
    item["response"]["headers"] = {"Transfer-Encoding": ["chunked"]}
    write(item)
    with tape("new_episodes"):
        requests.get(f"{PLAIN}/v1/customers", timeout=5)
        requests.get(service.url, timeout=5)
    assert next(read_archive(tmp_path / "tape.yaml")).header("Transfer-Encoding") == "chunked"


def test_the_cassette_is_one_of_vcrpy(tape, write):
    """Its interface is that of vcrpy."""
    write(interaction())
    with tape() as cassette:
        assert isinstance(cassette, Cassette)
        assert (len(cassette), cassette.play_count, cassette.all_played) == (1, 0, False)
        assert cassette.requests[0] in cassette
        assert cassette.responses_of(cassette.requests[0])[0]["status"]["code"] == 409


PACKED = gzip.compress(b'{"code": "1"}')
OLD_FORMS = {
    "httpx before vcrpy 6": ({"headers": {"Via": "x"}, "content": '{"code": "1"}', "http_version": "HTTP/1.1"}, b'{"code": "1"}'),
    "httpx, compressed": ({"headers": {"content-encoding": "gzip"}, "content": PACKED}, b'{"code": "1"}'),
    "base64": ({"headers": {}, "body": {"base64_string": "eyJhIjogMX0="}}, b'{"a": 1}'),
    "never read by aiohttp": ({"headers": {}, "body": {}}, b""),
}  # fmt: skip


@pytest.mark.parametrize(("form", "body"), OLD_FORMS.values(), ids=OLD_FORMS)
def test_a_response_in_another_form_replays(tape, write, form, body):
    """As older versions have recorded it; decoded, as vcrpy does it when it plays."""
    status = {"status_code": 409} if "content" in form else {"status": {"code": 409, "message": "Conflict"}}
    write(interaction() | {"response": status | form})
    with tape():
        response = httpx.get(f"{HOST}/v1/customers")
    assert (response.status_code, response.content) == (409, body)


def test_a_text_in_an_encoding_that_is_invalid_is_recorded(tape, service, tmp_path):
    """Some servers call UTF-8 one; it can be searched."""
    service.headers = {"Content-Encoding": "utf-8"}
    with tape("once"):
        requests.get(service.url, timeout=5)
    assert next(read_archive(tmp_path / "tape.yaml")).body.startswith(b'{"code"')


def test_what_is_not_recorded_is_handed_on_in_any_encoding(tape, service, received):
    """Requests that vcrpy ignores, and those of a cassette that is not saved."""
    service.headers, service.encode = {"Content-Encoding": "compress"}, lambda body: b"\xff" * len(body)
    with tape("once", ignore_hosts=["127.0.0.1"]):
        requests.get(service.url, timeout=5)
    assert received == []
    with tape("all", is_kept=False):
        requests.get(service.url, timeout=5)
    assert [each.origin for each in received] == [None]


def test_a_hook_that_changes_what_is_stored_leaves_the_client_its_answer(tape, service, tmp_path):
    """It works on a copy."""

    def emptied(response):
        response["body"]["string"] = b"{}"
        return response

    with tape("once", before_record_response=emptied):
        assert requests.get(service.url, timeout=5).json()["code"] == "1"
    assert next(read_archive(tmp_path / "tape.yaml")).body == b"{}"


def test_hooks_see_what_is_recorded_and_not_what_is_loaded(tape, service):
    """The file has what they made, so replay is what the file says; it is matched with what they make of the request."""

    def shouted(response):
        response["body"]["string"] += b"!"
        return response

    def moved(request):
        request.uri += "/moved"
        return request

    hooks = {"before_record_response": shouted, "before_record_request": moved}
    with tape("once", **hooks):
        received = requests.get(service.url, timeout=5).content
    for _ in range(2):
        with tape("new_episodes", **hooks) as cassette:
            assert requests.get(service.url, timeout=5).content == received + b"!"
    assert cassette.all_played
    assert len(service.asked) == 1


def test_a_filter_holds_for_what_was_recorded_without_it(tape, service):
    """A parameter that is not compared any more, say."""
    with tape("once"):
        requests.get(f"{service.url}/v1?nonce=1", timeout=5)
    with tape(filter_query_parameters=["nonce"]) as cassette:
        requests.get(f"{service.url}/v1?nonce=2", timeout=5)
    assert cassette.all_played


def test_headers_in_bytes_are_recorded(tape, service, tmp_path):
    """Clients that sign requests send such."""
    with tape("once"):
        requests.get(service.url, headers={"X-Name": "caf\u00e9".encode("latin-1")}, timeout=5)
    assert next(read_archive(tmp_path / "tape.yaml")).request.headers.get("X-Name") == "caf\u00e9"


def test_the_first_of_several_request_headers_counts(tape, write):
    """As for vcrpy, which knows one of each."""
    write(interaction(headers={"X-Part": ["one", "two"]}))
    with tape() as cassette:
        assert dict(cassette.requests[0].headers) == {"X-Part": "one"}


@pytest.mark.parametrize("before", [None, PLAIN])
@pytest.mark.parametrize("mode", ["once", "new_episodes", "all"])
def test_a_change_of_another_process_is_not_lost(tape, write, service, tmp_path, mode, before):
    """A file that was written while a cassette was open stays, and the recording that would replace it is an error; a removed file is written."""
    if before and mode != "once":
        write(interaction(host=before))

    def record_and_write():
        with tape(mode):
            requests.get(f"{service.url}/mine", timeout=5)
            write(interaction("/theirs"))

    with pytest.raises(UsageError, match=r"^tape\.yaml: was changed during the test, .*one after the other"):
        record_and_write()
    assert [each.request.url for each in read_archive(tmp_path / "tape.yaml")] == [f"{HOST}/theirs"]
    with tape("new_episodes"):
        requests.get(f"{service.url}/mine", timeout=5)
        (tmp_path / "tape.yaml").unlink()
    assert f"{service.url}/mine" in [each.request.url for each in read_archive(tmp_path / "tape.yaml")]
