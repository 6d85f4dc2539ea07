"""Cover hours, holidays and duties through their page, and what every other page then says."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinics import cover, tenancy
from clinics.cover import declaring
from clinics.models import ClinicSafety, ClinicSettings, Holiday, Lane, Membership
from patients.models import Patient
from tests.clinics.test_cover import phone
from tests.conftest import signed_in

PAGE = "/c/north/settings/cover/"


def act(by: Membership, act_name: str, /, **fields: Any) -> Any:
    body = {"act": act_name, **{f"{act_name}-{field}": value for field, value in fields.items()}}
    return signed_in(by).post(PAGE, body)


def office(first: int = 0, last: int = 4, part: int = 0, **times: str) -> dict[str, str]:
    opens, closes = times.get("opens", "08:00"), times.get("closes", "18:00")
    days = range(first, last + 1)
    return {f"opens_{day}_{part}": opens for day in days} | {f"closes_{day}_{part}": closes for day in days}


def words(by: Membership) -> str:
    with tenancy.enter(by.clinic_id):
        return cover.public_words(by.clinic)


def test_hours_of_all_lanes_are_one_sentence_on_every_page(
    ada: Membership, alice: Membership, pat: Patient
) -> None:
    assert act(ada, "hours", lanes=list(Lane.values), **office()).status_code == 302
    said = "Cover hours: Monday to Friday, 08:00 to 18:00. Outside cover hours nobody is watching."
    for person in (alice, pat):
        page = signed_in(person).get("/c/north/me/consents/" if person is pat else "/c/north/")
        assert said in page.text
    assert (
        "Somebody looks at alerts: Monday to Friday, 08:00 to 18:00."
        in signed_in(alice).get("/c/north/").text
    )


def test_lanes_with_hours_of_their_own_are_named(ada: Membership) -> None:
    assert act(ada, "duties", has_duty_desk="on", item_9_minutes=60, call_minutes=60).status_code == 302
    act(ada, "hours", lanes=["item_9", "call"], is_always="on")
    act(ada, "hours", lanes=["face"], **office())
    act(ada, "hours", lanes=["routine"], **office(closes="17:00"))
    act(ada, "remark", text="by phone from 9")
    assert words(ada) == (
        "wishes for a call and urgent answers: day and night; from photos: Monday to Friday, 08:00 to 18:00; "
        "all else: Monday to Friday, 08:00 to 17:00 (by phone from 9)"
    )


def test_a_remark_from_before_is_shown_until_hours_are_declared(ada: Membership) -> None:
    with tenancy.enter(ada.clinic_id):
        ClinicSettings.objects.update(cover_hours="weekdays")
    assert words(ada) == "weekdays"


def test_a_day_may_have_a_break_and_the_form_shows_what_is_in_force(ada: Membership) -> None:
    morning, afternoon = office(0, 0, closes="12:00"), office(0, 0, part=1, opens="13:00", closes="17:00")
    assert act(ada, "hours", lanes=["call"], **morning, **afternoon).status_code == 302
    page = signed_in(ada).get(f"{PAGE}?lane=call").text
    assert "Monday, 08:00 to 12:00 and 13:00 to 17:00" in page
    assert 'name="hours-opens_0_1" value="13:00"' in page


def test_times_that_lie_in_each_other_or_are_half_given_change_nothing(ada: Membership) -> None:
    overlapping = office(0, 0) | office(0, 0, part=1, opens="17:00", closes="20:00")
    assert act(ada, "hours", lanes=["call"], **overlapping).status_code == 400
    half = act(ada, "hours", lanes=["call"], opens_0_0="08:00")
    assert half.status_code == 400
    assert "both times, or neither" in half.text
    assert act(ada, "hours", **office()).status_code == 400  # for no lane
    assert words(ada) == ""


def test_a_holiday_once_a_day_with_its_name(ada: Membership) -> None:
    assert act(ada, "holiday", day="2031-12-25", name="Christmas Day", closes_urgent="on").status_code == 302
    assert "Christmas Day" in signed_in(ada).get(PAGE).text
    assert act(ada, "holiday", day="2031-12-25").status_code == 400
    with tenancy.enter(ada.clinic_id):
        found = Holiday.objects.get()
    assert (found.day, found.closes_urgent) == (date(2031, 12, 25), True)
    assert act(ada, "remove_holiday", holiday=str(found.pk)).status_code == 302


@pytest.mark.parametrize(("minutes", "status"), [("60", 302), ("29", 400), ("14", 400), ("241", 400)])
def test_minutes_without_a_desk_are_bearable(
    ada: Membership, alice: Membership, minutes: str, status: int
) -> None:
    page = act(ada, "duties", lead=str(alice.pk), item_9_minutes=minutes, call_minutes="60")
    assert page.status_code == status
    with tenancy.enter(ada.clinic_id):
        assert (ClinicSafety.objects.get().lead_id == alice.pk) == (status == 302)


def test_only_clinicians_lead(ada: Membership, bob: Membership) -> None:
    assert act(ada, "duties", lead=str(bob.pk), item_9_minutes="60", call_minutes="60").status_code == 400


def test_night_cover_is_declared_and_taken_back(ada: Membership) -> None:
    for box, expected in ({"has_night_cover": "on"}, True), ({}, False):
        act(ada, "night", **box)
        with tenancy.enter(ada.clinic_id):
            assert ClinicSafety.objects.get().has_night_cover is expected


def test_an_act_that_there_is_not_is_not_found(ada: Membership) -> None:
    assert act(ada, "nothing").status_code == 404


@pytest.mark.parametrize(
    "times",
    [
        {"is_always": "on"},
        office(opens="06:30"),
        office(closes="22:00"),
        office(opens="18:00", closes="08:00"),
    ],
)
def test_urgent_lanes_at_night_need_a_desk_or_a_phone(
    ada: Membership, alice: Membership, times: dict[str, str]
) -> None:
    refused = act(ada, "hours", lanes=["item_9", "routine"], **times)
    assert refused.status_code == 400
    assert "are no night cover" in refused.text
    assert words(ada) == ""
    assert act(ada, "hours", lanes=["routine", "face"], **times).status_code == 302
    with tenancy.enter(ada.clinic_id):
        declaring.set_night_cover(clinic=ada.clinic, is_declared=True, by=ada)
    assert act(ada, "hours", lanes=["item_9"], **times).status_code == 400
    with tenancy.enter(ada.clinic_id):
        phone(alice, timezone.now())
    assert act(ada, "hours", lanes=["item_9"], **times).status_code == 302


def test_the_desk_that_nights_rest_on_is_not_taken_away(ada: Membership) -> None:
    desk = {"has_duty_desk": "on", "item_9_minutes": 60, "call_minutes": 60}
    assert act(ada, "duties", **desk).status_code == 302
    assert act(ada, "hours", lanes=["item_9"], is_always="on").status_code == 302
    assert act(ada, "duties", item_9_minutes=60, call_minutes=60).status_code == 400
    assert act(ada, "hours", lanes=["item_9"], **office()).status_code == 302
    assert act(ada, "duties", item_9_minutes=60, call_minutes=60).status_code == 302


def test_a_holiday_is_said_where_the_hours_are(ada: Membership, pat: Patient, alice: Membership) -> None:
    """A bank holiday: the words would have somebody look on Monday morning, and nobody does."""
    act(ada, "hours", lanes=list(Lane.values), **office())
    act(ada, "holiday", day="2026-11-30", closes_urgent="on")
    holiday, day_after = datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 12, 1, 9, tzinfo=UTC)
    closed = "Monday to Friday, 08:00 to 18:00 (closed now until Tuesday, 1 December, 08:00)"
    with tenancy.enter(ada.clinic_id):
        for moment in (holiday, holiday - timedelta(days=1), holiday - timedelta(hours=2)):
            assert cover.public_words(ada.clinic, moment) == closed
            assert cover.words(ada.clinic, Lane.ROUTINE, moment) == closed
        for moment in (day_after, holiday - timedelta(days=3), day_after + timedelta(hours=12)):
            assert cover.public_words(ada.clinic, moment) == "Monday to Friday, 08:00 to 18:00"


def test_a_holiday_of_the_other_lanes_alone_is_said_of_those(ada: Membership) -> None:
    act(ada, "hours", lanes=list(Lane.values), **office())
    act(ada, "holiday", day="2026-11-30")
    with tenancy.enter(ada.clinic_id):
        said = cover.public_words(ada.clinic, datetime(2026, 11, 30, 9, tzinfo=UTC))
    assert said == (
        "wishes for a call and urgent answers: Monday to Friday, 08:00 to 18:00; all else: Monday to Friday, "
        "08:00 to 18:00 (closed now until Tuesday, 1 December, 08:00)"
    )
