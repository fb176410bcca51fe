"""Recordings of other tools are read: cassettes of the VCR family, stubs, collections, and flows."""

import gzip
import io
import json
from pathlib import Path

import pytest
import yaml

from pytest_pcerrors import Exchange, read_archive
from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.files import archive_files, file_items, stream_items
from pytest_pcerrors.exchange.archives.items import Skipped

SAMPLES = Path(__file__).parent / "samples"
BUSY = b'{"code": "800064", "description": "Cart 7 is being changed", "source": "PartnerFD"}'
CHECKOUT = "POST https://api.partnercenter.microsoft.com/v1/customers/4/carts/7/checkout"
LOGIN = "POST https://login.microsoftonline.com/common/oauth2/token"
STUB = "POST /v1/customers/[0-9]+/carts/7/checkout"
TEMPLATE = "made from a template when it is served"
CASSETTES = {
    "vcr-rb/cart.yml": (":3", ":24"),
    "vcr-rb/cart.json": ("#/http_interactions/0", "#/http_interactions/1"),
    "vcr-r/cart.yml": (":2", ":23"),
    "betamax/cart.json": ("#/http_interactions/0", "#/http_interactions/1"),
    "schemathesis/cassette.yaml": (":5", ":43"),
    "go-vcr/version-1.yaml": (":4", ":20"),
    "go-vcr/version-2.yaml": (":4", ":30"),
    "php-vcr/cart.yml": (":3", ":22"),
    "php-vcr/cart.json": ("#/0", "#/1"),
    "easyvcr/cart.json": ("#/0", "#/1"),
}


def seen(file):
    """Return the items of a sample: origin, then status, request and problem of the body, or what is wrong."""
    return [_seen(item, file.name) for item in file_items(file, file.name)]


def _seen(item, name):
    match item:
        case Skipped():
            return item.origin.removeprefix(name), "skipped"
        case ArchiveError():
            return item.place.removeprefix(name), item.problem
        case _:
            asked = f"{item.request.method} {item.request.url.partition('?')[0]}"
            return item.origin.removeprefix(name), item.status, asked, item.body_problem


@pytest.mark.parametrize(("name", "places"), CASSETTES.items(), ids=CASSETTES)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_cassette_has_the_exchanges_that_its_tool_recorded(name, places, pack):
    """With the places, bodies and reason phrases, also from standard input and compressed."""
    data = pack((SAMPLES / name).read_bytes())
    for called in (name, "-"):
        busy, signed_in = [each for each in stream_items(io.BytesIO(data), called) if not isinstance(each, Skipped)]
        assert (busy.status, busy.reason, busy.body) == (409, "Conflict", BUSY)
        assert (busy.media_type, busy.request.headers.get("Authorization")[:7]) == ("application/json", "Bearer ")
        assert [f"{each.request.method} {each.request.url}" for each in (busy, signed_in)] == [CHECKOUT, LOGIN]
        assert (signed_in.status, json.loads(signed_in.body)["expires_in"]) == (200, 3599)
        assert [each.origin for each in (busy, signed_in)] == [f"{called}{place}" for place in places]


def test_a_header_that_curl_did_not_send_is_left_out():
    """Php-vcr keeps its name, without a value."""
    request = {"url": "/", "method": "GET", "headers": {"Expect": None, "Accept": "*/*"}}
    for each in (request, {**request, "headers": []}, 3):
        interaction = {"request": each, "response": {"status": {"http_version": "1.1", "code": "404"}}}
        item = next(stream_items(io.BytesIO(json.dumps([interaction]).encode()), "a.json"))
        assert isinstance(item, ArchiveError) == (each == 3)
        assert each is not request or list(item.request.headers) == [("Accept", "*/*")]


def test_an_unanswered_request_of_schemathesis_is_skipped():
    """The server did not answer; that is not a broken recording."""
    assert [isinstance(each, Skipped) for each in file_items(SAMPLES / "schemathesis/cassette.yaml")] == [0, 1, 0]


