"""Secrets taken out of what is stored: `Redaction` for exchanges, `files` for recordings on the disk."""

from pytest_pcerrors.exchange.redaction.redacting import Redaction

__all__ = ["Redaction"]
