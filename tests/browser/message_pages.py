"""Pages of messages, with something on them."""

from datetime import time

from django.utils import timezone
from playwright.sync_api import Page

from clinics import messages
from clinics.messages import choosing
from clinics.models import Message
from patients import services
from patients.models import Patient
from patients.services import ContactDraft, TrustedDraft, WaysDraft
from tests.browser.site import Site

ALICE, PAT = "alice@north.example", "pat@north.example"
PHONE = "+49 170 1234567"


def choices(page: Page, site: Site) -> None:
    with site.inside():
        choosing.add_address(member=site.member(ALICE), channel="sms", text=PHONE)
    page.goto("/c/north/messages/")


def outbox(page: Page, site: Site) -> None:
    with site.inside() as clinic:
        for number, why in enumerate(("address_refused", "in_doubt")):
            facts = {"since": timezone.now(), "path": "/c/north/"}
            (row,) = messages.queue(
                clinic_id=clinic.pk,
                to=site.member(ALICE),
                kind=messages.Kind.TEST_ALERT,
                dedupe_key=f"browser:{number}",
                facts=facts,
            )
            ended = {"state": "dead", "why": why, "ended_at": timezone.now(), "lease_until": None}
            Message.objects.filter(pk=row.pk).update(**ended)
    page.goto("/c/north/settings/messages/")


def own(page: Page, site: Site) -> None:
    with site.inside():
        pat = Patient.objects.get(user__email=PAT)
        draft = WaysDraft(["email"], sender_name="Aunt Ida", tells_of_notes=True)
        services.save_message_choices(patient=pat, draft=draft)
        services.add_reminder(patient=pat, at=time(9, 0))
        services.add_reminder(patient=pat, at=time(20, 30), weekdays=[0, 2, 4])
    page.goto("/c/north/me/messages/")


def trusted(page: Page, site: Site) -> None:
    with site.inside():
        row = services.save_trusted_person(
            patient=Patient.objects.get(user__email=PAT),
            draft=TrustedDraft(
                name="My sister", email="sister@example.org", signed="Pat", words="Could you ring me tonight?"
            ),
        )
        services.answer_as_trusted_person(row=row, agrees=True)
    page.goto("/c/north/me/trusted/")


def answer(page: Page, site: Site) -> None:
    """What the trusted person sees, who has no account."""
    from patients.messages import links

    with site.inside():
        row = services.save_trusted_person(
            patient=Patient.objects.get(user__email=PAT),
            draft=TrustedDraft(name="B", email="brother@example.org", signed="Pat", words="Please ring me."),
        )
        path = links.path_of(row)
    page.goto(path)


def contacts(page: Page, site: Site) -> None:
    with site.inside():
        pat = Patient.objects.get(user__email=PAT)
        drafts = [
            ContactDraft("Nina Petersen", PHONE, "sister"),
            ContactDraft("Ole Petersen", PHONE, "father"),
        ]
        services.save_emergency_card(
            patient=pat, phone="", contacts=drafts, safety_plan="", by=site.member(ALICE)
        )
        contacts = pat.emergency_contacts.values_list("pk", flat=True)
        said = "Only by day, and say who you are."
        services.confirm_contacts(patient=pat, conditions=dict.fromkeys(contacts, said))
        pat.emergency_contacts.filter(position=2).update(confirmed_at=None)
    page.goto("/c/north/me/contacts/")
