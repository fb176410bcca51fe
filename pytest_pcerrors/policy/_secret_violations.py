"""The violations for secrets in recordings."""

from typing import TYPE_CHECKING

from pytest_pcerrors.policy.allowances import file_of
from pytest_pcerrors.rules.violation import SECRET_RECORDED, SECRET_SUSPECTED, Violation

if TYPE_CHECKING:
    from pytest_pcerrors.secrets import Found


def secret_violation(found: "Found", origin: str | None) -> Violation:
    """Return the violation for a secret in a recording, or for a part that could not be searched."""
    if found.problem:
        return Violation(f"not searched for secrets: {found.problem}", found.place, rule=SECRET_SUSPECTED)
    file = file_of(origin) if origin else ""
    hint = f"pcerrors redact {file}" if file not in ("", "-") else "redact it before it is recorded"
    if found.certainty == "secret":
        return Violation("a secret is recorded", found.place, expected="***", hint=hint, rule=SECRET_RECORDED)
    return Violation("this may be a secret", found.place, expected="***", hint=hint, rule=SECRET_SUSPECTED)
