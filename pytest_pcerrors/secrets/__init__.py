"""The one definition of a secret, and `hide` and `Hider` to remove secrets from data that is stored or shown."""

from pytest_pcerrors.secrets._hiding import BEYOND, Found, Hider, hide
from pytest_pcerrors.secrets.definition import MASK, Certainty, Secrets

__all__ = ["BEYOND", "MASK", "Certainty", "Found", "Hider", "Secrets", "hide"]
