"""Groups compared: beyond chance or not, and nothing of a group that is too small."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.engine.groups import (
    ENOUGH_READINGS,
    Counts,
    compare_groups,
    counts_contested,
    counts_not_scored,
    rate_of,
)
from inference.engine.watch import SMALLEST_GROUP, Answer

SAD = (0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def people(**groups: tuple[int, Counts]) -> tuple[dict[object, Counts], dict[object, str]]:
    """name=(patients, counts of each)"""
    keys = [(name, at) for name, (size, _each) in groups.items() for at in range(size)]
    group_of: dict[object, str] = {key: key[0] for key in keys if key[0] != "silent"}
    return {key: groups[key[0]][1] for key in keys}, group_of


def of_first(counts: dict[object, Counts]) -> dict[object, str]:
    """The group is the first part of the key."""
    return {key: str(key[0]) for key in counts if isinstance(key, tuple)}


patients_of = st.integers(0, 40)
each_count = st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_a_group_that_fails_far_more_often_is_beyond_chance() -> None:
    found = compare_groups(*people(dark=(12, (8, 40)), light=(30, (2, 40))))
    assert found["dark"].difference == pytest.approx(0.15)
    assert found["dark"].is_beyond_chance
    assert found["light"].is_beyond_chance
    assert found["light"].difference == pytest.approx(-0.15)


def test_a_difference_of_three_points_or_less_is_none() -> None:
    found = compare_groups(*people(one=(2000, (4, 50)), other=(2000, (3, 50))))
    assert found["one"].difference == pytest.approx(0.02)
    assert not found["one"].is_beyond_chance


def test_twice_the_failures_of_a_large_group_are_told() -> None:
    """5 and 10 % of a hundred people each: the interval reaches below three points, and the difference is
    real."""
    found = compare_groups(*people(one=(100, (4, 40)), other=(100, (2, 40)), third=(10, (2, 40))))["one"]
    assert found.low < 0.05
    assert found.is_beyond_chance
    counts: dict[object, Counts] = {
        (name, n): (times * (n % 5), 40) for name, times in (("one", 2), ("other", 1)) for n in range(30)
    }
    found = compare_groups(counts, of_first(counts))["one"]
    assert found.difference == pytest.approx(0.05)
    assert 0 < found.low < 0.03
    assert found.is_beyond_chance


def test_a_large_difference_that_may_be_chance_raises_nothing() -> None:
    counts: dict[object, Counts] = {(name, n): (1, 20) for name in ("one", "other") for n in range(10)}
    counts["one", 0] = (20, 20)
    found = compare_groups(counts, of_first(counts))["one"]
    assert found.is_enough
    assert found.is_large
    assert not found.is_beyond_chance


def test_few_photos_are_not_enough_whatever_they_say() -> None:
    found = compare_groups(*people(one=(10, (5, 5)), other=(30, (0, 40))))
    assert found["one"].group.readings < ENOUGH_READINGS
    assert not found["one"].is_beyond_chance


def test_one_patient_with_many_bad_photos_does_not_make_a_group() -> None:
    counts, group_of = people(one=(9, (0, 40)), other=(30, (2, 40)))
    counts["the camera", 0] = (380, 400)
    group_of["the camera", 0] = "one"
    found = compare_groups(counts, group_of)["one"]
    assert found.difference > 0.4
    assert not found.is_beyond_chance


def test_a_small_group_is_in_no_figure() -> None:
    without = compare_groups(*people(one=(20, (1, 10)), other=(15, (3, 10)), silent=(30, (0, 10))))
    counts, group_of = people(
        one=(20, (1, 10)), other=(15, (3, 10)), rare=(9, (10, 10)), silent=(30, (0, 10))
    )
    assert compare_groups(counts, group_of) == without


def test_a_small_group_cannot_be_told_by_taking_the_shown_from_everybody() -> None:
    """35 of 38 shown would show the other three: the smallest shown group goes too."""
    counts, group_of = people(one=(20, (1, 10)), two=(18, (1, 10)), three=(15, (3, 10)), rare=(3, (9, 10)))
    assert set(compare_groups(counts, group_of)) == {"one", "two"}


def test_one_group_alone_has_nothing_to_be_compared_with() -> None:
    assert compare_groups(*people(one=(50, (1, 10)), rare=(3, (1, 10)))) == {}


def test_what_is_counted_of_each_patient() -> None:
    week = [
        Answer("a", shares=SAD, is_contested=True),
        Answer("a", "blurred"),
        Answer("a", "not_allowed"),
        Answer("b", shares=SAD),
    ]
    assert counts_not_scored(week) == {"a": (1, 2), "b": (0, 1)}
    assert counts_contested(week) == {"a": (1, 1), "b": (0, 1)}


@pytest.mark.parametrize("wrong", [[], [(0, 0)], [(3, 2)], [(-1, 2)]])
def test_no_rate_without_photos(wrong: list[Counts]) -> None:
    with pytest.raises(ValueError, match="a rate needs photos"):
        rate_of(wrong)


@given(st.lists(each_count, min_size=1, max_size=30))
def test_a_rate_is_within_bounds_and_never_certain(counts: list[Counts]) -> None:
    rate = rate_of(counts)
    assert 0 <= rate.value <= 1
    assert rate.variance > 0


@given(st.dictionaries(st.sampled_from("abcde"), st.tuples(patients_of, each_count)), patients_of)
def test_no_figure_tells_of_fewer_than_ten_patients(
    groups: dict[str, tuple[int, Counts]], silent: int
) -> None:
    counts, group_of = people(**groups, silent=(silent, (0, 3)))
    found = compare_groups(counts, group_of)
    shown = sum(comparison.group.patients for comparison in found.values())
    for comparison in found.values():
        assert comparison.group.patients >= SMALLEST_GROUP
        assert comparison.others.patients == shown - comparison.group.patients
        assert comparison.low <= comparison.difference <= comparison.high
    if found:
        assert len(counts) == shown or len(counts) - shown >= SMALLEST_GROUP


@given(st.tuples(patients_of, each_count), st.tuples(patients_of, each_count))
def test_of_two_groups_each_is_the_mirror_of_the_other(
    one: tuple[int, Counts], other: tuple[int, Counts]
) -> None:
    found = compare_groups(*people(one=one, other=other))
    if found:
        assert found["one"].difference == pytest.approx(-found["other"].difference)
        assert found["one"].is_beyond_chance == found["other"].is_beyond_chance
