"""Paths of cassettes: file names that are valid on every operating system, below the folder of cassettes."""

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import PureWindowsPath

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import readable

SUFFIXES = (".yaml", ".yml", ".json")

_MOST_FOLDER = 60
_MOST_FILE = 134
_MOST_PARAMETERS = 80
_HASH_DIGITS = 8
_UNFIT = re.compile(r"[^A-Za-z0-9_.]+")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)", re.IGNORECASE)
"""Names that Windows reserves for devices, with any suffix."""


def cassette_name(module: str, names: Sequence[str], parameters: str | None) -> str:
    """Return the name of a test's cassette: ``<module>/<test>.yaml``.

    `module` is the path of the test module from the root directory, without its suffix. `names` are the enclosing classes and
    the test, `parameters` is the id of a parametrised test, without brackets. A part that had to change, or is longer than
    60 characters in the module or 134 in the test, gets a hash, so that it is unique.

    >>> cassette_name("tests/test_cart", ["TestBusy", "test_pay"], "409-800064")
    'tests/test_cart/TestBusy.test_pay-409-800064.yaml'
    >>> cassette_name("test_cart", ["test_pay"], "PUT /carts")
    'test_cart/test_pay-PUT-carts-bf61342f.yaml'
    """
    true = shown = ".".join(names)
    if parameters is not None:
        true, shown = f"{true}-{parameters}", f"{true}-{parameters[:_MOST_PARAMETERS]}"
    folders = (_fitting(folder, folder, _MOST_FOLDER) for folder in module.split("/"))
    return "/".join([*folders, f"{_fitting(shown, true, _MOST_FILE)}.yaml"])


def _fitting(text: str, true: str, most: int) -> str:
    """Return a text as part of a path; if it differs from the full name, with a hash of the full name."""
    fit = _UNFIT.sub("-", text)
    if fit.startswith(".") or not fit or _DEVICE.match(fit):
        fit = f"_{fit}"
    if fit == true and len(fit) <= most:
        return fit
    digest = sha256(true.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]
    return f"{fit[: most - _HASH_DIGITS - 1].rstrip('-')}-{digest}"


def named(name: str) -> str:
    """Return the name in a marker as a path below the folder of cassettes; an invalid name is a `UsageError`."""
    problem = _problem(name)
    if problem is not None:
        raise UsageError(f'pc_cassette: "{readable(name)}" {problem}')
    return name if name.endswith(SUFFIXES) else f"{name}.yaml"


def _problem(name: str) -> str | None:
    if not name.strip():
        return "is empty; leave it out to name the file after the test"
    if not name.isprintable():
        return "has control characters"
    for character, instead in (
        ("\\", "write /"),
        ("[", "it ends the name of a test"),
        ("]", "it ends the name of a test"),
    ):
        if character in name:
            return f"has a {character}; {instead}"
    if PureWindowsPath(name).anchor:
        return "is absolute; the file must be below the folder of cassettes"
    odd = next((part for part in name.split("/") if part in {"", ".", ".."}), None)
    return None if odd is None else f'has a part "{odd}"; the file must be below the folder of cassettes'
