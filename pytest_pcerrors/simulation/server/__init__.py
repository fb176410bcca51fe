"""A real HTTP server on loopback that answers any documented error, every shape, and what goes wrong on the way."""

from pytest_pcerrors.simulation.server.error_server import ErrorServer
from pytest_pcerrors.simulation.server.request_log import Received

__all__ = ["ErrorServer", "Received"]
