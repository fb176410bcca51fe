"""The one definition of a secret, and `hide` and `Hider` to remove secrets from data that is stored or shown."""

from pytest_pcerrors.secrets.definition import MASK, Certainty, Secrets
from pytest_pcerrors.secrets.hiding import BEYOND, Found, Hider, hide

__all__ = ["BEYOND", "MASK", "Certainty", "Found", "Hider", "Secrets", "hide"]
