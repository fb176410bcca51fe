"""JSON Pointers (RFC 6901): paths of names and indices, written as text and read back."""

from collections.abc import Iterable


def escaped_step(step: str | int) -> str:
    """Return one step as a pointer has it (RFC 6901, section 3).

    >>> escaped_step("a/b~c")
    'a~1b~0c'
    """
    return str(step).replace("~", "~0").replace("/", "~1")


def pointer_of(steps: Iterable[str | int]) -> str:
    """Return the pointer of a path; the whole document has the empty one.

    >>> pointer_of(["data", 0, "a/b"])
    '/data/0/a~1b'
    """
    return "".join(f"/{escaped_step(step)}" for step in steps)


def steps_of(pointer: str) -> tuple[str, ...]:
    """Return the path that a pointer stands for, whatever stands before its first slash.

    >>> steps_of("/data/0/a~1b"), steps_of("#/$defs/code")
    (('data', '0', 'a/b'), ('$defs', 'code'))
    """
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
