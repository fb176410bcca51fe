"""Responses of web frameworks: of their test clients, and as a view returns them."""

import asyncio
import io
import warnings

import django
import fastapi
import flask
import pytest
from django import http as django_http
from django.conf import settings
from django.template import engines
from django.template.response import TemplateResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.urls import path
from starlette import responses as starlette_responses
from werkzeug import Response as WerkzeugResponse

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # WebOb imports cgi, which is deprecated; Starlette's client deprecates httpx
    import webtest
    from starlette.testclient import TestClient
    from webob import Response as WebobResponse

BODY = b'{"code": "800064"}'
COOKIES = ["a=1; Path=/", "b=2; Path=/"]


def flask_application():
    """Make a Flask application with a response for each path."""
    application = flask.Flask("carts")

    @application.route("/whole", methods=["GET", "POST"])
    def whole():
        return flask.Response(
            BODY, 409, [*(("Set-Cookie", each) for each in COOKIES), ("Content-Type", "application/json")]
        )

    @application.route("/streamed")
    def streamed():
        return flask.Response(iter([BODY[:5], BODY[5:]]), 409)

    @application.route("/file")
    def file():
        return flask.send_file(io.BytesIO(BODY), "application/json")

    return application


def whole_view(request):
    """Return a body and two cookies."""
    response = django_http.HttpResponse(BODY, status=409, content_type="application/json")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


def streamed_view(request):
    """Return a body in two parts."""
    return django_http.StreamingHttpResponse(iter([BODY[:5], BODY[5:]]), status=409)


class Urls:
    """The URL configuration of Django."""

    urlpatterns = (path("whole", whole_view), path("streamed", streamed_view))


def fastapi_application():
    """Make a FastAPI application with a response for each path."""
    application = fastapi.FastAPI()

    @application.get("/whole")
    def whole():
        response = fastapi.Response(BODY, 409, media_type="application/json")
        response.set_cookie("a", "1", samesite=None)
        response.set_cookie("b", "2", samesite=None)
        return response

    @application.get("/streamed")
    def streamed():
        return starlette_responses.StreamingResponse(iter([BODY[:5], BODY[5:]]), 409)

    return application


@pytest.fixture(scope="module", autouse=True)
def configured_django():
    """Give Django the few settings that it requires."""
    if not settings.configured:
        settings.configure()
        django.setup()
    templates = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
    with override_settings(ROOT_URLCONF=Urls, TEMPLATES=templates):
        yield


@pytest.fixture(scope="module")
def starlette_client():
    """Give the test client of a FastAPI application."""
    with TestClient(fastapi_application()) as client:
        yield client


def ask_flask(path, starlette_client):
    """Ask with Flask's test client."""
    return flask_application().test_client().get(path)


def ask_django(path, starlette_client):
    """Ask with Django's test client."""
    return Client().get(path)


def ask_django_async(path, starlette_client):
    """Ask with Django's async test client."""
    return asyncio.run(AsyncClient().get(path))


def ask_starlette(path, starlette_client):
    """Ask with the test client of Starlette and FastAPI."""
    return starlette_client.get(path)


def ask_webtest(path, starlette_client):
    """Ask with WebTest."""
    return webtest.TestApp(flask_application()).get(path, expect_errors=True)


HOSTS = {
    ask_flask: "localhost",
    ask_django: "testserver",
    ask_django_async: "testserver",
    ask_starlette: "testserver",
    ask_webtest: "localhost",
}
each_asker = pytest.mark.parametrize("ask", list(HOSTS), ids=lambda ask: ask.__name__.removeprefix("ask_"))


@each_asker
def test_a_test_client_returns_the_whole_response(ask, starlette_client):
    """Status, reason phrase, media type, both cookies and the body are those of the view."""
    exchange = Exchange.of(ask("/whole", starlette_client))
    assert (exchange.status, exchange.reason.lower(), exchange.body) == (409, "conflict", BODY)
    assert exchange.media_type == "application/json"
    assert exchange.headers.all("set-cookie") == COOKIES


@each_asker
def test_a_streamed_body_can_be_inspected_twice(ask, starlette_client):
    """A view that streams is read to its end, once."""
    response = ask("/streamed", starlette_client)
    assert [Exchange.of(response).body, Exchange.of(response).body] == [BODY, BODY]