@pytest.mark.parametrize(
    ("response", "status", "reason", "body"),
    [
        ({"code": 404, "status": "404 Not Found", "body": "x"}, 404, "Not Found", b"x"),
        ({"code": "404", "status": "Not Found"}, 404, "Not Found", b""),
        ({"code": 404, "status": "", "body": None, "headers": None}, 404, None, b""),
        ({"code": 404}, 404, None, b""),
        ({"code": 404, "status": 4}, 404, None, b""),
        ({"status": {"code": "404", "message": "", "http_version": "1.1"}}, 404, "", b""),
        ({"status": {"code": 404}, "curl_info": {}, "body": "x"}, 404, None, b"x"),
        ({"status_code": 404, "url": "/", "body": {"base64_string": "eA==", "encoding": "utf-8"}}, 404, None, b"x"),
        (
            {"status": {"status_code": "404", "message": "Gone"}, "body": {"file": False, "string": "x"}},
            404,
            "Gone",
            b"x",
        ),
        ({"status": {"status_code": 404}, "body": {"base64_string": "eA=="}}, 404, None, b"x"),
        (
            {"status": {"status_code": 404, "reason": "Gone", "message": "Client error: (404) Gone"}, "body": {}},
            404,
            "Gone",
            b"",
        ),
        ({"status": 404, "body": {"string": "x"}}, 404, None, b"x"),
        ({"status": 404, "body": {"raw_gzip": "eJyrAAAAeQB5"}}, 404, None, b"x"),
    ],
)
def test_a_response_has_the_form_of_its_tool(response, status, reason, body):
    """Go-vcr keeps the code apart from the status line, as an old Betamax does; php-vcr leaves out an empty body; R compresses some."""
    document = [
        {"request": {"method": "GET", "url": "/v1"}, "response": response, "recorded_at": "2025-05-09 14:34:40"}
    ]
    [exchange] = stream_items(io.BytesIO(json.dumps(document).encode()), "a.json")
    assert (exchange.status, exchange.reason, exchange.body, exchange.body_problem) == (status, reason, body, None)


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
@pytest.mark.parametrize(
    "response",
    [
        {"status": {"status_code": "404"}, "body": {"encoding": "", "file": True, "string": "bodies/a.json"}},
        {"status": {"status_code": "404"}, "body": {"on_disk": "bodies/a.json"}},
        {"status": 404, "body": {"on_disk": "bodies/a.json"}},
    ],
)
def test_a_body_that_r_keeps_in_a_file_of_its_own_is_unknown(response, write):
    """It is not the path of that file."""
    interaction = {
        "request": {"method": "get", "uri": "/v1"},
        "response": response,
        "recorded_at": "2022-11-09 13:19:43 GMT",
    }
    name = "a.json" if write is json.dumps else "a.yml"
    [exchange] = stream_items(io.BytesIO(write({"http_interactions": [interaction]}).encode()), name)
    assert (exchange.status, exchange.body, exchange.body_problem) == (404, b"", "not kept in the recording")
    assert exchange.recorded_at.isoformat() == "2022-11-09T13:19:43+00:00"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("http_interactions:\n- 3\n- request: {uri: /, method: get}\n  response: {status: {code: 204}}\n", [":2", 204]),
        ("- request: {url: /}\n  response: {status: {code: 204}}\n- [x]\n- 3: *x\n", [204, ":3", ":4"]),
        ("- request: {url: /}\n  response: {status: {code: 204}}\n---\n- x\n", [204, ":3"]),
        ("- request: {url: /}\n  response: {status: {code: 204}}\n- {\n", [204, ":4"]),
        ("http_interactions: 3\n", [":1"]),
        ("http_interactions: []\n", []),
        ("- hosts: all\n  tasks: []\n", [""]),
        ("- request: {url: /}\n", [""]),
    ],
)
def test_a_broken_entry_costs_only_itself(text, found):
    """It is named with its line; a list of something else is one error, as any other file is."""
    items = list(stream_items(io.BytesIO(text.encode()), "a.yaml"))
    assert [
        each.place.removeprefix("a.yaml") if isinstance(each, ArchiveError) else each.status for each in items
    ] == found


