"""Parse YAML into events, with the line of each: the first step of every reader of YAML."""

from typing import IO, TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.events import Event


class YamlError(ValueError):
    """The stream is not valid YAML; `line` counts from 1, or is unknown (None)."""

    def __init__(self, problem: str, line: int | None) -> None:
        super().__init__(problem)
        self.line = line


def events(stream: IO[bytes] | IO[str] | str) -> "Iterator[Event]":
    """Yield the parse events of a YAML stream or text, with libyaml if available; raise a `YamlError` for invalid YAML."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(stream, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(error.problem or "broken", mark.line + 1 if mark else None) from None
    except yaml.reader.ReaderError as error:
        raise YamlError(f"{error.reason} at position {error.position}", None) from None
    except (ValueError, OverflowError) as error:  # raised by PyYAML without libyaml for an escape such as \\UFFFFFFFF
        raise YamlError(str(error), None) from None


def line_of(event: "Event") -> int:
    """Return the line number of an event, counted from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1
