"""Functions replaced in every loaded module: their names, attributes of classes, and defaults of arguments."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FunctionType, ModuleType
from typing import Any

_OWN = __name__.partition(".")[0]
_WRAPPERS = (staticmethod, classmethod)

Functions = Mapping[Callable[..., Any], Callable[..., Any]]


@contextmanager
def replaced(functions: Functions) -> Iterator[None]:
    """Replace functions in all loaded modules, but not the names in those of this package; restore all that still is a replacement at the end of the block.

    A module that is loaded in the block and has taken a replacement gets the original, too.
    """
    before = set(sys.modules)
    originals = {new: old for old, new in functions.items()}
    try:
        with ExitStack() as stack:
            _Replacing(functions, stack).replace(_modules(before))
            yield
    finally:
        _Replacing(originals, ExitStack()).replace(_modules(set(sys.modules) - before))


class _Replacing:
    """Replaces functions; the stack gets what restores each place that still has the replacement."""

    def __init__(self, functions: Functions, stack: ExitStack) -> None:
        self._functions = functions
        self._ids = {id(function) for function in functions}
        self._seen: set[int] = set()
        self._stack = stack

    def replace(self, modules: list[dict[str, Any]]) -> None:
        """Replace the functions in modules, and in the classes and functions that these name. Proxies are not asked what they are."""
        for names in modules:
            for name, value in list(names.items()):
                kind = type(value)
                if id(value) in self._ids:
                    names[name] = new = self._functions[value]
                    self._stack.callback(_restore_name, names, name, new, value)
                elif kind is FunctionType:
                    self._defaults(value)
                elif issubclass(kind, type) and id(value) not in self._seen:
                    self._seen.add(id(value))
                    self._attributes(value)

    def _attributes(self, owner: type) -> None:
        for name, member in list(vars(owner).items()):
            plain = member.__func__ if type(member) in _WRAPPERS else member
            if type(plain) is FunctionType:
                self._defaults(plain)
            if id(plain) in self._ids:
                setattr(owner, name, staticmethod(self._functions[plain]))
                self._stack.callback(setattr, owner, name, member)

    def _defaults(self, function: FunctionType) -> None:
        positional, named = function.__defaults__, function.__kwdefaults__
        has_any = positional or named
        if not has_any or self._ids.isdisjoint(map(id, (*(positional or ()), *(named or {}).values()))):
            return
        self._stack.callback(setattr, function, "__defaults__", positional)
        self._stack.callback(setattr, function, "__kwdefaults__", named)
        function.__defaults__ = positional and tuple(map(self._replacement, positional))
        function.__kwdefaults__ = named and {name: self._replacement(value) for name, value in named.items()}

    def _replacement(self, value: Any) -> Any:
        return self._functions[value] if id(value) in self._ids else value


def _restore_name(names: dict[str, Any], name: str, new: object, old: object) -> None:
    if names.get(name) is new:
        names[name] = old


def _modules(loaded: set[str]) -> list[dict[str, Any]]:
    """Return the names of modules; that does not load a lazy module."""
    modules = [sys.modules.get(name) for name in loaded if name.partition(".")[0] != _OWN]
    return [object.__getattribute__(each, "__dict__") for each in modules if issubclass(type(each), ModuleType)]
