"""Assertions about a client: what it does with the errors that it receives."""

from pytest_pcerrors.clients.violation import ClientViolation

__all__ = ["ClientViolation"]
