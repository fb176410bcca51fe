"""The access token of a live run, from ``PCERRORS_TOKEN`` or printed by a command. No message shows it."""

import re
import subprocess
from collections.abc import Mapping, Sequence

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.secrets import hide
from pytest_pcerrors.text import readable

VARIABLE = "PCERRORS_TOKEN"
SECONDS = 60.0
"""The timeout of the command in seconds."""

_SCHEME = re.compile(r"bearer(?:\s+|\Z)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""RFC 6750, section 2.1."""
_ADVICE = "print the token alone (az account get-access-token: add --query accessToken --output tsv)"


def find_token(environment: Mapping[str, str], command: Sequence[str], *, seconds: float = SECONDS) -> str | None:
    """Return the token in ``PCERRORS_TOKEN``, otherwise the output of `command` (run without a shell), otherwise None.

    Any failure is a `UsageError` with advice. The command runs with `environment`.
    """
    if environment.get(VARIABLE, "").strip():
        return usable_token(environment[VARIABLE], VARIABLE)
    if not command:
        return None
    name = f'token-command "{readable(hide(command[0]))}"'
    lines = [line for line in _printed(command, environment, seconds, name).splitlines() if line.strip()]
    if len(lines) != 1:
        raise UsageError(f"{name}: it printed {len(lines) or 'no'} lines, expected one; {_ADVICE}")
    return usable_token(lines[0], name)


def usable_token(text: str, source: str) -> str:
    """Return a token without ``Bearer`` and surrounding white space; an invalid one is a `UsageError` that names `source`."""
    token = _SCHEME.sub("", text.strip(), count=1)
    if not token:
        raise UsageError(f"{source}: it is empty; {_ADVICE}")
    if _TOKEN.fullmatch(token) is None:
        raise UsageError(f"{source}: it contains white space, or characters that no access token has; {_ADVICE}")
    return token


def _printed(command: Sequence[str], environment: Mapping[str, str], seconds: float, name: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, without a shell
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise UsageError(
            f"{name}: it took more than {seconds:g} seconds; run it yourself once, because it may wait for a sign-in"
        ) from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "its arguments contain a NUL character"
        raise UsageError(f"{name}: cannot be run: {reason}; is it installed, and on the PATH?") from None
    if done.returncode != 0:
        raise UsageError(
            f"{name}: it ended with exit code {done.returncode}; run it yourself to see its output (not shown here, because it may "
            f"contain a token), or set {VARIABLE}"
        )
    return done.stdout.decode("utf-8", "replace")
