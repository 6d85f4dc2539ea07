"""Each rule at its edges."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inference.emotions import EMOTIONS
from scoring.alert_rules import (
    BY_CODE,
    Answered,
    Closed,
    Crossing,
    FaceWindow,
    Finding,
    PatientFacts,
    Rule,
    RuleSettings,
    Seen,
    UnreadNote,
)
from tests.scoring.alert_rules.strategies import NOW


def facts(**own: Any) -> PatientFacts:
    return PatientFacts(**{"now": NOW, "since": NOW - timedelta(days=400), **own})


def find(code: str, of: PatientFacts, **values: Any) -> Finding | None:
    rule: Rule = BY_CODE[code]
    return rule.find(of, RuleSettings(True, rule.severity, {**rule.defaults.values, **values}))


def said(*moods: int | None, hours: float | None = None, step: float = 1.0) -> tuple[Answered, ...]:
    """One mood every `step` days, the newest now."""
    count = len(moods)
    return tuple(
        Answered(NOW - timedelta(days=step * (count - 1 - index)), mood, hours)
        for index, mood in enumerate(moods)
    )


def face(score: float = 2.0, is_current: bool = True, **shares: float) -> FaceWindow:
    rest = (1 - sum(shares.values())) / (7 - len(shares))
    return FaceWindow(tuple(shares.get(name, rest) for name in EMOTIONS), score, 4.5, 6.0, 6, is_current)


class TestLowMood:
    def test_twice_in_three_days(self) -> None:
        found = find("low_mood", facts(check_ins=said(2, 6, 2)))
        assert found is not None
        assert found.facts["times"] == 2

    def test_once_is_not_twice(self) -> None:
        assert find("low_mood", facts(check_ins=said(6, 6, 2))) is None

    def test_the_first_of_two_is_too_old(self) -> None:
        assert find("low_mood", facts(check_ins=said(2, 6, 6, 2))) is None

    def test_three_below_the_own_median(self) -> None:
        found = find("low_mood", facts(check_ins=said(8, 8, 8, 8, 8, 5)))
        assert found is not None
        assert found.facts["below"] == "own"

    def test_two_below_is_a_day_like_others(self) -> None:
        assert find("low_mood", facts(check_ins=said(8, 8, 8, 8, 8, 6))) is None

    def test_four_answers_are_no_baseline(self) -> None:
        assert find("low_mood", facts(check_ins=said(8, 8, 8, 8, 4))) is None

    def test_each_further_low_answer_is_news(self) -> None:
        first = find("low_mood", facts(check_ins=said(2, 2)))
        second = find("low_mood", facts(check_ins=said(2, 2, 1)))
        assert first is not None
        assert second is not None
        assert find("low_mood", facts(check_ins=said(2, 2))) == first

    def test_moods_of_one_day_count_each(self) -> None:
        assert find("low_mood", facts(check_ins=said(1, 1, step=0.1))) is not None


class TestMoodRise:
    BEFORE = tuple(Answered(NOW - timedelta(days=20 - day), 5) for day in range(10))

    def test_a_rise_with_two_short_nights(self) -> None:
        found = find("mood_rise", facts(check_ins=self.BEFORE + said(9, 9, hours=4)))
        assert found is not None
        assert found.facts == {"mood": 9, "nights": 2, "hours": 4}

    def test_one_short_night_is_a_late_evening(self) -> None:
        assert find("mood_rise", facts(check_ins=self.BEFORE + said(9, hours=4))) is None

    def test_nights_are_those_of_the_patients_clock(self) -> None:
        """Two nights in Auckland, of which UTC makes one day; and one night there of which it makes two."""
        zone = ZoneInfo("Pacific/Auckland")
        noon = NOW - timedelta(days=1)  # of UTC; in Auckland a new day has begun an hour before
        for hours, is_two in (((-2, 0), True), ((-16, -7), False)):
            rows = tuple(Answered(noon + timedelta(hours=hour), 9, 4) for hour in hours)
            found = find("mood_rise", facts(check_ins=self.BEFORE + rows, zone=zone))
            assert (found is not None) is is_two

    def test_long_nights_are_a_good_week(self) -> None:
        assert find("mood_rise", facts(check_ins=self.BEFORE + said(9, 9, hours=8))) is None

    def test_a_small_rise_is_none(self) -> None:
        assert find("mood_rise", facts(check_ins=self.BEFORE + said(7, 7, hours=4))) is None

    def test_who_usually_says_8_can_still_rise(self) -> None:
        high = tuple(Answered(row.at, 8) for row in self.BEFORE)
        assert find("mood_rise", facts(check_ins=high + said(10, 10, hours=3))) is not None
        top = tuple(Answered(row.at, 10) for row in self.BEFORE)
        assert find("mood_rise", facts(check_ins=top + said(10, 10, hours=3))) is None


class TestFace:
    def test_sad_at_60_percent(self) -> None:
        assert find("sustained_emotion", facts(face=face(sad=0.6))) is not None
        assert find("sustained_emotion", facts(face=face(sad=0.59))) is None

    def test_a_window_that_is_old_says_nothing(self) -> None:
        assert find("sustained_emotion", facts(face=face(is_current=False, sad=0.9))) is None

    def test_another_emotion_may_be_chosen(self) -> None:
        angry = facts(face=face(angry=0.7))
        assert find("sustained_emotion", angry) is None
        assert find("sustained_emotion", angry, emotion="angry") is not None

    def test_sad_three_times_in_five(self) -> None:
        def seen(*emotions: str) -> PatientFacts:
            count = len(emotions)
            return facts(
                seen=[
                    Seen(NOW - timedelta(days=count - 1 - index), name) for index, name in enumerate(emotions)
                ]
            )

        assert find("emotion_count", seen("sad", "happy", "sad", "neutral", "sad")) is not None
        assert find("emotion_count", seen("sad", "happy", "happy", "neutral", "sad", "sad", "fear")) is None

    def test_old_readings_drop_out(self) -> None:
        old = [Seen(NOW - timedelta(days=15), "sad")] * 3
        assert find("emotion_count", facts(seen=old)) is None

    def test_happy_falls_to_half(self) -> None:
        assert find("happy_fall", facts(face=face(happy=0.2), happy_weeks=[0.4, 0.5, 0.4])) is not None
        assert find("happy_fall", facts(face=face(happy=0.3), happy_weeks=[0.4, 0.5, 0.4])) is None
        assert find("happy_fall", facts(face=face(happy=0.2), happy_weeks=[0.4, 0.5])) is None

    def test_who_hardly_smiled_has_nothing_to_fall_from(self) -> None:
        assert find("happy_fall", facts(face=face(happy=0.01), happy_weeks=[0.09] * 4)) is None

    @pytest.mark.parametrize(
        ("score", "moods", "which"),
        [
            (1.0, (2, 3, 2), "words_low"),
            (5.0, (8, 7, 9), "face_low"),
            (5.0, (2, 3, 2), None),
            (1.0, (8, 8, 8), None),
        ],
    )
    def test_face_and_words(self, score: float, moods: tuple[int, ...], which: str | None) -> None:
        found = find("disagreement", facts(face=face(score), check_ins=said(*moods)))
        assert (found.facts["which"] if found else None) == which

    def test_a_line_that_was_crossed(self) -> None:
        found = find("score_line", facts(crossing=Crossing("intervention", 6.4, 6)))
        assert found is not None
        assert (found.severity, found.line) == ("intervention", "intervention")


class TestQuestionnaires:
    @staticmethod
    def closed(
        total: int, before: int | None = None, band: int = 3, band_before: int | None = None
    ) -> PatientFacts:
        row = Closed("round", "phq9", NOW - timedelta(days=1), total, band, before, band_before)
        return facts(questionnaires=[row])

    def test_the_band_is_entered(self) -> None:
        assert find("band", self.closed(15)) is not None
        assert find("band", self.closed(16, before=12, band_before=2)) is not None

    def test_staying_or_getting_better_is_no_entry(self) -> None:
        assert find("band", self.closed(17, before=16, band_before=3)) is None
        assert find("band", self.closed(16, before=22, band_before=4)) is None
        assert find("band", self.closed(14)) is None

    def test_a_still_higher_band_is_entered(self) -> None:
        assert find("band", self.closed(21, before=16, band=4, band_before=3)) is not None

    def test_worse_by_6(self) -> None:
        assert find("worsening", self.closed(10, before=4)) is not None
        assert find("worsening", self.closed(9, before=4)) is None
        assert find("worsening", self.closed(27)) is None

    def test_gad7_by_4(self) -> None:
        row = Closed("round", "gad7", NOW, 9, 1, 5, 1)
        assert find("worsening", facts(questionnaires=[row])) is not None


class TestSilence:
    def test_seven_days(self) -> None:
        heard = facts(last_check_in_at=NOW - timedelta(days=7))
        assert find("no_check_in", heard) is not None
        assert find("no_check_in", facts(last_check_in_at=NOW - timedelta(days=6, hours=23))) is None

    def test_told_once_and_again_after_seven_more(self) -> None:
        start = NOW - timedelta(days=7)
        later = [
            find(
                "no_check_in",
                PatientFacts(now=start + timedelta(days=days), since=start, last_check_in_at=start),
            )
            for days in (7, 10, 13, 14, 20, 21)
        ]
        names = [found.episode for found in later if found]
        assert len(set(names)) == 3

    def test_who_is_new_has_time(self) -> None:
        assert find("no_check_in", facts(since=NOW - timedelta(days=3))) is None
        assert find("no_check_in", facts(since=NOW - timedelta(days=8))) is not None

    def test_too_few_answers(self) -> None:
        found = find("not_enough_data", facts(check_ins=said(None, None, 5)))
        assert found is not None
        assert found.facts["which"] == "thin"
        assert find("not_enough_data", facts(check_ins=said(5, 5, 5))) is None

    def test_photos_that_cannot_be_scored(self) -> None:
        taken = tuple(Answered(NOW - timedelta(days=day), 8, None, True) for day in (3, 2, 1, 0))
        found = find("not_enough_data", facts(check_ins=taken))
        assert found is not None
        assert found.facts["which"] == "photos"
        assert find("not_enough_data", facts(check_ins=taken, is_face_informative=False)) is None

    def test_silence_is_the_other_rules(self) -> None:
        assert find("not_enough_data", facts()) is None

    def test_who_is_new_cannot_have_filled_the_window(self) -> None:
        assert find("not_enough_data", facts(check_ins=said(None), since=NOW - timedelta(days=5))) is None


class TestWaiting:
    def test_an_unread_note(self) -> None:
        def waits(hours: float) -> PatientFacts:
            return facts(unread_notes=[UnreadNote("id", NOW - timedelta(hours=hours))])

        assert find("unread_note", waits(24)) is not None
        assert find("unread_note", waits(23.9)) is None

    def test_a_later_note_is_news_while_an_older_one_stays_unread(self) -> None:
        older, later, new = (
            UnreadNote(name, NOW - timedelta(hours=age)) for name, age in (("1", 70), ("2", 30), ("3", 2))
        )
        found = find("unread_note", facts(unread_notes=[older, later, new]))
        assert found is not None
        assert (found.facts, found.episode) == ({"hours": 70}, "2")

    def test_what_the_patient_contests(self) -> None:
        assert find("reading_contested", facts(contested_at=NOW - timedelta(days=1))) is not None
        assert find("reading_contested", facts(contested_at=NOW - timedelta(days=8))) is None

    def test_a_wish_and_a_dead_photo(self) -> None:
        assert find("call_wanted", facts(waits_since=NOW - timedelta(hours=1))) is not None
        assert find("analysis_failed", facts(failed_at=NOW - timedelta(hours=1))) is not None


def test_a_low_answer_that_comes_late_is_heard() -> None:
    """Two low days a week ago, from a phone without a net: heard today."""
    late = tuple(
        Answered(NOW - timedelta(days=day), 1, heard_at=NOW - timedelta(minutes=5)) for day in (8, 7)
    )
    assert find("low_mood", facts(check_ins=late)) is not None
    assert find("low_mood", facts(check_ins=[Answered(row.at, row.mood) for row in late])) is None


@pytest.mark.parametrize("code", ["sustained_emotion", "happy_fall"])
def test_a_face_that_says_nothing_raises_no_face_rule(code: str) -> None:
    """The same days, of somebody whose face counts and of somebody whose does not."""
    days = {"face": face(sad=0.9), "happy_weeks": [0.4, 0.5, 0.4]}
    assert find(code, facts(**days)) is not None
    assert find(code, facts(**days, is_face_informative=False)) is None
