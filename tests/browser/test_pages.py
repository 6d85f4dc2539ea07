"""Every page, wide and narrow, light and dark: quiet, inside its window, readable by all; and its picture."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from clinics import sign_in
from patients import services as patient_services
from patients.models import Patient
from tests.browser import (
    checks,
    cover_pages,
    desk_pages,
    duty_pages,
    message_pages,
    questionnaire_pages,
    words_pages,
)
from tests.browser.explained import explanation
from tests.browser.site import LONG_HISTORY, Site
from tests.browser.visits import DESKTOP, HEIGHTS, PHONE, Visits, photo_file
from tests.inference import photos
from tests.inference.watched_weeks import example_weeks

Scheme = Literal["light", "dark"]
LOOKS: list[tuple[int, Scheme]] = [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "dark"), (PHONE, "light")]
TALLEST = 1800
AXE_LOOKS = {(DESKTOP, "light"), (PHONE, "dark")}
ALICE, ADA, PAT = "alice@north.example", "ada@north.example", "pat@north.example"
BOB, AUDREY, OLGA = "bob@north.example", "audrey@north.example", "olga@north.example"


def resize(page: Page, width: int) -> None:
    """A phone as it is; a wide window as tall as its page, so that the picture shows what matters."""
    height = HEIGHTS[width]
    page.set_viewport_size({"width": width, "height": height})
    if width == DESKTOP:
        content = page.evaluate("() => document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(height, min(content, TALLEST))})
    page.evaluate("() => scrollTo(0, 0)")


def go_to(path: str) -> Callable[[Page, Site], None]:
    def go(page: Page, site: Site) -> None:
        page.goto(path)

    return go


def triage(page: Page, site: Site) -> None:
    page.goto("/c/north/")
    expect(page.locator("[data-alerts]")).to_have_attribute("data-state", "live")


def patient(page: Page, site: Site) -> None:
    page.goto("/c/north/")
    page.get_by_role("link", name="Clara Conrad", exact=True).click()
    expect(page.locator("canvas[data-score-chart]")).to_have_attribute("data-drawn", "svg")


def alert(page: Page, site: Site) -> None:
    page.goto("/c/north/")
    page.get_by_role("link", name="Ines Iden, #").click()


def matrix(page: Page, site: Site) -> None:
    page.goto("/c/north/settings/matrix/")
    before = page.locator("#preview").inner_text()
    page.get_by_label("Score of sad").fill("10")
    page.wait_for_function("before => document.querySelector('#preview').innerText !== before", arg=before)


def own_history(page: Page, site: Site) -> None:
    page.goto("/c/north/me/")
    expect(page.locator("canvas[data-score-chart]")).to_have_attribute("data-drawn", "svg")


def check_in_camera(page: Page, site: Site) -> None:
    page.goto("/c/north/me/check-in/")
    page.get_by_role("button", name="Use the camera").click()
    page.get_by_role("button", name="Take the photo").click()
    expect(page.get_by_role("img", name="The photo you are about to send")).to_be_visible()
    page.get_by_role("radio", name="6", exact=True).check()


def received(image: Callable[[], bytes], text: str) -> Callable[[Page, Site], None]:
    def send(page: Page, site: Site) -> None:
        page.goto("/c/north/me/check-in/")
        page.get_by_label("Choose a photo").set_input_files(photo_file(image()))
        page.get_by_role("radio", name="6", exact=True).check()
        page.get_by_label("Anything you want to add?").fill("Slept a little better.")
        page.get_by_role("button", name="Send check-in").click()
        expect(page.get_by_text(text)).to_be_visible()

    return send


def requested(page: Page, site: Site) -> None:
    with site.inside():
        for kind, days in (("correct", 40), ("export", 27), ("object", 2)):
            patient_services.open_request(
                patient=Patient.objects.get(user__email=PAT),
                kind=kind,
                words="My name is spelt with two n.",
                by=site.member(ADA),
                received_at=timezone.now() - timedelta(days=days),
            )
    page.goto("/c/north/requests/")
    expect(page.get_by_text("Late", exact=True)).to_be_visible()


def one_request(page: Page, site: Site) -> None:
    requested(page, site)
    page.get_by_role("row").filter(has_text="please correct it").get_by_role("link").click()
    expect(page.get_by_text("two n")).to_be_visible()


def program(page: Page, site: Site) -> None:
    with site.inside():
        example_weeks(site.member(ADA).clinic)
    page.goto("/c/north/settings/program/")
    expect(page.get_by_text("dark (Monk 7 to 10)").first).to_be_visible()


def correct(page: Page, site: Site) -> None:
    page.goto("/c/north/me/check-in/")
    page.get_by_label("Anything you want to add?").fill("Slept a little better.")
    page.get_by_role("button", name="Send check-in").click()
    page.get_by_role("link", name="Correct my answers").click()
    page.get_by_label("Your note").fill("Slept badly.")
    page.get_by_role("button", name="Save the correction").click()
    page.get_by_role("link", name="Correct my answers").click()
    expect(page.get_by_text("Slept a little better.")).to_be_visible()


def standing(page: Page, site: Site) -> None:
    page.goto("/c/north/")
    page.get_by_role("link", name="David Dorn", exact=True).click()
    page.get_by_role("link", name="Standing and guardians").click()
    page.get_by_role("heading", name="Who decides", exact=True).wait_for()


def emergency_card(page: Page, site: Site) -> None:
    page.goto("/c/north/")
    page.get_by_role("link", name="David Dorn", exact=True).click()
    page.get_by_role("link", name="Emergency card").click()
    page.get_by_role("heading", level=1).wait_for()


def edit_emergency_card(page: Page, site: Site) -> None:
    emergency_card(page, site)
    page.get_by_role("link", name="Change the card").click()
    page.get_by_role("heading", level=1).wait_for()


def found(page: Page, site: Site) -> None:
    page.goto("/c/north/patients/find/")
    page.get_by_role("searchbox").fill("Dorn")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("link", name="David Dorn")).to_be_visible()


def invited(page: Page, site: Site) -> None:
    page.goto("/c/north/")
    page.get_by_role("link", name="Emil Eberle", exact=True).click()
    page.get_by_role("link", name="Invite to the portal").click()
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_label("Give this to the patient")).to_have_value(re.compile("^http.+/join/"))


def join(page: Page, site: Site) -> None:
    page.goto(f"/c/north/join/{_invitation(site)}/")


def locked(page: Page, site: Site) -> None:
    """As a page locks itself that nobody touches."""
    page.goto("/c/north/")
    page.clock.install()
    page.goto("/c/north/")
    page.clock.fast_forward((sign_in.IDLE_SECONDS + 10) * 1000)
    expect(page.get_by_role("heading", name="Locked, and still listening")).to_be_visible()
    expect(page.locator("[data-waiting]")).to_have_text(re.compile(r"waiting\.$"))


def _invitation(site: Site) -> str:
    with site.inside():
        patient = Patient.objects.filter(user__isnull=True).order_by("record_number").last()
        assert patient is not None
        return patient_services.invite_patient(patient=patient, by=site.member(ALICE))


def rule_preview(page: Page, site: Site) -> None:
    """Wider than in force, so that somebody would have been alerted."""
    page.goto("/c/north/settings/rules/low_mood/")
    page.get_by_label("A low mood is this or less").fill("5")
    page.get_by_role("button", name="Who would have been alerted?").click()
    expect(page.locator("#preview table")).to_be_visible()


PAGES = {
    "rules": (ADA, go_to("/c/north/settings/rules/")),
    "rule": (ADA, rule_preview),
    "rule-figures": (ALICE, go_to("/c/north/figures/")),
    "sign-in": (None, go_to("/accounts/login/")),
    "crisis": (None, go_to("/crisis/")),
    "crisis-of-clinic": (None, go_to("/crisis/north/")),
    "own-plan": (PAT, words_pages.own_plan),
    "own-plan-edit": (PAT, go_to("/c/north/me/plan/edit/")),
    "after-item-nine": (PAT, words_pages.after_item_nine),
    "left-notes": (ALICE, words_pages.left_notes),
    "left-note": (ALICE, words_pages.left_note),
    "handover": (ALICE, go_to("/c/north/handover/")),
    "downtime-sheet": (ALICE, go_to("/c/north/downtime/")),
    "triage": (ALICE, triage),
    "patient": (ALICE, patient),
    "alert": (ALICE, alert),
    "alerts": (ALICE, duty_pages.alerts),
    "alerts-drawer": (ALICE, duty_pages.drawer),
    "alert-item-9": (ALICE, duty_pages.one_alert),
    "alert-tried": (ALICE, duty_pages.tried_alert),
    "admit": (ALICE, go_to("/c/north/patients/new/")),
    "invite": (ALICE, invited),
    "join": (None, join),
    "matrix": (ADA, matrix),
    "members": (ADA, go_to("/c/north/settings/members/")),
    "roles": (BOB, go_to("/c/north/settings/roles/")),
    "locked": (BOB, locked),
    "two-step": (ALICE, go_to("/accounts/2fa/")),
    "sessions": (ALICE, go_to("/accounts/sessions/")),
    "on-call": (ALICE, go_to("/c/north/on-call/")),
    "message-choices": (ALICE, message_pages.choices),
    "outbox": (ADA, message_pages.outbox),
    "own-messages": (PAT, message_pages.own),
    "trusted-person": (PAT, message_pages.trusted),
    "trusted-answer": (None, message_pages.answer),
    "own-contacts": (PAT, message_pages.contacts),
    "pin": (PAT, go_to("/c/north/me/pin/")),
    "check-in": (PAT, go_to("/c/north/me/check-in/")),
    "check-in-camera": (PAT, check_in_camera),
    "check-in-received": (PAT, received(photos.selfie, "Your photo was read.")),
    "check-in-not-scored": (PAT, received(photos.empty_room, "We could not use this photo.")),
    "own-history": (LONG_HISTORY, own_history),
    "own-call": (PAT, go_to("/c/north/me/call/")),
    "consents": (PAT, go_to("/c/north/me/consents/")),
    "own-data": (PAT, go_to("/c/north/me/data/")),
    "requests": (ADA, requested),
    "request": (ADA, one_request),
    "request-to-erase": (OLGA, desk_pages.one_to_erase),
    "holds": (OLGA, desk_pages.holds),
    "hold": (OLGA, desk_pages.one_hold),
    "patient-held": (ALICE, desk_pages.held_patient),
    "own-data-held": (LONG_HISTORY, desk_pages.held_own_data),
    "certificates": (OLGA, desk_pages.certificates),
    "certificate": (OLGA, desk_pages.one_certificate),
    "certificate-printed": (OLGA, desk_pages.printed_certificate),
    "rota": (ALICE, go_to("/c/north/rota/")),
    "rota-empty": (ADA, cover_pages.empty_rota),
    "cover-hours": (ADA, cover_pages.declared_hours),
    "going-live": (ADA, cover_pages.in_shadow),
    "shadow-week": (ADA, cover_pages.one_week),
    "test-alert": (cover_pages.KIM, cover_pages.test_alert),
    "intake": (ALICE, cover_pages.intake),
    "timers-stand-still": (ALICE, cover_pages.silent),
    "retention": (ADA, go_to("/c/north/settings/retention/")),
    "teams": (ADA, go_to("/c/north/settings/teams/")),
    "privacy": (None, go_to("/c/north/privacy/")),
    "program": (ADA, program),
    "explanation": (ALICE, explanation),
    "questionnaires": (PAT, questionnaire_pages.own_list),
    "questionnaire": (PAT, questionnaire_pages.start),
    "questionnaire-item": (PAT, questionnaire_pages.item),
    "questionnaire-aloud": (PAT, questionnaire_pages.read_aloud),
    "questionnaire-sheet": (PAT, questionnaire_pages.sheet),
    "questionnaire-send": (PAT, questionnaire_pages.look_over),
    "questionnaire-plans": (ADA, questionnaire_pages.plans),
    "questionnaire-results": (ALICE, questionnaire_pages.results),
    "questionnaire-result": (ALICE, questionnaire_pages.result),
    "questionnaire-entry": (ALICE, questionnaire_pages.entry),
    "fairness": (PAT, go_to("/c/north/me/fairness/")),
    "moving": (None, go_to("/c/north/moving/")),
    "correct-check-in": (PAT, correct),
    "notices": (PAT, go_to("/c/north/me/notices/")),
    "own-programmes": (PAT, go_to("/c/north/me/programmes/")),
    "policy": (ADA, go_to("/c/north/policy/")),
    "programmes": (ADA, go_to("/c/north/programmes/")),
    "standing": (ALICE, standing),
    "emergency-card": (ALICE, emergency_card),
    "edit-emergency-card": (ALICE, edit_emergency_card),
    "break-glass": (ALICE, go_to("/c/north/break-glass/")),
    "find": (ALICE, found),
    "closed-records": (ALICE, go_to("/c/north/patients/closed/")),
    "who-looked": (PAT, go_to("/c/north/me/access/")),
    "access-log": (AUDREY, go_to("/c/north/access-log/")),
    "unusual-access": (AUDREY, go_to("/c/north/access-log/unusual/")),
    "log-reviews": (AUDREY, go_to("/c/north/access-log/reviews/")),
    "break-glass-reviews": (OLGA, go_to("/c/north/break-glass/reviews/")),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound_in_every_look(
    name: str, visits: Visits, site: Site, shoot: Callable[[Page, str], None]
) -> None:
    who, arrive = PAGES[name]
    page = visits.open(who=who)
    arrive(page, site)
    assert len(checks.headings(page)) == 1
    for width, scheme in LOOKS:
        resize(page, width)
        page.emulate_media(color_scheme=scheme)
        shoot(page, f"{name}-{width}-{scheme}")
        assert checks.too_wide(page) == []
        if (width, scheme) in AXE_LOOKS:
            assert checks.axe(page) == []
