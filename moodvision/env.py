"""Typed values from the environment; a missing one stops the start with one clear line."""

import json
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """The value of NAME, or the content of the file that NAME_FILE names (Docker and systemd secrets)."""
    value = os.environ.get(name)
    if value is None and (file := os.environ.get(f"{name}_FILE")):
        value = Path(file).read_text(encoding="utf-8").strip()
    if value is None:
        value = default
    if value is None:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE): MoodVision does not start without it.")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value in {"1", "true"}


def integer(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def number(name: str, default: float) -> float:
    value = text(name, str(default))
    try:
        return float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number, not {value!r}.") from None


def words(name: str, default: str) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def development_secrets(file: Path, names: dict[str, bytes]) -> dict[str, str]:
    """Secrets of a development machine: made once, kept in a file only this user reads."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = {name: value.decode() for name, value in names.items()}
        draft = file.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            json.dump(made, handle)
        try:
            os.link(draft, file)  # the first of two commands started at once wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    loaded: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return loaded
