"""The way to each page of questionnaires, with something on it to see."""

from playwright.sync_api import Page, expect

from patients import services
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound
from tests.browser.site import Site

PAT = "pat@north.example"


def open_round(site: Site) -> QuestionnaireRound:
    """Pat's PHQ-9, open and untouched."""
    with site.inside():
        pat = Patient.objects.get(user__email=PAT)
        services.open_due_rounds(patient=pat)
        round_ = QuestionnaireRound.objects.open().get(patient=pat, questionnaire="phq9")
        QuestionnaireAnswer.objects.filter(round=round_).delete()
        return round_


def own_list(page: Page, site: Site) -> None:
    open_round(site)
    page.goto("/c/north/me/questionnaires/")
    expect(page.get_by_role("heading", name="Patient Health Questionnaire (PHQ-9)")).to_be_visible()


def start(page: Page, site: Site) -> None:
    page.goto(f"/c/north/me/questionnaires/{open_round(site).pk}/")
    expect(page.get_by_text("Before you begin")).to_be_visible()


def item(page: Page, site: Site) -> None:
    page.goto(f"/c/north/me/questionnaires/{open_round(site).pk}/8/")
    page.get_by_label("Several days").check()


def read_aloud(page: Page, site: Site) -> None:
    page.goto(f"/c/north/me/questionnaires/{open_round(site).pk}/9/")
    page.get_by_role("button", name="Read aloud").click()
    expect(page.get_by_text("Are you alone")).to_be_visible()


def sheet(page: Page, site: Site) -> None:
    page.goto(f"/c/north/me/questionnaires/{open_round(site).pk}/all/")
    question = page.locator('[data-question="1"]')
    question.get_by_label("Several days").check()
    expect(question.get_by_text("Saved")).to_be_visible()


def look_over(page: Page, site: Site) -> None:
    round_ = open_round(site)
    page.goto(f"/c/north/me/questionnaires/{round_.pk}/2/")
    page.get_by_label("Nearly every day").check()
    page.get_by_role("button", name="Next").click()
    page.goto(f"/c/north/me/questionnaires/{round_.pk}/send/")
    expect(page.get_by_text("questions are open")).to_be_visible()


def plans(page: Page, site: Site) -> None:
    page.goto("/c/north/settings/questionnaires/")
    expect(page.get_by_role("heading", name="PHQ-9")).to_be_visible()


def of_patient(page: Page, site: Site) -> None:
    page.goto("/c/north/")
    page.get_by_role("link", name="Clara Conrad", exact=True).click()
    page.get_by_role("link", name="Questionnaires", exact=True).click()
    expect(page.get_by_text("had answered 0 shortly before").first).to_be_visible()


def results(page: Page, site: Site) -> None:
    of_patient(page, site)


def result(page: Page, site: Site) -> None:
    of_patient(page, site)
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Answers that count")).to_be_visible()


def entry(page: Page, site: Site) -> None:
    result(page, site)
    page.get_by_role("link", name="Write down what the patient said").click()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
