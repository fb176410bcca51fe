"""Secrets taken out of what is stored: `Redaction` for exchanges, `files` for recordings on the disk."""

from pytest_pcerrors.redaction.redaction import Redaction

__all__ = ["Redaction"]
