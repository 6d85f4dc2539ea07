"""Whoever is turned away leaves an entry: who, what was asked, from where. A scanner cannot fill the log."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clinics import denials, tenancy
from clinics.models import AccessLogEntry, Clinic, DenialCount, Membership, PlatformLogEntry
from clinics.tasks import report_swallowed_denials
from patients import services
from patients.models import Patient
from tests.clinics.sign_in_pages import give_code, give_password, later, sign_in
from tests.conftest import signed_in

IDLE = 15 * 60 + 1


def said(row: AccessLogEntry | PlatformLogEntry) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(row.canonical)
    return content


def in_clinic(clinic: Clinic) -> list[dict[str, Any]]:
    with tenancy.enter(clinic.pk):
        rows = AccessLogEntry.objects.filter(kind="denial").order_by("number")
        return [said(row) for row in rows]


def on_platform() -> list[dict[str, Any]]:
    return [said(row) for row in PlatformLogEntry.objects.filter(kind="denial").order_by("number")]


def test_somebody_who_is_not_signed_in_leaves_an_entry(clinic_a: Clinic, pat: Patient) -> None:
    answer = Client().get(f"/c/north/patients/{pat.pk}/")
    (entry,) = on_platform()
    assert (entry["actor"], entry["outcome"], entry["action"]) == ("stranger:unknown", "denied", "refused")
    assert entry["request"] == answer["X-Request-ID"]
    assert entry["origin"]["address"] == "127.0.0.1"
    assert entry["detail"] == {
        "view": "scoring:patient",
        "method": "GET",
        "status": 302,
        "reason": "not_signed_in",
        "clinic": "north",
    }
    assert in_clinic(clinic_a) == []


def test_an_unknown_clinic_leaves_an_entry_without_the_strangers_own_words(alice: Membership) -> None:
    assert signed_in(alice).get("/c/pat-petersen/").status_code == 404
    assert Client().get("/c/pat-petersen/").status_code == 302
    assert [row["actor"] for row in on_platform()] == [f"stranger:{alice.user_id}", "stranger:unknown"]
    assert {row["detail"]["reason"] for row in on_platform()} == {"unknown_clinic"}
    assert not PlatformLogEntry.objects.filter(canonical__contains="petersen").exists()


def test_a_link_that_works_no_more_is_logged_without_its_token(clinic_a: Clinic) -> None:
    assert Client().get("/c/north/join/a-secret-token/").status_code == 404
    (entry,) = on_platform()
    assert entry["detail"]["view"] == "patients:join"
    assert not PlatformLogEntry.objects.filter(canonical__contains="secret-token").exists()


def test_pages_that_are_open_to_all_leave_none(clinic_a: Clinic) -> None:
    assert Client().get("/c/north/privacy/").status_code == 200
    assert on_platform() == []


def test_a_scanner_fills_no_log_and_what_was_swallowed_is_one_entry(
    clinic_a: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denials, "ENTRIES_PER_ORIGIN", 3)
    for number in range(8):
        Client().get(f"/c/nowhere{'x' * number}/")
    Client().get("/c/nowhere/", REMOTE_ADDR="192.0.2.7")
    assert len(on_platform()) == 4
    report_swallowed_denials()  # the hour is not over
    assert len(on_platform()) == 4
    DenialCount.objects.update(hour=timezone.now() - timedelta(hours=1))
    report_swallowed_denials()
    report_swallowed_denials()
    entry = on_platform()[-1]
    assert (len(on_platform()), entry["action"], entry["actor"]) == (5, "refused.swallowed", "system:denials")
    assert (entry["detail"]["address"], entry["detail"]["swallowed"]) == ("127.0.0.1", 5)
    assert not DenialCount.objects.exists()


def test_many_origins_together_fill_no_log(clinic_a: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(denials, "ENTRIES_OF_ALL", 3)
    for number in range(5):
        Client().get("/c/nowhere/", REMOTE_ADDR=f"192.0.2.{number}")
    assert len(on_platform()) == 3
    DenialCount.objects.update(hour=timezone.now() - timedelta(hours=1))
    assert denials.report_swallowed() == 1
    assert on_platform()[-1]["detail"]["address"] == "*"


def test_addresses_of_one_ipv6_network_are_one_origin(
    clinic_a: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denials, "ENTRIES_PER_ORIGIN", 2)
    for number in range(1, 5):
        Client().get("/c/nowhere/", REMOTE_ADDR=f"2001:db8::{number}")
    assert len(on_platform()) == 2


def test_a_session_without_its_second_factor_leaves_an_entry(clinic_a: Clinic, alice: Membership) -> None:
    browser = Client()
    browser.force_login(alice.user)
    assert browser.get("/c/north/").status_code == 302
    assert browser.get("/c/north/", headers={"HX-Request": "true"}).status_code == 204
    assert browser.post("/api/c/north/check-ins/").status_code == 403
    entries = in_clinic(clinic_a)
    assert [row["actor"] for row in entries] == [f"membership:{alice.pk}"] * 3
    assert [row["detail"]["status"] for row in entries] == [302, 204, 403]
    assert {row["detail"]["reason"] for row in entries} == {"second_factor_required"}
    assert entries[0]["detail"]["view"] == "scoring:triage"


def test_a_locked_session_leaves_an_entry_that_names_the_record_asked_for(
    clinic_a: Clinic, alice: Membership, pat: Patient
) -> None:
    browser = signed_in(alice)
    with later(IDLE):
        assert browser.get(f"/c/north/patients/{pat.pk}/").status_code == 302
    (entry,) = in_clinic(clinic_a)
    assert (entry["patient"], entry["detail"]["reason"]) == (str(pat.pk), "locked")
    assert on_platform() == []


def test_a_locked_session_at_the_accounts_own_pages_leaves_an_entry(alice: Membership) -> None:
    browser = signed_in(alice)
    with later(IDLE):
        assert browser.get("/accounts/email/").status_code == 302
    (entry,) = on_platform()
    assert (entry["actor"], entry["detail"]["reason"]) == (f"stranger:{alice.user_id}", "locked")
    assert entry["detail"]["view"] == "account_email"


def test_who_has_a_factor_and_did_not_show_it_does_not_reach_the_account(alice: Membership) -> None:
    browser = Client()
    browser.force_login(alice.user)
    for page in ("/accounts/email/", "/accounts/2fa/", "/accounts/password/change/", "/accounts/sessions/"):
        assert browser.get(page)["Location"].startswith("/second-factor/")
    assert {row["detail"]["reason"] for row in on_platform()} == {"second_factor_required"}


def test_an_act_without_a_fresh_confirmation_leaves_an_entry(clinic_a: Clinic, ada: Membership) -> None:
    browser = signed_in(ada)
    with later(601):
        answer = browser.post("/c/north/policy/", {"jurisdiction": "generic"})
        assert answer["Location"].startswith("/accounts/reauthenticate/")
    (entry,) = in_clinic(clinic_a)
    assert (entry["actor"], entry["detail"]["reason"]) == (f"membership:{ada.pk}", "not_confirmed_again")


def test_a_portal_behind_its_pin_leaves_an_entry(clinic_a: Clinic, pat: Patient) -> None:
    with tenancy.enter(clinic_a.pk):
        services.set_pin(patient=pat, pin="4711", by=pat)
    assert pat.user is not None
    browser = sign_in(pat.user.email, has_code=False)
    browser.get("/c/north/me/check-in/")
    with later(121):
        assert browser.get("/c/north/me/check-in/").status_code == 302
    (entry,) = in_clinic(clinic_a)
    assert (entry["actor"], entry["detail"]["reason"]) == (f"patient:{pat.pk}", "locked")


def test_the_entry_stays_though_the_request_is_rolled_back(clinic_a: Clinic, mallory: Membership) -> None:
    assert signed_in(mallory).get("/c/north/").status_code == 404
    (entry,) = in_clinic(clinic_a)
    assert entry["actor"] == f"stranger:{mallory.user_id}"


def test_guessing_beyond_the_limit_leaves_entries_and_fills_no_log(
    alice: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denials, "ENTRIES_PER_ORIGIN", 2)
    browser = Client()
    for _ in range(5):
        give_password(browser, alice.user.email, "a wrong password")
    assert on_platform() == []  # each failed sign-in has an entry of its own
    for _ in range(4):
        assert "Too many failed" in give_password(browser, alice.user.email).text
    entries = on_platform()
    assert [row["action"] for row in entries] == ["refused"] * 2
    assert entries[0]["detail"] == {
        "view": "account_login",
        "method": "POST",
        "status": 200,
        "reason": "too_many_attempts",
        "clinic": "",
    }
    assert alice.user.email not in str(entries)


def test_a_second_step_and_a_confirmation_tried_too_often_leave_an_entry(alice: Membership) -> None:
    browser = Client()
    give_password(browser, alice.user.email)
    for _ in range(6):
        give_code(browser, "000000")
    (entry,) = on_platform()
    assert entry["detail"]["view"] == "mfa_authenticate"
    browser = signed_in(alice)
    answers = [browser.post("/accounts/reauthenticate/", {"password": "wrong"}) for _ in range(11)]
    assert answers[-1].status_code == 429
    entry = on_platform()[-1]
    assert (entry["actor"], entry["detail"]["status"]) == (f"stranger:{alice.user_id}", 429)
    assert entry["detail"]["reason"] == "too_many_attempts"


def test_somebody_who_is_signed_in_fills_no_chain_and_what_was_swallowed_is_one_entry(
    clinic_a: Clinic, mallory: Membership, alice: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denials, "ENTRIES_PER_PERSON", 3)
    browser = signed_in(mallory)
    for _ in range(8):
        assert browser.get("/c/north/").status_code == 404
    assert signed_in(alice).get("/c/north/nothing/").status_code == 404
    assert len(in_clinic(clinic_a)) == 4
    report_swallowed_denials()  # the hour is not over
    DenialCount.objects.update(hour=timezone.now() - timedelta(hours=1))
    report_swallowed_denials()
    report_swallowed_denials()
    entry = in_clinic(clinic_a)[-1]
    assert (len(in_clinic(clinic_a)), entry["action"], entry["actor"]) == (
        5,
        "refused.swallowed",
        "system:denials",
    )
    assert (entry["detail"]["who"], entry["detail"]["swallowed"]) == (f"stranger:{mallory.user_id}", 5)
    assert on_platform() == []
    assert not DenialCount.objects.exists()


def test_each_clinic_has_a_limit_of_its_own(
    clinic_a: Clinic, clinic_b: Clinic, pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denials, "ENTRIES_PER_PERSON", 1)
    browser = signed_in(pat)
    for _ in range(2):
        for clinic in ("north", "south"):
            assert browser.get(f"/c/{clinic}/nothing/").status_code == 404
    assert [len(in_clinic(clinic)) for clinic in (clinic_a, clinic_b)] == [1, 1]


def test_ipv4_addresses_written_as_ipv6_are_each_themselves(
    clinic_a: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denials, "ENTRIES_PER_ORIGIN", 1)
    for address in ("::ffff:192.0.2.1", "192.0.2.1", "::ffff:192.0.2.2"):
        Client().get("/c/nowhere/", REMOTE_ADDR=address)
    assert len(on_platform()) == 2