def test_polly_can_write_yaml():
    """HAR in YAML has the exchanges, places and unknown bodies of HAR in JSON."""
    document = json.loads((SAMPLES / "polly/recording.har").read_text())
    entries = document["log"]["entries"]
    entries += [{**entries[0], "response": {"status": 0}}, {**entries[0], "response": None}, 3]
    entries.append({**entries[0], "response": {**entries[0]["response"], "content": {"size": 88}}})
    in_yaml, in_json = (
        list(stream_items(io.BytesIO(write(document).encode()), name))
        for write, name in ((yaml.safe_dump, "a.har.yaml"), (json.dumps, "a.har"))
    )
    assert [getattr(each, "status", type(each)) for each in in_yaml] == [
        *(409, 200, 200, Skipped, Skipped, ArchiveError, 409)
    ]
    assert [each.at(None) for each in in_yaml if isinstance(each, Exchange)] == [
        each.at(None) for each in in_json if isinstance(each, Exchange)
    ]
    assert in_yaml[-1].body_problem == "not kept in the recording"


@pytest.mark.parametrize("text", ["log: {level: info}", "log: info", "log: {level: info}\nname: x"])
def test_another_log_in_yaml_is_no_recording(text):
    """Many configurations have a member of this name."""
    [error] = stream_items(io.BytesIO(text.encode()), "a.yaml")
    assert "expected the key interactions, found log" in error.problem


def test_an_unknown_format_is_named_with_those_that_are_known():
    """The names are those of the documentation."""
    for name, data in (("a.json", b'{"a": 1}'), ("a.yaml", b"a: 1"), ("b.json", b'{"imposters": []}')):
        [error] = stream_items(io.BytesIO(data), name)
        assert "go-vcr" in str(error)
        assert "Postman collections" in str(error)


WIREMOCK = [
    ("#/mappings/0", 200, LOGIN, None),
    ("#/mappings/1", 404, "GET /v1/customers/5", None),
    ("#/mappings/2", "skipped"),
    ("#/mappings/3", 500, "ANY /", None),
    ("#/mappings/4", 404, "GET /v1/customers/{id}", TEMPLATE),
    ("#/mappings/5", 404, "GET /v1/customers/9", "in the file ../secret.json, which was not found"),
    ("#/mappings/6", 404, "GET /v1/customers/10", TEMPLATE),
    ("#/mappings/7", "skipped"),
    ("#/mappings/8", "expected a status as a number such as 409, got str"),
    ("#/mappings/9", "expected a mapping of WireMock, with request and response, got a string"),
]
WIREMOCK_NET = [
    ("#/0", 200, "POST /common/oauth2/token", None),
    ("#/1", 404, "ANY /v1/customers/5", None),
    ("#/2", "skipped"),
    ("#/3", 500, "ANY /", None),
    ("#/4", 404, "ANY /v1/customers/7", TEMPLATE),
    ("#/5", "expected a mapping of WireMock.Net, with Request and Response, got an object with Request, Response"),
]  # fmt: skip
POSTMAN = [
    ("/item/0/item/0/response/0", 409, CHECKOUT, None),
    ("/item/0/item/0/response/1", "skipped"),
    ("/item/0/item/0/response/2", "expected an example of a Postman collection, with code and body, got a string"),
    ("/item/1/response/0", 200, LOGIN, None),
    ("/item/2/response/0", 404, "GET /v1/customers", None),
]  # fmt: skip
POSTMAN_2_0 = [(f"#/collection{place}", *rest) for place, *rest in POSTMAN]
POSTMAN_2_0[3] = (POSTMAN_2_0[3][0], 200, LOGIN.replace("POST", "GET"), None)
DOCUMENTS = {
    "wiremock/mappings/checkout.json": [(":1", 409, STUB, None)],
    "wiremock/mappings/bundle.json": WIREMOCK,
    "wiremock-net/mappings/checkout.json": [(":1", 409, STUB, None)],
    "wiremock-net/mappings/several.json": WIREMOCK_NET,
    "postman/collection-2.1.json": [(f"#{place}", *rest) for place, *rest in POSTMAN],
    "postman/collection-2.0.json": POSTMAN_2_0,
    "polly/recording.har": [("#/log/entries/0", 409, CHECKOUT, None), ("#/log/entries/1", 200, LOGIN, None), ("#/log/entries/2", 200, LOGIN, None)],
}  # fmt: skip


