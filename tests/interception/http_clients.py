"""A function for each HTTP client that vcrpy intercepts; each sends the same POST and returns the status and the body."""

import asyncio
import http.client
import urllib.request
from contextlib import closing
from functools import partial
from urllib.error import HTTPError
from urllib.parse import urlsplit

import aiohttp
import boto3
import httplib2
import httpx
import httpx2
import pytest
import requests
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError
from tornado.httpclient import AsyncHTTPClient


def with_requests(url):
    """Ask with requests."""
    response = requests.post(url, json={"size": 3}, timeout=5)
    return response.status_code, response.content


def with_httpx(module, url):
    """Ask with httpx, or its fork."""
    response = module.post(url, json={"size": 3})
    return response.status_code, response.content


def with_httpx_async(module, url):
    """Ask with the asynchronous client of httpx, or of its fork."""

    async def ask():
        async with module.AsyncClient() as client:
            response = await client.post(url, json={"size": 3})
            return response.status_code, response.content

    return asyncio.run(ask())


def with_aiohttp(url):
    """Ask with aiohttp."""

    async def ask():
        async with aiohttp.ClientSession() as session, session.post(url, json={"size": 3}) as response:
            return response.status, await response.read()

    return asyncio.run(ask())


def with_urllib3(url):
    """Ask with urllib3."""
    with urllib3.PoolManager() as pool:
        response = pool.request("POST", url, json={"size": 3})
        return response.status, response.data


def with_http_client(url):
    """Ask with http_client."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    with closing(connection):
        connection.request("POST", urlsplit(url).path, b'{"size": 3}', {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()


def with_urllib(url):
    """Ask with urllib."""
    asked = urllib.request.Request(url, b'{"size": 3}', {"Content-Type": "application/json"})
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(asked)
    with caught.value as response:
        return response.status, response.read()


def with_httplib2(url):
    """Ask with httplib2."""
    with closing(httplib2.Http()) as client:
        response, content = client.request(url, "POST", b'{"size": 3}', {"Content-Type": "application/json"})
        return response.status, content


def with_tornado(url):
    """Ask with tornado, which decodes gzip and calls back."""

    async def ask():
        request = {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": b'{"size": 3}'}
        with closing(AsyncHTTPClient(force_instance=True)) as client:
            response = await client.fetch(url, **request, raise_error=False)
        if response.code == 599:  # what tornado makes of an exception
            response.rethrow()
        return response.code, response.body

    return asyncio.run(asyncio.wait_for(ask(), 30))


def with_boto3(url):
    """Ask with boto3, whose errors do not have the body; an event of it has."""
    bodies = []
    client = boto3.client(
        "lambda",
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id="id",
        aws_secret_access_key="key",
        config=Config(retries={"max_attempts": 0}),
    )
    client.meta.events.register("response-received.lambda", lambda response_dict, **_: bodies.append(response_dict))
    with closing(client), pytest.raises(ClientError):
        client.invoke(FunctionName="cart", Payload=b'{"size": 3}')
    return bodies[0]["status_code"], bodies[0]["body"]


CLIENTS = {
    "requests": with_requests,
    "httpx": partial(with_httpx, httpx),
    "httpx.AsyncClient": partial(with_httpx_async, httpx),
    "httpx2": partial(with_httpx, httpx2),
    "httpx2.AsyncClient": partial(with_httpx_async, httpx2),
    "aiohttp": with_aiohttp,
    "urllib3": with_urllib3,
    "http.client": with_http_client,
    "urllib.request": with_urllib,
    "httplib2": with_httplib2,
    "tornado": with_tornado,
    "boto3": with_boto3,
}
"""A function for each client that the documentation names."""

with_every_client = pytest.mark.parametrize("ask", CLIENTS.values(), ids=CLIENTS)
