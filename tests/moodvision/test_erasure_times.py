"""The desk says how long a wish to be erased can be taken back, and how long the record is kept after it."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, ClinicSettings, Membership, RetentionRun
from patients import retention, services
from patients.models import Patient
from tests.clinics.factories import make_member
from tests.conftest import signed_in

URL = "/c/north/settings/retention/erasure/"
PAGE = "/c/north/settings/retention/"
PUBLIC = "/c/north/privacy/"


@pytest.fixture
def olga(clinic_a: object, alice: Membership) -> Membership:
    return make_member(alice.clinic, "privacy_officer", "Olga Ott")


def leave_over(member: Membership, left_over: int) -> None:
    now = timezone.now()
    with tenancy.enter(member.clinic_id):
        RetentionRun.objects.create(
            clinic_id=member.clinic_id, kind="answers", days=100, cutoff=now, removed=0, left_over=left_over
        )


def test_the_desk_sets_both_and_the_public_page_follows(olga: Membership) -> None:
    assert "You can take it back for 7 days" in Client().get(PUBLIC).text
    answer = signed_in(olga).post(URL, {"cooling_off_days": "14", "record_years": "20"})
    assert answer["Location"] == PAGE
    shown = Client().get(PUBLIC).text
    assert "You can take it back for 14 days" in shown
    assert "must keep it for 20 years" in shown
    with tenancy.enter(olga.clinic_id):
        entry = AccessLogEntry.objects.get(action="settings.erasure_times")
        assert entry.kind == "settings"
        assert json.loads(entry.canonical)["detail"] == {
            "days_before": 7, "days": 14, "years_before": 10, "years": 20,
        }  # fmt: skip


def test_a_clinic_that_keeps_no_record_says_so(olga: Membership) -> None:
    signed_in(olga).post(URL, {"cooling_off_days": "7", "record_years": "0"})
    assert "Nothing of it is kept after that." in Client().get(PUBLIC).text


@pytest.mark.parametrize(
    ("name", "value"), [("cooling_off_days", 0), ("cooling_off_days", 31), ("record_years", 41)]
)
def test_what_is_out_of_bounds_is_refused(olga: Membership, name: str, value: int) -> None:
    body = {"cooling_off_days": 7, "record_years": 10, name: value}
    answer = signed_in(olga).post(URL, body)
    assert answer.status_code == 400
    assert set(answer.context["times_form"].errors) == {name}
    with tenancy.enter(olga.clinic_id), pytest.raises(DomainError, match="out_of_range"):
        retention.save_erasure_times(clinic=olga.clinic, by=olga, **body)


def test_a_clinician_sets_nothing(alice: Membership) -> None:
    assert signed_in(alice).post(URL, {"cooling_off_days": "1", "record_years": "0"}).status_code == 403
    with tenancy.enter(alice.clinic_id):
        with pytest.raises(DomainError, match="may_not_set_retention"):
            retention.save_erasure_times(clinic=alice.clinic, cooling_off_days=1, record_years=0, by=alice)
        assert ClinicSettings.objects.get().record_retention_years == 10


def test_the_same_again_writes_nothing(olga: Membership) -> None:
    signed_in(olga).post(URL, {"cooling_off_days": "7", "record_years": "10"})
    with tenancy.enter(olga.clinic_id):
        assert not AccessLogEntry.objects.filter(action="settings.erasure_times").exists()


def test_a_confirmed_wish_keeps_its_date_and_the_next_has_the_new_one(olga: Membership, pat: Patient) -> None:
    with tenancy.enter(olga.clinic_id):
        wish = services.confirm_erasure(wish=services.request_erasure(patient=pat, by=pat), by=pat)
        due = wish.due_at
        retention.save_erasure_times(clinic=olga.clinic, cooling_off_days=21, record_years=10, by=olga)
        wish.refresh_from_db()
        assert wish.due_at == due
        services.cancel_erasure(wish=wish, by=pat)
        later = services.confirm_erasure(wish=services.request_erasure(patient=pat, by=pat), by=pat)
        assert later.due_at is not None
        assert later.due_at - timezone.now() > timedelta(days=20)


def test_the_desk_is_told_of_what_a_night_left_until_a_night_leaves_nothing(
    olga: Membership, alice: Membership
) -> None:
    browser = signed_in(olga)
    assert "left over" not in browser.get(PAGE).text
    leave_over(olga, 3)
    shown = browser.get(PAGE)
    assert shown.context["kinds_left_over"] == 1
    assert '<span class="visually-hidden"> left over</span>' in shown.text
    assert "should have gone and are still there" in shown.text
    assert "privacy desk sees this" in Client().get(PUBLIC).text
    assert "left over" not in signed_in(alice).get("/c/north/").text
    leave_over(olga, 0)
    assert "left over" not in browser.get(PAGE).text
    assert "privacy desk sees this" not in Client().get(PUBLIC).text


def test_the_public_page_says_what_the_operator_set(olga: Membership, settings: Settings) -> None:
    settings.DUMP_DAYS, settings.ACCESS_LOG_KEEP_DAYS = 21, 2 * 365
    shown = Client().get(PUBLIC).text
    assert "Backups live for 21 days" in shown
    assert "kept for at least 2 years" in shown
    settings.ACCESS_LOG_KEEP_DAYS = 400
    assert "kept for at least 400 days" in Client().get(PUBLIC).text
