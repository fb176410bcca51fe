"""A recording as nodes that know where in the text of the file they stand."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(eq=False)
class Node:
    """A mapping, a list, or a scalar, from `start` to `end` of a text.

    A comment is that of a file. A mapping's `items` are names and values in turn. An alias has a `target`, and reads as that.
    """

    kind: Literal["mapping", "list", "text", "number", "null", "comment"]
    start: int
    end: int
    value: str | bytes = ""
    items: "list[Node]" = field(default_factory=list)
    target: "Node | None" = None
    size: int = 1

    def members(self) -> "Iterator[tuple[Node, Node]]":
        """Yield names and values of a mapping; of anything else, none."""
        if self.kind == "mapping":
            yield from zip(self.items[::2], self.items[1::2], strict=True)

    def get(self, name: str) -> "Node | None":
        """Return the value that a name of a mapping has, the last where it stands twice."""
        found = [value for key, value in self.members() if key.value == name]
        return found[-1] if found else None
