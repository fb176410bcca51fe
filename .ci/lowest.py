"""Print every dependency of pyproject.toml at its lower bound, as constraints for pip: what is tested with them makes them true."""

import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

OWN = "pytest-pcerrors"


def lowest() -> Iterator[str]:
    """Yield a line for each dependency; one without a lower bound is an error."""
    document = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    project = document["project"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    for line in dict.fromkeys([*document["build-system"]["requires"], *project["dependencies"], *extras]):
        name = re.match(r"[\w.-]+", line)[0]
        if name != OWN:
            bound = re.search(r">=\s*([\w.]+)", line)
            if bound is None:
                raise SystemExit(f"{line} has no lower bound")
            yield f"{name}=={bound[1]}"


if __name__ == "__main__":
    print(*lowest(), sep="\n")
