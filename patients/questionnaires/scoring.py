"""How a questionnaire's answers become a total, a band and a change. Pure: no Django, no database.

A total is the sum of the scored answers. One or two missing ones take the mean of those given where the
form's rules allow it (Pfizer 2010, instruction manual), and the total is rounded to the nearest whole number,
a half up. What must never be guessed (item 9 of the PHQ-9) is not: without it there is no total. A form
without a list of scored items (ONS4) has no total at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Answers = Mapping[str, int | None]
"""The number on the form -> the value given; None or absent: left open."""


class OutOfRange(ValueError):
    """A value that the form does not offer."""


@dataclass(frozen=True)
class Band:
    """`name` for totals from `low` to `high`, both included."""

    name: str
    low: int
    high: int


@dataclass(frozen=True)
class ChangeRules:
    """Response and remission count only from a first total of `baseline_from`; worse by `worse_by` points."""

    baseline_from: int
    remission_below: int
    worse_by: int


@dataclass(frozen=True)
class Rules:
    scored: tuple[str, ...]
    most: int
    missing_allowed: int = 0
    never_imputed: frozenset[str] = frozenset()
    bands: tuple[Band, ...] = ()
    subscales: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    subscale_from: int = 0
    change: ChangeRules | None = None
    item_nine: str = ""


@dataclass(frozen=True)
class Score:
    """`total` and `band` None: there is no total, because of `missing`. `is_imputed`: a mean filled in."""

    total: int | None
    band: str | None
    subscales: Mapping[str, int]
    missing: tuple[str, ...]
    is_imputed: bool = False


@dataclass(frozen=True)
class Change:
    """Against the first total and the one before. None: nothing before, or the rule does not apply."""

    since_first: int | None = None
    since_previous: int | None = None
    is_response: bool | None = None
    is_remission: bool | None = None
    is_worse: bool | None = None


def score(rules: Rules, answers: Answers) -> Score:
    """Raises OutOfRange for a value below 0 or above `rules.most`."""
    for value in answers.values():
        if value is not None and not 0 <= value <= rules.most:
            raise OutOfRange(value)
    given = {item: value for item in rules.scored if (value := answers.get(item)) is not None}
    missing = tuple(item for item in rules.scored if item not in given)
    subscales = {
        name: sum(given[item] for item in items)
        for name, items in rules.subscales.items()
        if all(item in given for item in items)
    }
    total = _total(rules, given, missing)
    band = band_of(rules, total) if total is not None else None
    return Score(total, band, subscales, missing, is_imputed=total is not None and bool(missing))


def _total(rules: Rules, given: Mapping[str, int], missing: tuple[str, ...]) -> int | None:
    is_too_little = len(missing) > rules.missing_allowed or not given
    if is_too_little or rules.never_imputed.intersection(missing):
        return None
    doubled = 2 * sum(given.values()) * len(rules.scored)
    return (doubled + len(given)) // (2 * len(given))  # to the nearest, a half up, in whole numbers


def band_of(rules: Rules, total: int) -> str | None:
    return next((band.name for band in rules.bands if band.low <= total <= band.high), None)


def rank_of(rules: Rules, band: str | None) -> int:
    """The place of a band, 0 the lightest; -1 for none."""
    names = [one.name for one in rules.bands]
    return names.index(band) if band in names else -1


def change(rules: Rules, total: int | None, *, first: int | None, previous: int | None) -> Change:
    """`first`: the first total of this form; `previous`: the one before this, both None for the first."""
    if total is None or rules.change is None:
        return Change()
    since_first = total - first if first is not None else None
    since_previous = total - previous if previous is not None else None
    known = [step for step in (since_first, since_previous) if step is not None]
    counts = first is not None and first >= rules.change.baseline_from
    return Change(
        since_first=since_first,
        since_previous=since_previous,
        is_response=2 * total <= first if counts and first is not None else None,
        is_remission=total < rules.change.remission_below if counts else None,
        is_worse=max(known) >= rules.change.worse_by if known else None,
    )
