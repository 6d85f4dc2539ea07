"""Answers in a browser: saved as they are chosen, waiting without a connection, read aloud if wanted."""

from playwright.sync_api import Page, Route, expect

from patients.models import QuestionnaireAnswer, QuestionnaireRound
from tests.browser import checks
from tests.browser.questionnaire_pages import PAT, open_round
from tests.browser.site import Site
from tests.browser.visits import PHONE, Visits


def kept(site: Site, round_: QuestionnaireRound) -> list[tuple[str, int | None, str]]:
    with site.inside():
        rows = QuestionnaireAnswer.objects.filter(round=round_).order_by("number")
        return [(row.item, row.given, row.door) for row in rows]


def choose(page: Page, item: str, label: str) -> None:
    page.locator(f'[data-question="{item}"]').get_by_label(label, exact=True).check()


def test_an_answer_is_saved_when_it_is_chosen_and_item_nine_names_the_next_page(
    visits: Visits, site: Site
) -> None:
    round_ = open_round(site)
    page = visits.open(f"/c/north/me/questionnaires/{round_.pk}/all/", who=PAT, width=PHONE)
    choose(page, "9", "Several days")
    expect(page.get_by_text("Thank you for saying so")).to_be_visible()
    assert kept(site, round_) == [("9", 1, "api")]
    page.get_by_role("button", name="Look over my answers").click()
    expect(page.get_by_role("link", name="Go on with the questionnaire")).to_be_visible()
    assert kept(site, round_) == [("9", 1, "api")], "the page sends it again, and it is no new answer"


def test_without_a_connection_an_answer_waits_and_is_sent_once(visits: Visits, site: Site) -> None:
    visits.expect("ERR_FAILED", "net::")
    round_ = open_round(site)
    page = visits.open(f"/c/north/me/questionnaires/{round_.pk}/all/", who=PAT, width=PHONE)
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.url)
        route.abort()

    page.route("**/answers/", lose)
    choose(page, "9", "Nearly every day")
    expect(page.get_by_text("Some answers are not sent yet")).to_be_visible()
    assert checks.axe(page) == []
    assert lost
    assert kept(site, round_) == []
    page.unroute("**/answers/")
    page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Some answers are not sent yet")).to_be_hidden()
    assert kept(site, round_) == [("9", 3, "offline")]
    assert not [key for key in page.evaluate("() => Object.keys(sessionStorage)") if "questionnaire" in key]


def lose_answers(page: Page) -> None:
    page.route("**/answers/", lambda route: route.abort())
    choose(page, "9", "Nearly every day")
    expect(page.get_by_text("Some answers are not sent yet")).to_be_visible()
    page.wait_for_function(
        "() => Object.keys(sessionStorage).some((name) => name.startsWith('questionnaire-'))"
    )


def test_what_waits_is_sealed_and_outlives_a_reload(visits: Visits, site: Site) -> None:
    visits.expect("ERR_FAILED", "net::")
    round_ = open_round(site)
    page = visits.open(f"/c/north/me/questionnaires/{round_.pk}/all/", who=PAT, width=PHONE)
    lose_answers(page)
    text = page.evaluate("() => Object.values(sessionStorage).join() + Object.values(localStorage).join()")
    assert "answered_at" not in text
    assert page.evaluate(READ_KEY) == "not extractable"
    page.reload()
    expect(page.get_by_text("Some answers are not sent yet")).to_be_visible()
    page.unroute("**/answers/")
    page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Some answers are not sent yet")).to_be_hidden()
    assert kept(site, round_) == [("9", 3, "offline")]


READ_KEY = """async () => {
  const asked = indexedDB.open("moodvision-waiting", 1);
  await new Promise((done) => (asked.onsuccess = done));
  const read = asked.result.transaction("keys").objectStore("keys").get("answers");
  await new Promise((done) => (read.onsuccess = done));
  asked.result.close();
  return crypto.subtle.exportKey("raw", read.result).then(() => "read", () => "not extractable");
}"""


def test_the_end_of_a_session_takes_what_waits_and_its_key_away(visits: Visits, site: Site) -> None:
    visits.expect("ERR_FAILED", "net::")
    round_ = open_round(site)
    page = visits.open(f"/c/north/me/questionnaires/{round_.pk}/all/", who=PAT, width=PHONE)
    lose_answers(page)
    page.context.clear_cookies()
    page.reload()
    expect(page.get_by_text("Your clinic does not have them.")).to_be_visible()
    assert not [key for key in page.evaluate("() => Object.keys(sessionStorage)") if "questionnaire" in key]
    assert "moodvision-waiting" not in page.evaluate(
        "async () => (await indexedDB.databases()).map((one) => one.name)"
    )
    page.reload()
    expect(page.get_by_text("Your clinic does not have them.")).to_be_hidden()


def test_reading_aloud_asks_first_whether_the_patient_is_alone(visits: Visits, site: Site) -> None:
    page = visits.open(f"/c/north/me/questionnaires/{open_round(site).pk}/9/", who=PAT, width=PHONE)
    page.evaluate("() => { window.said = []; speechSynthesis.speak = (one) => said.push(one.text); }")
    page.get_by_role("button", name="Read aloud").click()
    assert page.evaluate("() => said.length") == 0
    page.get_by_role("button", name="Yes, read aloud").click()
    said = page.evaluate("() => said")
    assert any("better off dead" in text for text in said)
    assert "Not at all" in said


def test_the_whole_form_works_by_keyboard(visits: Visits, site: Site) -> None:
    round_ = open_round(site)
    page = visits.open(f"/c/north/me/questionnaires/{round_.pk}/1/", who=PAT)
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Question 2 of 10")).to_be_visible()
    assert kept(site, round_) == [("1", 1, "page")]


def test_every_answer_is_a_target_of_44_pixels(visits: Visits, site: Site) -> None:
    page = visits.open(f"/c/north/me/questionnaires/{open_round(site).pk}/all/", who=PAT, width=PHONE)
    heights = page.eval_on_selector_all(
        ".answer", "all => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert len(heights) == 40
    assert min(heights) >= 44
