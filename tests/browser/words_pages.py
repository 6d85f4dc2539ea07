"""The patient's words and what comes of them, as the pages of this folder look at them."""

from playwright.sync_api import Page, expect

from patients import services as patient_services
from patients.models import Patient
from patients.services import PlanPart
from tests.browser.site import Site
from tests.patients.factories import make_check_in
from tests.patients.questionnaires.forms import answer, make_round

PAT = "pat@north.example"
PLAN = (
    PlanPart("When it is loud inside", "Walk to the lake, then call Petra: 030 555 12."),
    PlanPart("For Balu", "Who would feed him?"),
)


def own_plan(page: Page, site: Site) -> None:
    with site.inside():
        patient_services.save_own_plan(patient=Patient.objects.get(user__email=PAT), parts=PLAN)
    page.goto("/c/north/me/plan/")
    expect(page.get_by_role("heading", name="For Balu")).to_be_visible()


def after_item_nine(page: Page, site: Site) -> None:
    with site.inside():
        patient = Patient.objects.select_related("clinic").get(user__email=PAT)
        round_ = make_round(patient)
        answer(round_, {"9": 1})
    page.goto(f"/c/north/me/questionnaires/{round_.pk}/next/")
    expect(page.get_by_role("heading", name="Thank you for saying so")).to_be_visible()


def left_notes(page: Page, site: Site) -> None:
    with site.inside():
        make_check_in(Patient.objects.get(user__email=PAT), note="I did not sleep again.", mood=3)
    page.goto("/c/north/notes/")
    expect(page.get_by_role("link", name="Pat", exact=False).first).to_be_visible()


def left_note(page: Page, site: Site) -> None:
    left_notes(page, site)
    page.get_by_role("row").last.get_by_role("link").click()
    expect(page.get_by_role("heading", name="The note")).to_be_visible()
