"""Members of nested data, event by event: which of them hold secrets, whatever the text that they are written in."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pytest_pcerrors.exchange.redaction.headers import hidden
from pytest_pcerrors.exchange.redaction.secrets import MASK
from pytest_pcerrors.exchange.secret_names import squeezed
from pytest_pcerrors.pointers import pointer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from pytest_pcerrors.exchange.redaction.secrets import Secrets

Kind = Literal["text", "number", "word"]

NAMES = frozenset({"name", "key", "k", "id", "field", "parameter", "header", "variable"})
"""What a member is called that gives the name of another, in lower case."""

_KEY_NAME = "keyname"
VALUES = frozenset({"value", "values", "val", "v", "content", "currentvalue", "defaultvalue"})
"""What the member beside it is called that holds the value."""

_PAIR = 2
_LONGEST_NAME = 200
_DEEPEST_SHOWN = 20


@dataclass(frozen=True)
class Edit:
    """What is to stand for a value, and where that is as a JSON Pointer."""

    text: str
    pointer: str


@dataclass
class _Frame:
    """An object or array that is open. `secret` is the name that makes a secret of all that it holds.

    `pair` is a name that is given as a value; the values that it may be the name of are `spans` of those remembered.
    """

    is_object: bool
    secret: str | None = None
    member: str | int = 0
    member_secret: str | None = None
    pair: str | None = None
    spans: list[tuple[int, int]] = field(default_factory=list)
    start: int | None = None
    is_list_in_list: bool = False
    count: int = 0


class Members:
    """Hears of objects, arrays, names and values in their order; `edits` says what is to stand for which value.

    `inner` returns a text with its secrets hidden. An array counts for nothing in a name: the members of a secret
    object are secrets, and so is the ``value`` beside a ``name`` that is a secret's, and the second item of a pair in a list.
    """

    def __init__(self, secrets: "Secrets", inner: "Callable[[str], str]", secret: str | None = None) -> None:
        self.edits: dict[Hashable, Edit] = {}
        self._secrets = secrets
        self._inner = inner
        self._frames = [_Frame(is_object=False, secret=secret)]
        self._remembered: list[tuple[Hashable, str, Kind, str]] = []
        self._named: list[tuple[int, int, str]] = []
        self._open_values = 0

    @property
    def is_in_object(self) -> bool:
        """Whether what comes next is a member of an object."""
        return self._frames[-1].is_object

    def enter(self, *, is_object: bool) -> None:
        """Hear that an object or an array begins."""
        outer = self._frames[-1]
        outer.count += 1
        inner = _Frame(is_object, outer.member_secret or outer.secret)
        inner.is_list_in_list = not is_object and not outer.is_object and len(self._frames) > 1
        if self._is_value(outer):
            inner.start = len(self._remembered)
            self._open_values += 1
        self._frames.append(inner)

    def leave(self) -> bool:
        """Hear that an object or an array ends; False where none is open."""
        if len(self._frames) == 1:
            return False
        frame = self._frames.pop()
        if frame.start is not None:
            self._open_values -= 1
            self._frames[-1].spans.append((frame.start, len(self._remembered)))
        is_pair = frame.is_object or frame.count == _PAIR
        if frame.pair is not None and is_pair:
            self._named += [(*span, frame.pair) for span in frame.spans]
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
        frame.count += 1
        secret = frame.member_secret or frame.secret
        new = self._of(secret, text, kind)
        if new != text:
            self.edits[handle] = Edit(new, self._pointer())
        is_value = self._is_value(frame)
        if is_value:
            frame.spans.append((len(self._remembered), len(self._remembered) + 1))
        elif self._is_name_of_pair(frame, text):
            frame.pair = text
        if is_value or self._open_values:
            self._remembered.append((handle, text, kind, self._pointer()))

    def end(self) -> "dict[Hashable, Edit]":
        """Return the edits, with whatever is still open closed."""
        while self.leave():
            pass
        done = 0
        for start, end, name in sorted(self._named):
            for handle, text, kind, pointer in self._remembered[max(start, done) : end]:
                new = self._of(name, text, kind)
                if new != text:
                    self.edits[handle] = Edit(new, pointer)
            done = max(done, end)
        return self.edits

    def _of(self, secret: str | None, text: str, kind: Kind) -> str:
        if kind == "number":
            is_secret = (secret and self._secrets.is_number(secret, text)) or self._secrets.matches(text)
            return "0" if is_secret else text
        if secret:
            return MASK if kind == "word" else hidden(secret, text)
        return self._inner(text)

    def _is_value(self, frame: _Frame) -> bool:
        if isinstance(frame.member, int):
            return frame.is_list_in_list and frame.member == _PAIR - 1 and frame.pair is not None
        return frame.member.lower() in VALUES

    def _is_name_of_pair(self, frame: _Frame, text: str) -> bool:
        if isinstance(frame.member, int):
            is_name = frame.is_list_in_list and frame.member == 0
        elif squeezed(frame.member) == _KEY_NAME:
            return True
        else:
            is_name = frame.member.lower() in NAMES
        return is_name and len(text) <= _LONGEST_NAME and self._secrets.is_named(text)

    def _pointer(self) -> str:
        steps = [frame.member for frame in self._frames[1 : _DEEPEST_SHOWN + 1]]
        return pointer_of([*steps, "..."] if len(self._frames) > _DEEPEST_SHOWN + 1 else steps)
