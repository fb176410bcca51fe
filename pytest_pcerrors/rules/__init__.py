"""The rules for error responses: each takes a `ParsedResponse` and yields violations."""

from pytest_pcerrors.rules.parsed_response import ParsedResponse

__all__ = ["ParsedResponse"]