@pytest.mark.parametrize(("name", "items"), DOCUMENTS.items(), ids=DOCUMENTS)
def test_a_document_has_the_exchanges_that_it_describes(name, items):
    """Faults and proxies have no response, templates and missing files no body; a broken entry costs only itself."""
    assert seen(SAMPLES / name) == items


@pytest.mark.parametrize(
    "name",
    ["wiremock/mappings/checkout.json", "wiremock-net/mappings/checkout.json", "postman/collection-2.1.json"],
)
def test_a_response_is_complete(name):
    """A JSON body is text, and headers may have one value or several."""
    for called in (str(SAMPLES / name), "-"):
        busy = next(stream_items(io.BytesIO((SAMPLES / name).read_bytes()), called))
        assert (busy.status, busy.media_type, busy.body) == (409, "application/json", BUSY)


def test_a_body_in_a_file_is_read_with_the_stub_that_names_it():
    """From the folder beside the mappings, or, as WireMock.Net has it, from the folder of the mappings."""
    for name in ("wiremock/mappings/bundle.json", "wiremock-net/mappings/several.json"):
        missing = list(file_items(SAMPLES / name, "elsewhere.json"))[1]
        assert json.loads(missing.body)["code"] == "2002"


def test_the_folder_of_bodies_is_not_searched_for_recordings():
    """Its files are no recordings, and not errors."""
    assert [each.name for each in archive_files(SAMPLES / "wiremock")] == ["bundle.json", "checkout.json"]


@pytest.mark.parametrize(("content", "problem"), [(b"busy", None), (None, "in the file big.txt, which was not found")])
def test_a_body_file_is_found_beside_a_mapping_without_a_folder(tmp_path, content, problem):
    """A folder of that name is not a file."""
    file = tmp_path / "__files" / "big.txt"
    file.parent.mkdir()
    file.write_bytes(content) if content else file.mkdir()
    stub = b'{"request": {"url": "/"}, "response": {"bodyFileName": "big.txt"}}'
    for name, data in (("a.json", stub), ("a.json.gz", gzip.compress(stub))):
        (tmp_path / name).write_bytes(data)
        [exchange] = file_items(tmp_path / name, "elsewhere.json")
        assert (exchange.body, exchange.body_problem) == (content or b"", problem)


def test_a_long_body_file_is_an_unknown_body(tmp_path, monkeypatch):
    """And a name that cannot be a path, is too long for one, or is a link to itself, is not found."""
    monkeypatch.setattr("pytest_pcerrors.exchange.archives.foreign._wiremock._MAX_BODY", 3)
    (tmp_path / "long.txt").write_text("busy")
    (tmp_path / "loop").symlink_to("loop")
    names = {"long.txt": "longer than 64 MiB", **dict.fromkeys(("a\0b", "x" * 300, "loop"), "which was not found")}
    for name, problem in names.items():
        (tmp_path / "a.json").write_text(json.dumps({"request": {"url": "/"}, "response": {"bodyFileName": name}}))
        [exchange] = read_archive(tmp_path / "a.json")
        assert exchange.body_problem.endswith(problem)


def stub(**members):
    """Return a mapping of WireMock with other members."""
    request, response = members.pop("request", {"url": "/v1"}), members.pop("response", {"status": 404})
    return {"request": request, "response": response, **members}


@pytest.mark.parametrize(
    "document",
    [
        stub(uuid="1"),
        stub(request={"urlPath": "/v1"}),
        stub(request={"url": "/v1", "headers": {"A": {"equalTo": "b"}}}),
        stub(response={"jsonBody": 3}),
        {"mappings": [3, stub()]},
        {"Request": {"Path": "/v1"}, "Response": {}},
        [{"Request": {"Url": "*"}, "Response": {"BodyAsJson": 3}}],
    ],
)
@pytest.mark.parametrize("name", ["a.json", "-"])
def test_stubs_are_detected(document, name):
    """In a file, and on one line of standard input."""
    items = list(stream_items(io.BytesIO(json.dumps(document).encode()), name))
    assert [each.status for each in items if not isinstance(each, ArchiveError)] in ([200], [404])


