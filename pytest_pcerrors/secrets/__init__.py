"""What is a secret and where it ends, for what is stored and for what is shown: one engine, `hide` and `Hider`."""

from pytest_pcerrors.secrets.definition import MASK, Certainty, Secrets
from pytest_pcerrors.secrets.hiding import BEYOND, Found, Hider, hide

__all__ = ["BEYOND", "MASK", "Certainty", "Found", "Hider", "Secrets", "hide"]
