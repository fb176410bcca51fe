"""The hooks of vcrpy that left everything out of a recording."""

from typing import TYPE_CHECKING

from pytest_pcerrors.text import counted

if TYPE_CHECKING:
    from pytest_pcerrors.interception.cassette import IndexedCassette

_CALLED_WITH = {
    "before_record_request": "request",
    "before_record_response": "response",
    "before_save_interaction": "interaction",
}


def why_nothing_was_recorded(cassette: "IndexedCassette") -> str:
    """Return which hooks have left out everything; an empty text if something was recorded, or was only replayed."""
    left_out = +cassette.left_out
    has_replayed = cassette.write_protected or (cassette.play_count and "before_save_interaction" not in left_out)
    if not cassette.keep or cassette.written or has_replayed:
        return ""
    return ", ".join(
        f"{hook} returned None for {counted(left_out[hook], noun)}; a hook has to return the {noun}"
        for hook, noun in _CALLED_WITH.items()
        if left_out[hook]
    )
