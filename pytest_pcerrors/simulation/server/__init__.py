"""An HTTP server on loopback that returns any documented error or shape, and simulates network faults."""

from pytest_pcerrors.simulation.server._answer_choice import NoMatchingRuleError
from pytest_pcerrors.simulation.server._error_server import ErrorServer
from pytest_pcerrors.simulation.server._request_log import Received
from pytest_pcerrors.simulation.server._rule_documents import rules_schema

__all__ = ["ErrorServer", "NoMatchingRuleError", "Received", "rules_schema"]
