"""Hypothesis strategies: error bodies and responses that conform to a contract, and responses that break exactly one rule.

They need the extra `hypothesis`. Examples shrink to the simplest one: the first documented error, one character, no further
members.
"""

try:
    import hypothesis as _  # noqa: F401 - the modules below need it
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "pytest_pcerrors.strategies needs Hypothesis: pip install 'pytest-pcerrors[hypothesis]'", name="hypothesis"
    ) from None

from pytest_pcerrors.strategies._responses import broken_responses, error_bodies, error_responses

__all__ = ["broken_responses", "error_bodies", "error_responses"]
