"""A server for each test, and a way to speak to it byte by byte."""

import socket

import pytest

from pytest_pcerrors.simulation.server import ErrorServer


@pytest.fixture
def server():
    """Give a running server with the shipped contract."""
    with ErrorServer() as running:
        yield running


@pytest.fixture
def raw(server):
    """Send bytes to the server and return all that comes back until it closes the connection."""

    def send(data):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(data)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    return send
