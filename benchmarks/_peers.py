"""The libraries that do a part of the same work: which are installed, in which version."""

from importlib.metadata import PackageNotFoundError, version

PEERS = (
    *(
        "vcrpy",
        "responses",
        "respx",
        "pytest-recording",
        "pytest-httpserver",
        "pytest-httpx",
        "pytest-xdist",
        "pytest-cov",
    ),
    *("syrupy", "hypothesis", "jsonschema", "jsonschema-rs", "fastjsonschema", "openapi-core", "schemathesis"),
    *("msgspec", "orjson", "PyYAML", "yamlrocks", "polars", "duckdb", "dask"),
)


def versions() -> dict[str, str | None]:
    """Return the version of each peer, or None if it is not installed."""
    return {name: _version(name) for name in PEERS}


def has(name: str) -> bool:
    """Return whether a peer is installed."""
    return _version(name) is not None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
