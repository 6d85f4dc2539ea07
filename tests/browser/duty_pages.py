"""How the pages of alerts are reached: a patient who answered, was tried, and is somebody's duty."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

from django.db import connections
from django.utils import timezone
from playwright.sync_api import Page, expect

from patients import services as patient_services
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound
from patients.services.emergencies import ContactDraft
from scoring import services
from scoring.models import Alert
from scoring.services import item_nine
from tests.browser.site import Site

ALICE = "alice@north.example"
Made = TypeVar("Made")


def answered(site: Site) -> Alert:
    """The alert of David Dorn, whose last three answers were 0, 0 and 2."""
    with site.inside() as clinic:
        patient = next(row for row in Patient.objects.order_by("record_number") if row.name == "David Dorn")
        alert = Alert.objects.unresolved().filter(patient=patient, rule="item_9").first()
        if alert is not None:
            return alert
        now = timezone.now()
        form = QuestionnaireRound.objects.create(
            clinic=clinic,
            patient=patient,
            questionnaire="phq9",
            language="en",
            text_sha256="0" * 64,
            opened_by="system:test",
            due_on=now.date(),
            late_at=now + timedelta(days=2),
            closes_at=now + timedelta(days=4),
            state="finished",
            ended_at=now,
            total=14,
            band="moderate",
        )
        for number, value in enumerate(("0", "0", "2"), 1):
            QuestionnaireAnswer(
                clinic=clinic,
                patient=patient,
                round=form,
                item="9",
                value=value,
                number=number,
                answered_at=now - timedelta(days=14 * (3 - number)),
                door="page",
                saved_by=patient.actor_label,
                idempotency_key=uuid.uuid4().hex,
            ).save(force_insert=True)
        contact = ContactDraft(name="Ines Dorn", phone="+49 30 1234", relation="sister")
        patient_services.save_emergency_card(
            patient=patient,
            phone="+49 30 5678",
            contacts=[contact],
            safety_plan="Call Ines, then the crisis line.",
            by=site.member(ALICE),
        )
        found = item_nine.answered(
            patient_id=patient.pk, round_id=form.pk, answer_id=uuid.uuid4(), value=2, at=now, door="page"
        )
        assert found is not None
        return found


def apart(act: Callable[[], Made]) -> Made:
    """In a thread of its own: a doorbell cannot ring in Playwright's loop."""

    def run() -> Made:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def try_to_reach(site: Site, alert: Alert) -> None:
    with site.inside():
        by = site.member(ALICE)
        if alert.state == "open":
            services.take(alert_id=alert.pk, by=by)
            services.note_attempt(
                alert_id=alert.pk, was_reached=False, way="phone", whom="", text="No answer, twice.", by=by
            )


def alerts(page: Page, site: Site) -> None:
    apart(lambda: answered(site))
    page.goto("/c/north/alerts/")
    expect(page.get_by_role("link", name="David Dorn, #").first).to_be_visible()


def drawer(page: Page, site: Site) -> None:
    """By keyboard alone: to the first row, and into its drawer."""
    alerts(page, site)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("[data-drawer]").get_by_role("heading", name="Before you call")).to_be_visible()


def one_alert(page: Page, site: Site) -> None:
    alert = apart(lambda: answered(site))
    page.goto(f"/c/north/alerts/{alert.pk}/")
    expect(page.get_by_text("One to two thirds or more").first).to_be_visible()


def tried_alert(page: Page, site: Site) -> None:
    """Taken, tried once, and a second clinician is asked."""
    alert = apart(lambda: answered(site))
    apart(lambda: try_to_reach(site, alert))
    page.goto(f"/c/north/alerts/{alert.pk}/")
    expect(page.get_by_text("No answer, twice.")).to_be_visible()
