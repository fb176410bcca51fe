"""No secret reaches the disk, a report, the log or a failure: two hundred secrets, in every place and spelling; the rest stays."""

import base64
import itertools
import json
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import pytest

from pytest_pcerrors import read_archive

pytestmark = pytest.mark.untraced

NAMES = [
    "access_token", "AccessToken", "REFRESH_TOKEN", "refresh-token", "id_token", "client_secret", "clientSecret",
    "Client-Secret", "CLIENT_SECRET", "api_key", "apiKey", "X-API-KEY", "apikey", "Ocp-Apim-Subscription-Key", "password",
]  # fmt: skip


class Secrets:
    """Secrets of several looks, each used once; `.made` has them all, and how each might be written."""

    def __init__(self):
        self.made = []
        self._chance = random.Random(7)
        self._kinds = itertools.cycle([self._hex, self._urlsafe, self._base64, self._azure])

    def __call__(self):
        """Make a secret."""
        return self._keep(next(self._kinds)())

    def jwt(self):
        """Make a JSON Web Token."""
        parts = (
            base64.urlsafe_b64encode(json.dumps({"alg": "none", "n": self._hex()}).encode()).decode().rstrip("=")
            for _ in range(3)
        )
        return self._keep(".".join(parts))

    def _keep(self, secret):
        self.made.append(secret)
        return secret

    def _hex(self):
        return f"{self._chance.getrandbits(128):032x}"

    def _urlsafe(self):
        return base64.urlsafe_b64encode(self._chance.randbytes(24)).decode()

    def _base64(self):
        return base64.b64encode(self._chance.randbytes(20)).decode()

    def _azure(self):
        return f"abc8Q~{self._hex()}"


def plan(secret):
    """Yield what is asked and what is answered, with secrets in both."""
    as_json, form = (
        {"Content-Type": "application/json; charset=utf-8"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    for name in NAMES:
        yield {
            "query": {name: secret(), "size": "3"},
            "headers": {name: secret(), "Authorization": f"Bearer {secret()}", "Cookie": f"theme=dark; sid={secret()}"}
            | as_json,
            "body": json.dumps({"cart": [{"deep": {name: secret()}}], "note": f"called with Bearer {secret.jwt()}"}),
            "answer": json.dumps(
                {name: secret(), "list": [{name.upper(): secret()}], "link": f"https://h/v1?sig={secret()}&a=1"}
            ),
            "answer_headers": [
                ("Set-Cookie", f"sid={secret()}; Path=/; HttpOnly"),
                ("Set-Cookie", f"auth={secret()}"),
                ("X-Trace", f"Bearer {secret()}"),
                *as_json.items(),
            ],
        }
        yield {
            "query": {"q": secret.jwt()},
            "headers": {"authorization": f"Basic {secret()}"} | form,
            "body": urlencode({"grant_type": "client_credentials", name: secret()}),
            "answer": f"<html>{secret.jwt()}</html>",
            "answer_headers": [("Location", f"/next#access_token={secret()}"), ("Content-Type", "text/html")],
        }


TEST = """
import json, pathlib, requests

def ask(path):
    with requests.Session() as session:
        for number, each in enumerate(json.loads(pathlib.Path(PLAN).read_text())):
            session.post(f"{URL}{path}/{number}", params=each["query"], headers=each["headers"], data=each["body"], allow_redirects=False, timeout=9)

def test_all(pc_cassette):
    ask("/v1")

def test_with_httpx(pc_cassette):
    import httpx
    with httpx.Client(verify=False) as client:
        for number, each in enumerate(json.loads(pathlib.Path(PLAN).read_text())):
            client.post(f"{URL}/v2/{number}", params=each["query"], headers=each["headers"], content=each["body"])
"""


@pytest.fixture
def service(tmp_path_factory):
    """Run a service that answers as planned, and yield the secrets of the plan."""
    secret = Secrets()
    planned = list(plan(secret))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            each = planned[int(self.path.partition("?")[0].rpartition("/")[2])]
            body = each["answer"].encode()
            self.send_response(400)
            for name, value in [*each["answer_headers"], ("Content-Length", str(len(body)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    file = tmp_path_factory.mktemp("plan") / "plan.json"
    file.write_text(json.dumps(planned))
    yield f"http://127.0.0.1:{server.server_address[1]}", file, secret.made
    server.shutdown()
    server.server_close()


def test_nothing_that_is_written_or_printed_holds_a_secret(pytester, service, monkeypatch):
    """Recorded, replayed, not answered, and breaking the contract, with every log line there is."""
    monkeypatch.delenv("CI", raising=False)
    url, file, secrets = service
    assert len(secrets) >= 200
    pytester.makepyprojecttoml('[tool.pcerrors]\nhosts = ["127.0.0.1"]')
    pytester.makepyfile(test_shop=f"PLAN, URL = {str(file)!r}, {url!r}\n{TEST}")
    told = ["--log-level=DEBUG", "--log-file=log.txt", "--log-file-mode=a", "--junitxml=report.xml", "-rA"]
    printed = [pytester.runpytest(*told, "--pc-record=once"), pytester.runpytest(*told, "--pc-watch")]
    pytester.makepyfile(
        test_shop=f"PLAN, URL = {str(file)!r}, {url!r}\n{TEST.replace('/v1', '/gone').replace('/v2', '/gone')}"
    )
    printed.append(pytester.runpytest(*told))
    assert [each.parseoutcomes() for each in printed] == [{"failed": 2}] * 3
    texts = {path: path.read_bytes() for path in pytester.path.rglob("*") if path.is_file()}
    texts |= {f"run {number}": (each.stdout.str() + each.stderr.str()).encode() for number, each in enumerate(printed)}
    assert len([path for path in texts if str(path).endswith(".yaml")]) == 2
    assert [b"no recording answers" in texts[f"run {number}"] for number in range(3)] == [False, False, True]
    assert b"/v1/0" in texts[pytester.path / "log.txt"]
    found = {(str(name), secret) for name, text in texts.items() for secret in secrets if secret.encode() in text}
    assert found == set()
    assert not [secret for secret in secrets if any(secret[:24].encode() in text for text in texts.values())]
    assert_the_rest_is_recorded(next(read_archive(pytester.path / "cassettes/test_shop/test_all.yaml")), url)


def assert_the_rest_is_recorded(first, url):
    """Assert that names, order, and everything else that is not secret is in the first exchange as it was received."""
    assert first.request.url == f"{url}/v1/0?access_token=***&size=3"
    assert first.request.headers.get("Cookie") == "theme=***; sid=***"
    assert json.loads(first.request.body) == {
        "cart": [{"deep": {"access_token": "***"}}],
        "note": "called with Bearer ***",
    }
    assert json.loads(first.body) == {
        "access_token": "***",
        "list": [{"ACCESS_TOKEN": "***"}],
        "link": "https://h/v1?sig=***&a=1",
    }
    assert first.headers.all("Set-Cookie") == ["sid=***; Path=/; HttpOnly", "auth=***"]
    assert first.headers.get("Content-Length") == str(len(first.body))
