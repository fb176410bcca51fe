"""Members of nested data, event by event: which of them hold secrets, whatever the text that they are written in."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pytest_pcerrors.exchange.redaction.headers import hidden
from pytest_pcerrors.exchange.redaction.secrets import MASK
from pytest_pcerrors.pointers import pointer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from pytest_pcerrors.exchange.redaction.secrets import Secrets

Kind = Literal["text", "number", "word"]

_NAMES = frozenset({"name", "key", "id", "field", "parameter", "header", "variable"})
_VALUES = frozenset({"value", "values", "val", "currentvalue", "defaultvalue"})
_LONGEST_NAME = 200
_DEEPEST_SHOWN = 20


@dataclass(frozen=True)
class Edit:
    """What is to stand for a value, and where that is as a JSON Pointer."""

    text: str
    pointer: str


@dataclass
class _Frame:
    """An object or array that is open. `secret` is the name that makes a secret of all that it holds."""

    is_object: bool
    secret: str | None = None
    member: str | int = 0
    member_secret: str | None = None
    pair: str | None = None
    values: "list[tuple[Hashable, str, Kind, str]]" = field(default_factory=list)
    is_value: bool = False


class Members:
    """Hears of objects, arrays, names and values in their order; `edits` says what is to stand for which value.

    `inner` returns a text with its secrets hidden. An array counts for nothing in a name: the members of a secret
    object are secrets, and so is the ``value`` beside a ``name`` that is a secret's.
    """

    def __init__(self, secrets: "Secrets", inner: "Callable[[str], str]", secret: str | None = None) -> None:
        self.edits: dict[Hashable, Edit] = {}
        self._secrets = secrets
        self._inner = inner
        self._frames = [_Frame(is_object=False, secret=secret)]

    @property
    def is_in_object(self) -> bool:
        """Whether what comes next is a member of an object."""
        return self._frames[-1].is_object

    def enter(self, *, is_object: bool) -> None:
        """Hear that an object or an array begins."""
        outer = self._frames[-1]
        is_value = self._is_value(outer)
        inner = _Frame(is_object, outer.member_secret or outer.secret or (outer.pair if is_value else None))
        if is_value and not is_object:
            inner.is_value, inner.values = True, outer.values
        self._frames.append(inner)

    def leave(self) -> bool:
        """Hear that an object or an array ends; False where none is open."""
        if len(self._frames) == 1:
            return False
        self._settle(self._frames.pop())
        return True

    def following(self) -> None:
        """Hear that a member or an item is over."""
        frame = self._frames[-1]
        frame.member_secret = None
        if isinstance(frame.member, int):
            frame.member += 1

    def name(self, handle: "Hashable", text: str) -> None:
        """Hear the name of a member."""
        frame = self._frames[-1]
        frame.member = shown = self._secrets.wherever(text)
        frame.member_secret = text if len(text) <= _LONGEST_NAME and self._secrets.is_named(text) else None
        if shown != text:
            self.edits[handle] = Edit(shown, self._pointer())

    def value(self, handle: "Hashable", text: str, kind: Kind = "text") -> None:
        """Hear a value: a text, a number, or a word that is neither."""
        frame = self._frames[-1]
        secret = frame.member_secret or frame.secret
        new = self._of(secret, text, kind)
        if new != text:
            self.edits[handle] = Edit(new, self._pointer())
        if self._is_value(frame):
            frame.values.append((handle, text, kind, self._pointer()))
        elif self._is_name_of_pair(frame, text):
            frame.pair = text

    def end(self) -> "dict[Hashable, Edit]":
        """Return the edits, with whatever is still open closed."""
        while self.leave():
            pass
        return self.edits

    def _of(self, secret: str | None, text: str, kind: Kind) -> str:
        if kind == "number":
            return "0" if text != "0" and (secret or self._secrets.matches(text)) else text
        if secret:
            return MASK if kind == "word" else hidden(secret, text)
        return self._inner(text)

    def _settle(self, frame: _Frame) -> None:
        """Hide the values whose name, in the same object, is a secret's."""
        for handle, text, kind, pointer in frame.values if frame.pair is not None else ():
            new = self._of(frame.pair, text, kind)
            if new != text:
                self.edits[handle] = Edit(new, pointer)

    def _is_value(self, frame: _Frame) -> bool:
        return frame.is_value or (isinstance(frame.member, str) and frame.is_object and frame.member.lower() in _VALUES)

    def _is_name_of_pair(self, frame: _Frame, text: str) -> bool:
        if not isinstance(frame.member, str) or frame.member.lower() not in _NAMES or len(text) > _LONGEST_NAME:
            return False
        return self._secrets.is_named(text)

    def _pointer(self) -> str:
        steps = [frame.member for frame in self._frames[1 : _DEEPEST_SHOWN + 1]]
        return pointer_of([*steps, "..."] if len(self._frames) > _DEEPEST_SHOWN + 1 else steps)
