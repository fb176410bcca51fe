"""The rules for error responses: each takes a `ParsedResponse` and yields violations.

A rule is a function in `head`, `body`, `members` or `success`, or is made from a keyword of the error schema (`schema_rules`).
`stages` has the rules of a contract and runs them; `quick` recognizes responses that conform, by the same tests.
"""

from pytest_pcerrors.rules.parsed_response import ParsedResponse

__all__ = ["ParsedResponse"]
