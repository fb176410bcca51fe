"""The hosts of a policy."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from pytest_pcerrors.exchange.model import Exchange


def is_with(exchange: "Exchange", hosts: "Collection[str]") -> bool:
    """Return whether the host of an exchange is one of these, or is unknown; without hosts, any is."""
    return is_with_host(exchange.request.host if exchange.request else None, hosts)


def is_with_host(host: str | None, hosts: "Collection[str]") -> bool:
    """Return whether a host is one of these, or is unknown; without hosts, any is."""
    return not hosts or host is None or host in hosts
