"""Whom to call in a crisis, by country: data in `numbers/`, one file for each. Knows no clinic and no person.

A number is looked up again every 90 days: a helpline that has moved is worse than none (docs/crisis.md).
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

HOME = Path(__file__).parent / "numbers"
CHECKED_EVERY = timedelta(days=90)
ELSEWHERE = "eu"
KINDS = ("emergency", "line")
DIALLED = re.compile(r"\+?[0-9]+")


@dataclass(frozen=True)
class Number:
    """One service: whom one reaches, by voice, in writing or through a relay."""

    kind: str
    name: str
    words: str
    source: str
    checked_on: date
    call: str = ""
    text: str = ""
    text_body: str = ""
    relay: tuple[str, ...] = ()
    web: str = ""

    @property
    def recheck_on(self) -> date:
        return self.checked_on + CHECKED_EVERY

    def is_overdue(self, today: date) -> bool:
        return today > self.recheck_on

    @property
    def call_url(self) -> str:
        return f"tel:{dialled(self.call)}"

    @property
    def text_url(self) -> str:
        body = f"?body={quote(self.text_body)}" if self.text_body else ""
        return f"sms:{dialled(self.text)}{body}"


@dataclass(frozen=True)
class Country:
    """`zones`: the time zones by which a device or a clinic is taken to be there."""

    code: str
    name: str
    zones: tuple[str, ...]
    numbers: tuple[Number, ...]

    @property
    def emergency(self) -> tuple[Number, ...]:
        return tuple(number for number in self.numbers if number.kind == "emergency")

    @property
    def lines(self) -> tuple[Number, ...]:
        return tuple(number for number in self.numbers if number.kind == "line")

    def overdue(self, today: date) -> list[Number]:
        return [number for number in self.numbers if number.is_overdue(today)]


def dialled(number: str) -> str:
    """As a telephone wants it: `0800 111 0 111` -> `08001110111`."""
    return re.sub(r"[ ()./-]", "", number)


@cache
def countries() -> dict[str, Country]:
    """All countries by code, in the order of their names; the one for everywhere else stands last."""
    found = [read(path) for path in HOME.glob("*.toml")]
    in_order = sorted(found, key=lambda country: (country.code == ELSEWHERE, country.name))
    return {country.code: country for country in in_order}


def country_of(zone: str) -> Country | None:
    """Where a clock of this zone probably hangs."""
    return next((country for country in countries().values() if zone in country.zones), None)


def overdue(today: date) -> list[tuple[Country, Number]]:
    """Every number that nobody has looked up for 90 days."""
    return [(country, number) for country in countries().values() for number in country.overdue(today)]


def read(path: Path) -> Country:
    """One file; ValueError says what is wrong with it."""
    data = tomllib.loads(path.read_text("utf-8"))
    numbers = tuple(_number(entry, path) for entry in data["numbers"])
    if not any(number.kind == "emergency" and number.call for number in numbers):
        raise ValueError(f"{path.name}: no emergency number to call.")
    return Country(path.stem, data["name"], tuple(data["zones"]), numbers)


def double_zones(found: Iterable[Country]) -> list[str]:
    """Zones that two countries claim."""
    zones = [zone for country in found for zone in country.zones]
    return sorted({zone for zone in zones if zones.count(zone) > 1})


def _number(entry: dict[str, Any], path: Path) -> Number:
    number = Number(**{**entry, "relay": tuple(entry.get("relay", ()))})
    if number.kind not in KINDS:
        raise ValueError(f"{path.name}, {number.name}: {number.kind} is no kind.")
    ways = [dialled(way) for way in (number.call, number.text) if way]
    if not ways or not all(DIALLED.fullmatch(way) for way in ways):
        raise ValueError(f"{path.name}, {number.name}: no number that can be dialled.")
    if not number.source.startswith("https://") or not (number.web or "https://").startswith("https://"):
        raise ValueError(f"{path.name}, {number.name}: a source and a site are https addresses.")
    return number
