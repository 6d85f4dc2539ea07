"""The way to each page of the privacy desk about holding and erasing, with something on it to see."""

import uuid
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from patients import certificate
from patients import services as patient_services
from patients.models import Erasure, Patient
from tests.browser.site import LONG_HISTORY, Site


def one_to_erase(page: Page, site: Site) -> None:
    """Of a patient without an account, recorded by a colleague."""
    with site.inside() as clinic:
        newcomer = patient_services.admit_patient(
            clinic=clinic, name="Nora Nolte", by=site.member("ada@north.example")
        )
        asked = patient_services.open_request(
            patient=newcomer, kind="erase", words="All of it, please.", by=site.member("ada@north.example")
        )
        patient_services.record_erasure(
            request=asked, identity_check="document", by=site.member("ada@north.example")
        )
    page.goto(f"/c/north/requests/{asked.pk}/")
    expect(page.get_by_role("button", name="I have checked it too: erase")).to_be_visible()


def holds(page: Page, site: Site) -> None:
    with site.inside():
        held = next(row for row in Patient.objects.all() if row.name == "David Dorn")
        if not patient_services.is_held(held.pk):
            patient_services.place_legal_hold(
                patient=held,
                reason="Claim for damages, letter of the court of 4 May, file 7 O 113/26.",
                told="There is a case about your treatment. We keep your record until the court has decided.",
                by=site.member("olga@north.example"),
            )
    page.goto("/c/north/holds/")
    expect(page.get_by_text("7 O 113/26")).to_be_visible()


def one_hold(page: Page, site: Site) -> None:
    holds(page, site)
    page.get_by_role("link", name="Lift the hold on").click()
    page.get_by_role("heading", name="Lift it").wait_for()


def held_patient(page: Page, site: Site) -> None:
    page.goto("/c/north/")
    page.get_by_role("link", name="David Dorn", exact=True).click()
    expect(page.get_by_text("A legal hold stands")).to_be_visible()


def held_own_data(page: Page, site: Site) -> None:
    with site.inside():
        own = Patient.objects.get(user__email=LONG_HISTORY)
        if not patient_services.is_held(own.pk):
            patient_services.place_legal_hold(
                patient=own,
                reason="File 7",
                told="There is a case about your treatment. We keep your record until the court has decided.",
                by=site.member("olga@north.example"),
            )
    page.goto("/c/north/me/data/")
    expect(page.get_by_text("cannot be erased yet")).to_be_visible()


def certificates(page: Page, site: Site) -> None:
    with site.inside() as clinic:
        wish = Erasure.objects.filter(state="finished").first() or Erasure.objects.create(
            clinic=clinic,
            patient_id=uuid.uuid4(),
            extent=Erasure.Extent.APP_DATA,
            state=Erasure.State.FINISHED,
            requested_by="system:test",
            due_at=timezone.now(),
            finished_at=timezone.now(),
            kept_until=timezone.now().date() + timedelta(days=3650),
            counts={"patients.checkin": 48, "inference.reading": 40, "patients.capture": 12},
            certificate="-",
        )
        Erasure.objects.filter(pk=wish.pk).update(certificate=certificate.text(wish))
    page.goto("/c/north/erasures/")
    expect(page.get_by_role("link", name=str(wish.pk))).to_be_visible()


def one_certificate(page: Page, site: Site) -> None:
    certificates(page, site)
    page.get_by_role("row").last.get_by_role("link").click()
    expect(page.get_by_role("button", name="Print")).to_be_visible()


def printed_certificate(page: Page, site: Site) -> None:
    """As it lies on paper."""
    one_certificate(page, site)
    page.emulate_media(media="print")
