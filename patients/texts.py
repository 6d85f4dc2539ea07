"""What people read before they decide, or are told: data in `consent_texts/` and `notice_texts/`.

A version is major when its meaning changed: consent given to an older meaning no longer holds, and a notice
is shown again. A minor one mends words and asks nobody anything. A published text never changes: its hash
stands beside it and in the ledger, so that what somebody agreed to can be shown years later.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

HOME = Path(__file__).parent
FIRST_LANGUAGE = "en"


class TextChanged(Exception):
    """A published text differs from its hash: a change needs a version of its own."""


@dataclass(frozen=True)
class Wording:
    """One version in one language."""

    language: str
    title: str
    paragraphs: tuple[str, ...]
    on_withdrawal: str
    sha256: str


@dataclass(frozen=True)
class Version:
    name: str
    is_major: bool
    wordings: dict[str, Wording]

    @property
    def wording(self) -> Wording:
        """In the reader's language, or the first."""
        language = (get_language() or FIRST_LANGUAGE).split("-")[0]
        return self.wordings.get(language, self.wordings[FIRST_LANGUAGE])


@dataclass(frozen=True)
class Text:
    """One definition with all its versions, oldest first."""

    versions: tuple[Version, ...]

    @property
    def newest(self) -> Version:
        return self.versions[-1]

    @property
    def names_in_force(self) -> frozenset[str]:
        """The newest major version and what only mended its words."""
        last_major = max(at for at, version in enumerate(self.versions) if version.is_major)
        return frozenset(version.name for version in self.versions[last_major:])

    def version(self, name: str) -> Version | None:
        return next((version for version in self.versions if version.name == name), None)


@cache
def read_folder(folder: Path) -> dict[str, Text]:
    """All texts of a folder by the name of their file; raises TextChanged for an edited one."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.toml"))}


def consent_texts() -> dict[str, Text]:
    return read_folder(HOME / "consent_texts")


def notice_texts() -> dict[str, Text]:
    return read_folder(HOME / "notice_texts")


def read(path: Path) -> Text:
    """One file; refuses a text whose first version is not major, or that differs from its hash."""
    data = tomllib.loads(path.read_text("utf-8"))
    versions = tuple(_version(entry, path) for entry in data["versions"])
    names = {version.name for version in versions}
    if not versions[0].is_major or len(names) != len(versions):
        raise ValueError(f"{path.name}: the first version is major, and each has a name of its own.")
    return Text(versions)


def hash_of(wording: dict[str, Any]) -> str:
    """SHA-256 of the words, however the file lays them out."""
    words = {key: value for key, value in wording.items() if key != "sha256"}
    return hashlib.sha256(
        json.dumps(words, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


def _version(entry: dict[str, Any], path: Path) -> Version:
    wordings = {}
    for language, wording in entry["wording"].items():
        if hash_of(wording) != wording["sha256"]:
            raise TextChanged(
                f"{path.name}, version {entry['name']}, {language}: the words differ from their hash. "
                f"Put the old words back and add a version (hash of these: {hash_of(wording)})."
            )
        wordings[language] = Wording(
            language=language,
            title=wording["title"],
            paragraphs=tuple(wording["paragraphs"]),
            on_withdrawal=wording.get("on_withdrawal", ""),
            sha256=wording["sha256"],
        )
    return Version(entry["name"], entry["is_major"], wordings)
