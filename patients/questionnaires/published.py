"""The published forms, read from `definitions/`: words verbatim, and locked by their hash in `locks.toml`.

A form is offered in the languages in which it was published and no others. A changed word or rule stops the
start: a new edition gets a file of its own, so that an old answer is read beside the words it was given to.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from patients.questionnaires.scoring import Band, ChangeRules, Rules

HOME = Path(__file__).parent
FIRST_LANGUAGE = "en"
ORDER = ("phq9", "phq8", "gad7", "phq4", "ons4")
"""In which pages show them."""


class FormChanged(Exception):
    """A published form differs from its lock."""


@dataclass(frozen=True)
class Item:
    """One question. `number` as on the form; `answers` in the order of their values, from 0."""

    number: str
    text: str
    answers: tuple[str, ...]
    is_scored: bool

    def answer(self, value: int | None) -> str:
        return self.answers[value] if value is not None and 0 <= value < len(self.answers) else ""


@dataclass(frozen=True)
class FormText:
    """A form in one language. `ends`: what the lowest and the highest number of a scale mean."""

    language: str
    title: str
    question: str
    items: tuple[Item, ...]
    ends: tuple[str, ...]
    credit: str
    sha256: str

    def item(self, number: str) -> Item | None:
        return next((item for item in self.items if item.number == number), None)


@dataclass(frozen=True)
class ScheduleDefaults:
    every_days: int
    shortest_days: int
    late_after_days: int
    closes_after_days: int


@dataclass(frozen=True)
class Questionnaire:
    """One definition file; `name` is the name of the file."""

    name: str
    title: str
    source: str
    licence: str
    from_age: int
    recall_days: int
    schedule: ScheduleDefaults
    rules: Rules
    texts: dict[str, FormText]

    @property
    def text(self) -> FormText:
        """In the reader's language where the form was published in it, else the first: for results."""
        return self.texts.get(language_now(), self.texts[FIRST_LANGUAGE])

    def is_published_in(self, language: str) -> bool:
        return language.split("-")[0] in self.texts

    @property
    def item_nine(self) -> str:
        """The number of the question about being better off dead, or nothing."""
        return self.rules.item_nine

    @property
    def most_total(self) -> int | None:
        return len(self.rules.scored) * self.rules.most if self.rules.scored else None


def language_now() -> str:
    return (get_language() or FIRST_LANGUAGE).split("-")[0]


@cache
def questionnaires() -> dict[str, Questionnaire]:
    """All of them by name; raises FormChanged for one that differs from its lock."""
    return read_folder(HOME / "definitions", HOME / "locks.toml")


def get(name: str) -> Questionnaire:
    return questionnaires()[name]


def read_folder(folder: Path, locks: Path) -> dict[str, Questionnaire]:
    locked = tomllib.loads(locks.read_text("utf-8"))
    files = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))}
    if set(files) != set(locked):
        raise FormChanged(f"Forms and locks differ: {sorted(set(files) ^ set(locked))}.")
    ordered = sorted(files, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    return {name: _read(name, files[name], locked[name]) for name in ordered}


def hash_of(part: Any) -> str:
    """SHA-256 of words or rules, however the file lays them out."""
    plain = json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def hashes_of(data: dict[str, Any]) -> dict[str, str]:
    """What `locks.toml` holds of one file: each language apart, and all that is no text."""
    return {"rules": hash_of({key: data[key] for key in data if key != "text"})} | {
        language: hash_of(text) for language, text in data["text"].items()
    }


def _read(name: str, data: dict[str, Any], locked: dict[str, str]) -> Questionnaire:
    found = hashes_of(data)
    if found != locked:
        wrong = sorted(part for part in found.keys() | locked.keys() if found.get(part) != locked.get(part))
        raise FormChanged(
            f"{name}.toml differs from its lock ({', '.join(wrong)}). A published form is never edited."
        )
    rules = _rules(data["rules"])
    return Questionnaire(
        name=name,
        title=data["title"],
        source=data["source"],
        licence=data["licence"],
        from_age=data["from_age"],
        recall_days=data["recall_days"],
        schedule=ScheduleDefaults(**data["schedule"]),
        rules=rules,
        texts={
            language: _text(language, text, rules, found[language]) for language, text in data["text"].items()
        },
    )


def _rules(data: dict[str, Any]) -> Rules:
    return Rules(
        scored=tuple(data["scored"]),
        most=data["most"],
        missing_allowed=data["missing_allowed"],
        never_imputed=frozenset(data["never_imputed"]),
        bands=tuple(Band(*band) for band in data["bands"]),
        subscales={name: tuple(items) for name, items in data.get("subscales", {}).items()},
        subscale_from=data.get("subscale_from", 0),
        change=ChangeRules(**data["change"]) if "change" in data else None,
        item_nine=data.get("item_nine", ""),
    )


def _text(language: str, data: dict[str, Any], rules: Rules, sha256: str) -> FormText:
    items = tuple(
        Item(
            number=item["number"],
            text=item["text"],
            answers=tuple(item.get("answers", data["answers"])),
            is_scored=item["number"] in rules.scored,
        )
        for item in data["items"]
    )
    return FormText(
        language=language,
        title=data["title"],
        question=data["question"],
        items=items,
        ends=tuple(data.get("ends", ())),
        credit=data["credit"],
        sha256=sha256,
    )
