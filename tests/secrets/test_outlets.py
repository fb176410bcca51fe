"""Every secret at every outlet: what is stored, and whatever is shown of it; and every harmless value, which nothing changes."""

import logging
from types import SimpleNamespace

import pytest
import yaml
from sibling_harmless import values
from sibling_secrets import secrets
from vcr.request import Request as VcrRequest

from pytest_pcerrors import Contract, Exchange, Request, check
from pytest_pcerrors.cli.commands import run
from pytest_pcerrors.cli.serve import _log
from pytest_pcerrors.interception.interactions import redacted_request, redacted_response
from pytest_pcerrors.interception.logs import hiding_secrets
from pytest_pcerrors.interception.unmatched import UnansweredRequest
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.redaction.files.rewriting import rewritten
from pytest_pcerrors.reporting.failure import failure_text
from pytest_pcerrors.secrets.display import safe

URL = "https://api.partnercenter.microsoft.com/v1/x"
LEFT, CHANGED = 0.03, 0.02
SECRETS = list(secrets())
HARMLESS = [each for each in values() if len(each[2]) < 400]


def exchange_of(part, name, value):
    """Return an error response, or its request, with a value in its place."""
    url = value if part == "url" else URL
    headers = {name: value} if part == "header" else {}
    body = value if isinstance(value, bytes) else value.encode() if part == "body" else b'{"code": 1}'
    return Exchange(400, {"Content-Type": "application/json", **headers}, body, Request("POST", url, headers))


def as_cassette(exchange):
    """Return the text of a cassette with an exchange."""
    request = {"method": "POST", "uri": exchange.request.url, "headers": {}, "body": None}
    headers = {name: [value] for name, value in exchange.headers}
    response = {"status": {"code": 400, "message": "No"}, "headers": headers, "body": {"string": exchange.body}}
    return yaml.safe_dump({"version": 1, "interactions": [{"request": request, "response": response}]})


def failure(exchange):
    """Return the text of a failed assertion, and those of its violations."""
    return failure_text(exchange, check(exchange), Contract.default()) + "".join(map(str, check(exchange)))


def unmatched(exchange):
    """Return what is said of a request that no recording answers."""
    cassette = SimpleNamespace(
        rewound=True, name="a.yaml", command="pytest", play_counts={}, twins=lambda _: iter(()), differences=lambda _: (),
        __len__=None,
    )  # fmt: skip
    held = {name: staticmethod(each) if callable(each) else each for name, each in vars(cassette).items()}
    cassette = type("Held", (), {**held, "__len__": lambda _: 0})
    request = VcrRequest("POST", exchange.request.url, exchange.body, dict(exchange.request.headers))
    return str(UnansweredRequest(cassette(), redacted_request(request, Redaction())))


def logged(exchange, caplog):
    """Return what the loggers of HTTP clients write with a URL and headers."""
    caplog.clear()
    raw = [(name.encode(), value.encode()) for name, value in exchange.request.headers]
    with hiding_secrets(), caplog.at_level(logging.DEBUG):
        logging.getLogger("urllib3.connectionpool").debug('%s "POST %s HTTP/1.1" 400', "host:443", exchange.request.url)
        logging.getLogger("httpcore.http11").debug("send_request_headers.started headers=%r", raw)
    return caplog.text


def served(exchange, capsys):
    """Return the log line of the server."""
    path = exchange.request.url.partition("?")[0]
    _log(SimpleNamespace(method="POST", path=path, answer="400"))
    return capsys.readouterr().err


def stored(exchange):
    """Return what is written when it is recorded."""
    response = {
        "status": {"code": 400, "message": "No"},
        "headers": dict(exchange.headers),
        "body": {"string": exchange.body},
    }
    request = redacted_request(
        VcrRequest("POST", exchange.request.url, None, dict(exchange.request.headers)), Redaction()
    )
    return f"{request.uri} {request.headers} {redacted_response(response, Redaction())}"


OUTLETS = {
    "stored": lambda exchange, *_: stored(exchange),
    "redacted": lambda exchange, *_: str(
        yaml.safe_load(rewritten(as_cassette(exchange).encode(), "a.yaml", Redaction()).data)
    ),
    "failure": lambda exchange, *_: failure(exchange),
    "repr": lambda exchange, *_: f"{exchange!r} {exchange.request!r}",
    "unmatched": lambda exchange, *_: unmatched(exchange),
    "log": lambda exchange, caplog, _: logged(exchange, caplog),
    "server": lambda exchange, _, capsys: served(exchange, capsys),
}


@pytest.mark.parametrize("outlet", OUTLETS)
def test_no_outlet_shows_a_secret(outlet, caplog, capsys):
    """Nor most of one."""
    shown = [
        (part, name, value)
        for part, name, value, secret in SECRETS
        if secret[:18] in OUTLETS[outlet](exchange_of(part, name, value), caplog, capsys)
    ]
    assert len(shown) <= LEFT * len(SECRETS), "\n".join(str(each)[:200] for each in shown)


@pytest.mark.parametrize("outlet", OUTLETS)
def test_no_outlet_hides_what_is_harmless(outlet, caplog, capsys):
    """Nothing is hidden in any of it."""
    hidden = [
        (part, name, value)
        for part, name, value in HARMLESS
        if "***" not in str(value) and "***" in OUTLETS[outlet](exchange_of(part, name, value), caplog, capsys)
    ]
    assert len(hidden) <= CHANGED * len(HARMLESS), "\n".join(str(each)[:200] for each in hidden)


@pytest.fixture
def recorded(pytester):
    """Write a cassette for each secret."""
    folder = pytester.mkdir("cassettes")
    for number, (part, name, value, _) in enumerate(SECRETS):
        (folder / f"{number:03}.yaml").write_text(as_cassette(exchange_of(part, name, value)), "utf-8")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "cassettes"),
        ("check", "--format", "json", "cassettes"),
        ("learn", "cassettes"),
        ("redact", "cassettes"),
    ],
)
def test_no_command_prints_a_secret(recorded, capsys, arguments):
    """Whatever its format."""
    run(list(arguments))
    printed = "".join(capsys.readouterr())
    shown = [each for each in SECRETS if each[3][:18] in printed or safe(each[3])[:18] in printed]
    assert len(printed) > 1000
    assert len(shown) <= LEFT * len(SECRETS), "\n".join(str(each)[:200] for each in shown)


def test_no_report_of_pytest_has_a_secret(recorded, pytester):
    """The terminal with all captured output and warnings, and the JUnit file."""
    result = pytester.runpytest(
        "--pc-cassettes=cassettes", "cassettes", "-rA", "--junitxml=report.xml", "-W", "default"
    )
    printed = result.stdout.str() + (pytester.path / "report.xml").read_text("utf-8")
    shown = [each for each in SECRETS if each[3][:18] in printed]
    assert len(shown) <= LEFT * len(SECRETS), "\n".join(str(each)[:200] for each in shown)
