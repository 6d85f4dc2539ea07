"""The rota through its page: what may be written there, and what is refused."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.cover import rota
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, ClinicSafety, Leave, Membership, Shift, TrialAlert
from tests.clinics.factories import make_member, watch_always
from tests.conftest import signed_in

PAGE = "/c/north/rota/"
MONDAY = "2030-06-03"


@pytest.fixture
def nora(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "clinician", "Nora Neumann")


def act(by: Membership, name: str, **fields: Any) -> Any:
    body = {"act": name, **{f"{name}-{field}": value for field, value in fields.items()}}
    return signed_in(by).post(f"{PAGE}?week={MONDAY}", body)


def add_shift(by: Membership, member: Membership, **changed: str) -> Any:
    body = {"kind": "duty", "day": MONDAY, "starts": "08:00", "ends": "16:00", **changed}
    return act(by, "shift", member=str(member.pk), **body)


def shifts(clinic: Clinic) -> list[tuple[datetime, datetime]]:
    with tenancy.enter(clinic.pk):
        return list(Shift.objects.order_by("starts_at").values_list("starts_at", "ends_at"))


def test_a_shift_is_added_on_the_clinics_clock_shown_and_removed(alice: Membership, nora: Membership) -> None:
    assert add_shift(alice, nora).status_code == 302
    assert shifts(alice.clinic) == [
        (datetime(2030, 6, 3, 6, tzinfo=UTC), datetime(2030, 6, 3, 14, tzinfo=UTC))
    ]
    shown = signed_in(alice).get(f"{PAGE}?week={MONDAY}").text
    assert re.search("08:00 . 16:00", shown)
    assert "Nora Neumann" in shown
    with tenancy.enter(alice.clinic_id):
        found = Shift.objects.get()
        kinds = AccessLogEntry.objects.filter(action="rota.shift_added").count()
    assert kinds == 1
    assert act(alice, "remove_shift", shift=str(found.pk)).status_code == 302
    assert shifts(alice.clinic) == []


def test_a_shift_may_end_on_the_next_day(alice: Membership) -> None:
    add_shift(alice, alice, starts="22:00", ends="06:00")
    ((starts, ends),) = shifts(alice.clinic)
    assert ends - starts == timedelta(hours=8)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"day": "tomorrow"}, "valid date"),
        ({"starts": "25:00"}, "valid time"),
        ({"kind": "boss"}, "valid choice"),
    ],
)
def test_what_is_no_shift_is_refused(alice: Membership, changed: dict[str, str], words: str) -> None:
    page = add_shift(alice, alice, **changed)
    assert page.status_code == 400
    assert words in page.text
    assert shifts(alice.clinic) == []


def test_two_shifts_of_a_kind_at_once_are_refused(alice: Membership) -> None:
    add_shift(alice, alice)
    assert add_shift(alice, alice, starts="12:00", ends="20:00").status_code == 400
    assert add_shift(alice, alice, starts="12:00", ends="20:00", kind="on_call").status_code == 302


def test_only_active_clinicians_stand_on_the_rota(
    alice: Membership, bob: Membership, ada: Membership
) -> None:
    assert add_shift(ada, bob).status_code == 400
    with tenancy.enter(alice.clinic_id):
        Membership.objects.filter(pk=alice.pk).update(is_active=False)
    assert add_shift(ada, alice).status_code == 400


def test_a_week_is_copied_and_one_who_left_is_not(
    alice: Membership, nora: Membership, ada: Membership
) -> None:
    add_shift(alice, nora)
    add_shift(alice, alice)
    with tenancy.enter(alice.clinic_id):
        Membership.objects.filter(pk=nora.pk).update(is_active=False)
    assert (
        "2 shifts were added"
        in signed_in(alice)
        .post(f"{PAGE}?week={MONDAY}", {"act": "copy", "copy-week": MONDAY, "copy-weeks": "2"}, follow=True)
        .text
    )
    assert len(shifts(alice.clinic)) == 4
    assert act(alice, "copy", week=MONDAY, weeks="99").status_code == 400


def test_leave_is_written_and_taken_back(alice: Membership, nora: Membership) -> None:
    assert (
        act(alice, "leave", member=str(nora.pk), first_day="2030-06-03", last_day="2030-06-02").status_code
        == 400
    )
    assert (
        act(alice, "leave", member=str(nora.pk), first_day="2030-06-03", last_day="2030-06-07").status_code
        == 302
    )
    assert "3 June to 7 June 2030" in signed_in(alice).get(PAGE).text
    with tenancy.enter(alice.clinic_id):
        found = Leave.objects.get()
    assert act(alice, "remove_leave", leave=str(found.pk)).status_code == 302


def test_an_empty_rota_is_said_in_cover_hours_and_so_is_an_hour_without_anybody(alice: Membership) -> None:
    watch_always(alice.clinic)
    add_shift(alice, alice)
    act(alice, "keep", is_kept="on")
    browser = signed_in(alice)
    assert "The rota is empty" in browser.get(PAGE).text
    week = browser.get(f"{PAGE}?week={MONDAY}").text
    assert "Nobody on duty 00:00 to 08:00" in week
    assert "Nobody on duty 16:00 to 00:00" in week
    assert "Nobody on duty" not in browser.get(f"{PAGE}?week=2020-06-01").text, "nobody can mend what is over"
    with tenancy.enter(alice.clinic_id):
        assert ClinicSafety.objects.get().keeps_rota
    assert act(alice, "keep").status_code == 302
    with tenancy.enter(alice.clinic_id):
        assert not ClinicSafety.objects.get().keeps_rota


def test_outside_cover_hours_the_page_says_that_nobody_watches(alice: Membership) -> None:
    assert "Outside cover hours: nobody is watching" in signed_in(alice).get(PAGE).text


def test_a_test_alert_is_sent_from_the_rota(ada: Membership, alice: Membership) -> None:
    assert act(ada, "trial", member=str(alice.pk), channel="screen").status_code == 302
    with tenancy.enter(ada.clinic_id):
        assert TrialAlert.objects.get().membership_id == alice.pk
    assert "not confirmed" in signed_in(ada).get(PAGE).text


@pytest.mark.parametrize("week", ["2030-13-01", "0001-01-01", "9999-12-31", "x"])
def test_a_week_that_there_is_not_shows_this_one(alice: Membership, week: str) -> None:
    page = signed_in(alice).get(f"{PAGE}?week={week}")
    today = timezone.now().astimezone(alice.clinic.zone).date()
    assert page.context["monday"] == today - timedelta(days=today.weekday())


def test_ones_own_leave_needs_no_right_and_others_do(
    in_a: Clinic, eve: Membership, alice: Membership
) -> None:
    day = date(2030, 6, 3)
    found = rota.add_leave(member=eve, first_day=day, last_day=day, by=eve)
    rota.remove_leave(leave=found, by=eve)
    with pytest.raises(DomainError, match="may_not_keep_rota"):
        rota.add_leave(member=alice, first_day=day, last_day=day, by=eve)
