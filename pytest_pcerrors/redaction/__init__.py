"""Remove secrets from data before it is stored: `Redaction` for exchanges, `files` for recording files."""

from pytest_pcerrors.redaction._redaction import Redaction

__all__ = ["Redaction"]
