"""Three HTTP clients that run the same logic: a generator that yields requests and waits, and receives responses."""

import asyncio
import ssl
import time
from dataclasses import dataclass, field

import aiohttp
import httpx
import requests

TLS = ssl.create_default_context()
"""Read once; httpx reads its certificates for each client otherwise."""


@dataclass
class Send:
    """A request to send."""

    method: str
    url: str
    headers: dict = field(default_factory=dict)
    data: dict | None = None


@dataclass
class Wait:
    """A time to wait, in seconds."""

    seconds: float


@dataclass
class Response:
    """A response that was received."""

    status: int
    headers: dict
    body: bytes


def with_requests(steps):
    """Run the logic with a session of requests."""
    with requests.Session() as session:
        session.trust_env = False  # the variables of the environment take longer to read than the response
        return _driven(
            steps, lambda each: session.request(each.method, each.url, headers=each.headers, data=each.data, timeout=30)
        )


def with_httpx(steps):
    """Run the logic with a client of httpx."""
    with httpx.Client(timeout=30, verify=TLS, trust_env=False) as client:
        return _driven(steps, lambda each: client.request(each.method, each.url, headers=each.headers, data=each.data))


def _driven(steps, send):
    try:
        step = next(steps)
        while True:
            if isinstance(step, Wait):
                time.sleep(step.seconds)
                step = steps.send(None)
            else:
                received = send(step)
                step = steps.send(Response(received.status_code, received.headers, received.content))
    except StopIteration as end:
        return end.value


async def with_aiohttp(steps):
    """Run the logic with a session of aiohttp."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        try:
            step = next(steps)
            while True:
                if isinstance(step, Wait):
                    await asyncio.sleep(step.seconds)
                    step = steps.send(None)
                else:
                    async with session.request(step.method, step.url, headers=step.headers, data=step.data) as received:
                        body = await received.read()
                    step = steps.send(Response(received.status, received.headers, body))
        except StopIteration as end:
            return end.value


TRANSPORTS = {"requests": with_requests, "httpx": with_httpx, "aiohttp": with_aiohttp}
