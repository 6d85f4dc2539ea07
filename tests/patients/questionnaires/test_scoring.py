"""The published rules as vectors, and the laws that hold for every form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.questionnaires import published, scoring
from patients.questionnaires.scoring import OutOfRange, band_of, change, rank_of, score

FORMS = sorted(published.questionnaires())
WITH_TOTAL = [name for name in FORMS if published.get(name).rules.scored]
BANDS = {
    "phq9": {"minimal": (0, 4), "mild": (5, 9), "moderate": (10, 14), "moderately_severe": (15, 19)}
    | {"severe": (20, 27)},
    "phq8": {"minimal": (0, 4), "mild": (5, 9), "moderate": (10, 14), "moderately_severe": (15, 19)}
    | {"severe": (20, 24)},
    "gad7": {"minimal": (0, 4), "mild": (5, 9), "moderate": (10, 14), "severe": (15, 21)},
    "phq4": {"normal": (0, 2), "mild": (3, 5), "moderate": (6, 8), "severe": (9, 12)},
}
"""Kroenke 2001 and 2009, Spitzer 2006, as printed."""


def rules(name: str) -> scoring.Rules:
    return published.get(name).rules


def answers(name: str, value: int, **changed: int | None) -> dict[str, int | None]:
    return dict.fromkeys(rules(name).scored, value) | {key.lstrip("i"): one for key, one in changed.items()}


@pytest.mark.parametrize(
    ("name", "band", "total"),
    [
        (name, band, total)
        for name, bands in BANDS.items()
        for band, (low, high) in bands.items()
        for total in range(low, high + 1)
    ],
)
def test_every_total_has_its_published_band(name: str, band: str, total: int) -> None:
    assert band_of(rules(name), total) == band


@pytest.mark.parametrize("name", WITH_TOTAL)
def test_the_bands_cover_every_total_once(name: str) -> None:
    known = rules(name)
    most = len(known.scored) * known.most
    covered = [total for band in known.bands for total in range(band.low, band.high + 1)]
    assert covered == list(range(most + 1))
    assert [rank_of(known, band.name) for band in known.bands] == list(range(len(known.bands)))


def test_phq9_sums_the_nine_and_not_the_difficulty() -> None:
    found = score(rules("phq9"), answers("phq9", 2, idifficulty=3))
    assert (found.total, found.band, found.missing, found.is_imputed) == (18, "moderately_severe", (), False)


@pytest.mark.parametrize(
    ("missing", "given_sum", "total"),
    [
        (("1",), 8, 9),  # 8 of 8 given make 1 each: 9
        (("1", "2"), 7, 9),
        (("1",), 4, 5),  # 4.5, a half up
        (("1", "2"), 3, 4),  # 3.86
        (("1", "2"), 1, 1),  # 1.29
        (("8",), 24, 27),
    ],
)
def test_one_or_two_open_answers_take_the_mean(missing: tuple[str, ...], given_sum: int, total: int) -> None:
    values: dict[str, int | None] = dict.fromkeys(missing)
    left = given_sum
    for item in [one for one in rules("phq9").scored if one not in missing]:
        values[item] = min(3, left)
        left -= min(3, left)
    found = score(rules("phq9"), values)
    assert (found.total, found.is_imputed) == (total, True)


def test_three_open_answers_make_no_total() -> None:
    found = score(rules("phq9"), answers("phq9", 3, i1=None, i2=None, i3=None))
    assert (found.total, found.band) == (None, None)


@pytest.mark.parametrize("also", [(), ("1",)])
def test_item_nine_is_never_filled_in(also: tuple[str, ...]) -> None:
    found = score(rules("phq9"), answers("phq9", 3) | dict.fromkeys((*also, "9")))
    assert found.total is None
    assert "9" in found.missing


@pytest.mark.parametrize("name", ["gad7", "phq4"])
def test_these_are_complete_or_have_no_total(name: str) -> None:
    for item in rules(name).scored:
        assert score(rules(name), answers(name, 1) | {item: None}).total is None
    assert score(rules(name), answers(name, 1)).total == len(rules(name).scored)


def test_phq4_has_two_subscales_that_count_from_three() -> None:
    found = score(rules("phq4"), {"1": 2, "2": 1, "3": 0, "4": 2})
    assert (found.total, found.band) == (5, "mild")
    assert dict(found.subscales) == {"anxiety": 3, "depression": 2}
    assert rules("phq4").subscale_from == 3


def test_ons4_is_four_figures_without_a_total() -> None:
    found = score(rules("ons4"), {"1": 10, "2": 0, "3": 5, "4": 7})
    assert (found.total, found.band, dict(found.subscales)) == (None, None, {})


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("value", [-1, 11])
def test_a_value_out_of_range_is_an_error(name: str, value: int) -> None:
    with pytest.raises(OutOfRange):
        score(rules(name), {"1": value})


VALUES = st.dictionaries(
    st.sampled_from([str(number) for number in range(1, 10)]), st.integers(0, 3) | st.none()
)


@given(values=VALUES, name=st.sampled_from(WITH_TOTAL))
def test_a_total_lies_in_its_range_and_has_a_band(values: dict[str, int | None], name: str) -> None:
    found = score(rules(name), values)
    assert (found.total is None) == (found.band is None)
    if found.total is not None:
        assert 0 <= found.total <= len(rules(name).scored) * rules(name).most
        assert len(found.missing) <= rules(name).missing_allowed


@given(values=VALUES, item=st.sampled_from(rules("phq9").scored))
def test_a_heavier_answer_makes_no_lighter_total(values: dict[str, int | None], item: str) -> None:
    lighter = score(rules("phq9"), {**values, item: 0}).total
    heavier = score(rules("phq9"), {**values, item: 3}).total
    assert (lighter is None) == (heavier is None)
    if lighter is not None and heavier is not None:
        assert lighter <= heavier


@pytest.mark.parametrize(
    ("first", "total", "is_response", "is_remission"),
    [
        (10, 5, True, False),
        (10, 4, True, True),
        (11, 6, False, False),
        (20, 10, True, False),
        (9, 4, None, None),
        (9, 0, None, None),
        (None, 3, None, None),
    ],
)
def test_response_and_remission_count_from_a_first_total_of_ten(
    first: int | None, total: int, is_response: bool | None, is_remission: bool | None
) -> None:
    for name in ("phq9", "phq8", "gad7"):
        found = change(rules(name), total, first=first, previous=first)
        assert (found.is_response, found.is_remission) == (is_response, is_remission)


@pytest.mark.parametrize(
    ("name", "previous", "total", "is_worse"),
    [
        ("phq9", 4, 10, True), ("phq9", 4, 9, False), ("phq9", None, 27, None),
        ("gad7", 4, 8, True), ("gad7", 4, 7, False),
        ("phq4", 0, 12, None), ("ons4", None, None, None),
    ],
)  # fmt: skip
def test_worse_is_six_points_and_of_the_gad7_four(
    name: str, previous: int | None, total: int | None, is_worse: bool | None
) -> None:
    assert change(rules(name), total, first=previous, previous=previous).is_worse is is_worse


def test_a_slow_climb_counts_against_the_first() -> None:
    assert change(rules("phq9"), 11, first=5, previous=9).is_worse