@each_asker
def test_a_test_client_knows_what_was_asked(ask, starlette_client):
    """Method and URL with its query are known, even if Django would reject the host."""
    request = Exchange.of(ask("/whole?size=3", starlette_client)).request
    assert (request.method, request.url) == ("GET", f"http://{HOSTS[ask]}/whole?size=3")


def test_webtest_knows_the_body_that_was_sent():
    """WebTest's response has the body of the request."""
    response = webtest.TestApp(flask_application()).post("/whole", "a=1", status=409)
    assert Exchange.of(response).request.body == b"a=1"


@pytest.mark.parametrize(
    "response",
    [
        WerkzeugResponse(BODY, 409),
        WerkzeugResponse(iter([BODY]), 409),
        flask.Response(BODY, 409),
        WebobResponse(BODY, 409),
        WebobResponse(app_iter=iter([BODY]), status=409),
        starlette_responses.Response(BODY, 409),
        starlette_responses.JSONResponse({"code": "800064"}, 409),
    ],
    ids=["werkzeug", "werkzeug stream", "flask", "webob", "webob stream", "starlette", "starlette JSON"],
)
def test_a_response_object_needs_no_request(response):
    """The return value of a view is a response, at every read, before any client requests it."""
    exchange = Exchange.of(response)
    assert (exchange.status, exchange.request) == (409, None)
    assert exchange.body.replace(b" ", b"") == BODY.replace(b" ", b"")
    assert Exchange.of(response) == exchange


@pytest.mark.parametrize("view", [whole_view, streamed_view])
def test_a_django_view_is_inspected_without_a_client(view):
    """The return value of a Django view is a response without a known request."""
    exchange = Exchange.of(view(RequestFactory().get("/")))
    assert (exchange.status, exchange.body, exchange.request) == (409, BODY, None)


def test_a_django_stream_is_put_back():
    """A streaming response still yields its body after the check."""
    response = streamed_view(None)
    Exchange.of(response)
    assert b"".join(response.streaming_content) == BODY


def test_a_file_sent_by_flask_is_read_by_its_test_client():
    """The response of `send_file` can be read once the test client received it."""
    with flask_application().test_client() as client, client.get("/file") as response:
        assert Exchange.of(response).body == BODY


async def parts():
    """Give a body in parts."""
    yield BODY


def failing():
    """Give a part, then fail."""
    yield BODY
    raise LookupError("no such cart")


def failing_silently():
    """Fail without a message."""
    raise LookupError
    yield BODY


def unrendered():
    """Make a template response that was not rendered."""
    return TemplateResponse(RequestFactory().get("/"), engines["django"].from_string("Conflict"), status=409)


@pytest.mark.parametrize(
    ("make", "advice"),
    [
        (lambda: django_http.StreamingHttpResponse(parts()), "streams asynchronously; join its parts"),
        (lambda: django_http.StreamingHttpResponse(failing()), r"\(LookupError: no such cart\); pass"),
        (unrendered, r"call `response.render\(\)` first"),
        (lambda: WerkzeugResponse(failing()), r"\(LookupError: no such cart\); pass"),
        (lambda: WerkzeugResponse(failing_silently()), r"\(LookupError\); pass"),
        (lambda: WerkzeugResponse(iter([BODY]), direct_passthrough=True), "direct passthrough mode.*; pass"),
        (lambda: WebobResponse(app_iter=failing()), r"\(LookupError: no such cart\); pass"),
        (lambda: starlette_responses.StreamingResponse(parts()), "is a stream; request it with the test client"),
        (lambda: starlette_responses.FileResponse(__file__), "is a stream; request it with the test client"),
    ],
    ids=[
        "Django async", "Django", "Django template", "werkzeug", "wordless", "passthrough", "WebOb", "Starlette",
        "Starlette file",
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_had_is_misuse(make, advice):
    """If a framework's body cannot be read, a usage error has the reason and the fix."""
    with pytest.raises(UsageError, match=advice):
        Exchange.of(make())


def test_a_rendered_django_template_is_a_response():
    """A template response that was rendered has a body."""
    assert Exchange.of(unrendered().render()).body == b"Conflict"