@pytest.mark.parametrize(
    "document",
    [
        {"request": {"url": "/v1"}, "response": {"status": 404, "body": "x"}},
        {"request": {"url": "/v1", "headers": {}}, "response": {"status": {"code": 404}}, "uuid": "1"},
        {"interactions": [{"request": {"url": "/v1"}, "response": {"status": 404, "body": "x"}}]},
    ],
)
def test_other_exchanges_are_read_as_before(document):
    """In our own form and in that of vcrpy."""
    [exchange] = stream_items(io.BytesIO(json.dumps(document).encode()), "a.json")
    assert exchange.status == 404


@pytest.mark.parametrize(
    "document",
    [
        {"mappings": []},
        {"mappings": [3]},
        {"mappings": {"_doc": {}}},
        {"request": 3, "response": {"jsonBody": 3}},
        {"Request": {}, "Response": {}},
        {"Request": 3, "Response": 3},
        {"info": {"title": "x"}, "item": []},
        {"info": 3, "item": []},
    ],
)
def test_other_documents_are_no_recordings_as_before(document):
    """Such as the mappings of a search engine."""
    for name, write in (("a.json", json.dumps), ("a.yaml", yaml.safe_dump)):
        items = list(stream_items(io.BytesIO(write(document).encode()), name))
        assert all(isinstance(each, ArchiveError) for each in items)


@pytest.mark.parametrize(
    ("request_", "url"),
    [
        ({"urlPath": "/v1", "host": {"equalTo": "api.example"}}, "https://api.example/v1"),
        ({"host": {"equalTo": "localhost"}, "urlPath": None}, "/"),
        ({"urlPath": "/v1", "host": {"matches": ".*"}}, "/v1"),
        ({"urlPath": "/v1", "host": "x", "headers": {"A": "b"}}, "/v1"),
        ({"urlPath": None}, "/"),
    ],
)
def test_the_url_of_a_stub(request_, url):
    """Without the host of the mock itself, so that the stub is judged."""
    [exchange] = stream_items(io.BytesIO(json.dumps(stub(request=request_)).encode()), "a.json")
    assert exchange.request.url == url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("{{base}}/v1", "https://api.example/v1"),
        ("https://{{host}}:443/v1?x={{y}}", "/v1?x={{y}}"),
        ("{{nested}}/v1", "/v1"),
        ("https://api.example/v1/{{id}}", "https://api.example/v1/{{id}}"),
        ("{{ base }}/v1/{{\tid}}/a", "https://api.example/v1/{{\tid}}/a"),
        ("x" * 100_000, "x" * 100_000),
        ("{{" + " " * 100_000, "/"),
        ("http://localhost:3000/v1", "/v1"),
        (None, "/"),
        ({"raw": "https://api.example/v1", "query": None}, "https://api.example/v1"),
        ({"path": ["v1"]}, "/"),
    ],
)
def test_the_url_of_an_example(url, expected):
    """With the variables of the collection; a host that is not known is left out, so that the example is judged."""
    example = {"originalRequest": {"url": url, "body": None}, "code": 404, "body": "x"}
    document = {
        "info": {"_postman_id": "1"},
        "variable": [{"key": "base", "value": "https://api.example"}, {"key": "nested", "value": "{{base}}"}, 3],
        "item": [{"response": [example]}, {"response": None, "item": 3}],
    }
    [exchange] = stream_items(io.BytesIO(json.dumps(document).encode()), "a.json")
    assert (exchange.request.url, exchange.headers) == (expected, None)
    del document["variable"], document["item"][0]["response"][0]["originalRequest"]
    [exchange] = stream_items(io.BytesIO(json.dumps(document).encode()), "a.json")
    assert exchange.request.url == "/"
