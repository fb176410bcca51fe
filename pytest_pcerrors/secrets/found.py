"""What a search for secrets returns: a secret that was found in a text, a text with its secrets hidden, and the replacement of a value."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pytest_pcerrors.secrets.definition import Certainty

BEYOND = 4096
"""The number of characters that are searched after the part that is shown."""


class Found(NamedTuple):
    """The place of a secret (a JSON Pointer, the name of a parameter, or "" for the text itself), and its certainty.

    If a part could not be searched, `problem` is the reason.
    """

    place: str
    certainty: "Certainty"
    problem: str = ""


class Hidden(NamedTuple):
    """A text with its secrets hidden, and their certainty; None if there was no secret."""

    text: str
    certainty: "Certainty | None" = None


class Edit(NamedTuple):
    """The replacement of a value, its JSON Pointer, and the certainty of the secret."""

    text: str
    pointer: str
    certainty: "Certainty"
