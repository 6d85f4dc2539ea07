"""Simulated half years: days, windows, and what lines do about the well and about a relapse."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.rules import DEFAULT_MATRIX, ESTIMATORS, LinePolicy
from scoring.simulation import CourseSettings, Readout, simulate_courses
from scoring.simulation.courses import (
    ONSET,
    ONSET_DAY,
    WEEKS,
    Table,
    check_in_days,
    course_shares,
    judge_course,
)
from scoring.simulation.faces import PROFILES
from tests.scoring.rules.test_simulation import confusing_readout

SETTINGS = CourseSettings(ESTIMATORS["mixture"], DEFAULT_MATRIX, LinePolicy(), patients=12)
LEVELS = (0.5, 0.95)


@pytest.fixture(scope="module")
def readout() -> Readout:
    return confusing_readout()


@pytest.fixture(scope="module")
def table(readout: Readout) -> Table:
    return simulate_courses(readout, SETTINGS, check_ins=(2, 7), evidence=LEVELS)


@pytest.mark.parametrize("times", [2, 4, 7, 14])
def test_check_ins_fall_on_different_days_of_each_week(times: int) -> None:
    days = check_in_days(3, times, np.random.default_rng(1))
    assert days.shape == (3, WEEKS * times)
    assert (np.diff(days) >= 0).all()
    for week in range(WEEKS):
        inside = days[:, (days[0] // 7) == week]
        assert inside.shape == (3, times)
        assert len(np.unique(inside[0])) == min(times, 7)


def test_an_onset_is_well_until_week_ten_and_severe_three_weeks_later() -> None:
    shares = course_shares(ONSET, np.array([0, ONSET_DAY, ONSET_DAY + 21, 181]))
    assert shares[:2] == pytest.approx(np.tile(PROFILES["well"], (2, 1)))
    assert shares[2:] == pytest.approx(np.tile(PROFILES["severe"], (2, 1)))
    assert shares.sum(axis=1) == pytest.approx(1)


def test_a_relapse_is_found_and_the_well_are_seldom_disturbed(table: Table) -> None:
    daily = table["7"]
    assert daily[ONSET]["0.5"]["missed"] == 0
    assert daily["severe"]["0.5"]["ever_alerted"] == 1
    assert daily["well"]["0.95"]["alerts_per_year"] < 1
    found = daily[ONSET]["0.5"]["weeks_to_warning"]
    assert found is not None
    assert 0 < found < 5


def test_more_evidence_disturbs_less_and_finds_later(table: Table) -> None:
    for by_course in table.values():
        for course in by_course.values():
            assert course["0.95"]["ever_alerted"] <= course["0.5"]["ever_alerted"]
        weeks = [by_course[ONSET][level]["weeks_to_warning"] for level in ("0.5", "0.95")]
        soon, late = (99.0 if found is None else found for found in weeks)
        assert late >= soon


def test_rare_check_ins_are_judged_all_the_same_because_the_window_reaches_back(table: Table) -> None:
    assert table["2"]["well"]["0.5"]["unjudged"] < 0.4
    assert table["2"][ONSET]["0.5"]["missed"] == pytest.approx(0, abs=0.2)
    assert table["7"]["well"]["0.5"]["unjudged"] < 0.1


def test_a_window_holds_only_its_own_days(readout: Readout) -> None:
    judged = judge_course(readout, replace(SETTINGS, window_days=3, floor=3), "well", 7, LEVELS)[1]
    every_day = check_in_days(1, 7, np.random.default_rng(0))[0]
    assert judged.days[0].tolist() == every_day.tolist()
    assert not judged.enough[:, :2].any()
    assert judged.enough[:, 2:].all()
    never = judge_course(readout, replace(SETTINGS, window_days=3, floor=7), "well", 7, LEVELS)[1]
    assert not never.enough.any()


def test_where_nothing_is_scored_nothing_is_judged(readout: Readout) -> None:
    blind = replace(readout, abstain_below=1.1)
    figures = simulate_courses(blind, SETTINGS, check_ins=(7,), evidence=(0.5,))["7"]
    assert figures["severe"]["0.5"]["alerts_per_year"] == 0
    assert figures[ONSET]["0.5"]["missed"] == 1
    assert figures[ONSET]["0.5"]["weeks_to_warning"] is None
