"""The editor of rules, its preview, the budget, and how the rules do."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic, Membership
from patients.models import Patient
from scoring.models import Alert, AlertBudget, RuleSetting
from scoring.queries.helpfulness import Helpfulness, helpfulness
from scoring.queries.rule_figures import figures, times
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.patients.factories import make_check_in, make_patient
from tests.scoring.factories import add_days_of, make_closed_alert, store_reading

RULES = "/c/north/settings/rules/"


@pytest.fixture
def ada(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "administrator", "Ada Admin")


@pytest.fixture
def browser(ada: Membership) -> Client:
    return signed_in(ada)


def body_of(browser: Client, code: str, **changed: Any) -> dict[str, Any]:
    form = browser.get(f"{RULES}{code}/").context["form"]
    said = {name: form[name].value() for name in form.fields} | changed
    return {name: value for name, value in said.items() if value is not None and value is not False}


def errors(response: Any) -> dict[str, list[str]]:
    found = response.context["form"].errors.as_data()
    return {name: [error.code for error in wrong] for name, wrong in found.items()}


def test_every_rule_is_listed_with_its_state(browser: Client) -> None:
    page = browser.get(RULES)
    assert page.text.count("/settings/rules/") >= 15
    assert "No check-in" in page.text


@pytest.mark.parametrize("code", ["low_mood", "call_wanted", "score_line", "band", "sustained_emotion"])
def test_a_rule_has_its_page(browser: Client, code: str) -> None:
    assert browser.get(f"{RULES}{code}/").status_code == 200


def test_an_unknown_rule_is_not_found(browser: Client) -> None:
    assert browser.get(f"{RULES}item_9/").status_code == 404


def test_a_change_is_a_version_in_the_log(browser: Client, ada: Membership) -> None:
    body = body_of(browser, "low_mood", days="5", severity="intervention", text="Ring before noon.")
    assert browser.post(f"{RULES}low_mood/", body).status_code == 302
    with tenancy.enter(ada.clinic_id):
        row = RuleSetting.objects.get(rule="low_mood")
        assert (row.version, row.severity, row.values["days"], row.text) == (
            1,
            "intervention",
            5,
            "Ring before noon.",
        )
        entry = AccessLogEntry.objects.get(action="rule.saved")
        assert "Ring before noon" not in entry.canonical
    assert "Version 1" in browser.get(f"{RULES}low_mood/").text


def test_the_same_again_is_no_version(browser: Client, ada: Membership) -> None:
    assert browser.post(f"{RULES}low_mood/", body_of(browser, "low_mood")).status_code == 302
    with tenancy.enter(ada.clinic_id):
        assert not RuleSetting.objects.exists()


def test_who_comes_second_reads_it(browser: Client) -> None:
    first, second = body_of(browser, "low_mood", days="5"), body_of(browser, "low_mood", days="6")
    assert browser.post(f"{RULES}low_mood/", first).status_code == 302
    response = browser.post(f"{RULES}low_mood/", second)
    assert response.status_code == 409
    assert errors(response) == {"__all__": ["rule_outdated"]}
    again = body_of(browser, "low_mood", days="6")
    assert browser.post(f"{RULES}low_mood/", again).status_code == 302


@pytest.mark.parametrize(
    ("code", "changed", "wrong"),
    [
        ("low_mood", {"days": "0"}, "days"),
        ("low_mood", {"days": "many"}, "days"),
        ("low_mood", {"severity": "urgent"}, "severity"),
        ("low_mood", {"text": "x" * 501}, "text"),
        ("mood_rise", {"hours": "nan"}, "hours"),
        ("emotion_count", {"emotion": "bored"}, "emotion"),
    ],
)
def test_what_a_rule_cannot_do_is_refused(
    browser: Client, ada: Membership, code: str, changed: dict[str, str], wrong: str
) -> None:
    response = browser.post(f"{RULES}{code}/", body_of(browser, code, **changed))
    assert response.status_code == 400
    assert set(errors(response)) == {wrong}
    with tenancy.enter(ada.clinic_id):
        assert not RuleSetting.objects.exists()


def test_a_patients_wish_is_never_off(browser: Client, ada: Membership) -> None:
    assert "is_on" not in browser.get(f"{RULES}call_wanted/").context["form"].fields
    body = body_of(browser, "call_wanted", text="Ring at once.")
    assert browser.post(f"{RULES}call_wanted/", body).status_code == 302
    with tenancy.enter(ada.clinic_id):
        assert RuleSetting.objects.get(rule="call_wanted").is_on


def test_a_rule_is_switched_off(browser: Client, ada: Membership) -> None:
    assert (
        browser.post(f"{RULES}no_check_in/", body_of(browser, "no_check_in", is_on=None)).status_code == 302
    )
    with tenancy.enter(ada.clinic_id):
        assert not RuleSetting.objects.get(rule="no_check_in").is_on


class TestPreview:
    def test_who_would_have_been_alerted(
        self, browser: Client, ada: Membership, alice: Membership, pat: Patient
    ) -> None:
        for days in (9, 8, 3):
            make_check_in(pat, mood=1, captured_at=timezone.now() - timedelta(days=days))
        make_patient(pat.clinic, "Quinn Calm")
        response = browser.post(f"{RULES}low_mood/preview/", body_of(browser, "low_mood"))
        preview = response.context["preview"]
        assert [(row.record_number, len(row.days)) for row in preview.rows] == [(pat.record_number, 1)]
        assert preview.looked_at == 2
        assert str(pat.name) not in response.text
        with tenancy.enter(ada.clinic_id):
            assert not RuleSetting.objects.exists()
            assert AccessLogEntry.objects.filter(action="rule.previewed").exists()

    def test_other_numbers_find_others(self, browser: Client, pat: Patient) -> None:
        make_check_in(pat, mood=4, captured_at=timezone.now() - timedelta(days=2))
        url = f"{RULES}low_mood/preview/"
        assert browser.post(url, body_of(browser, "low_mood")).context["preview"].rows == []
        wider = body_of(browser, "low_mood", low="4", times="1")
        assert len(browser.post(url, wider).context["preview"].rows) == 1

    def test_silence(self, browser: Client, pat: Patient) -> None:
        with tenancy.enter(pat.clinic_id):
            long_ago = timezone.now() - timedelta(days=99)
            Patient.objects.update(created_at=long_ago, linked_at=None, state_since=long_ago)
        make_check_in(pat, mood=6, captured_at=timezone.now() - timedelta(days=16))
        response = browser.post(f"{RULES}no_check_in/preview/", body_of(browser, "no_check_in"))
        days = [row.days for row in response.context["preview"].rows]
        assert [len(told) for told in days] == [4]  # twice before the one check-in, twice after it
        assert all((later - day).days == 7 for day, later in zip(days[0][2:], days[0][3:], strict=False))

    def test_faces_of_past_days(self, browser: Client, pat: Patient) -> None:
        with tenancy.enter(pat.clinic_id):
            add_days_of(pat, "sad", 8)
        for code in ("sustained_emotion", "score_line", "emotion_count"):
            response = browser.post(f"{RULES}{code}/preview/", body_of(browser, code))
            assert len(response.context["preview"].rows) == 1, code

    def test_a_field_that_is_wrong(self, browser: Client) -> None:
        response = browser.post(f"{RULES}low_mood/preview/", body_of(browser, "low_mood", days="99"))
        assert response.status_code == 400
        assert response.context["preview"] is None

    def test_the_part_alone_for_htmx(self, browser: Client) -> None:
        body = body_of(browser, "low_mood")
        response = browser.post(f"{RULES}low_mood/preview/", body, headers={"HX-Request": "true"})
        assert "<html" not in response.text


class TestBudget:
    def test_it_is_saved(self, browser: Client, ada: Membership) -> None:
        assert browser.post(f"{RULES}budget/", {"per_day": "6"}).status_code == 302
        with tenancy.enter(ada.clinic_id):
            assert AlertBudget.objects.get().per_day == 6

    @pytest.mark.parametrize("number", ["0", "201", "x"])
    def test_other_numbers_are_refused(self, browser: Client, number: str) -> None:
        assert browser.post(f"{RULES}budget/", {"per_day": number}).status_code == 400


class TestFigures:
    def test_the_page(self, alice: Membership, pat: Patient) -> None:
        with tenancy.enter(pat.clinic_id):
            add_days_of(pat, "sad", 8)
        store_reading(pat, "sad")
        make_closed_alert(pat, alice, timezone.now() - timedelta(days=1))
        page = signed_in(alice).get("/c/north/figures/")
        assert page.status_code == 200
        assert page.context["figures"].alerts == 2
        assert str(pat.name) not in page.text

    def test_without_an_alert(self, ada: Membership) -> None:
        assert signed_in(ada).get("/c/north/figures/").status_code == 200

    def test_median_and_nine_of_ten(self) -> None:
        start = timezone.now()
        found = times(
            [(start, start + timedelta(minutes=minutes)) for minutes in range(1, 11)] + [(start, None)]
        )
        assert (found.median, found.p90) == (timedelta(minutes=5.5), timedelta(minutes=9))
        assert (found.done, found.waiting) == (10, 1)

    def test_a_rule_that_rarely_helps_is_flagged_and_stays_on(
        self, in_a: Clinic, alice: Membership, pat: Patient, browser: Client
    ) -> None:
        for number in range(30):
            alert = make_closed_alert(pat, alice, timezone.now() - timedelta(hours=number + 1))
            Alert.objects.filter(pk=alert.pk).update(was_helpful=number < 5)
        assert helpfulness()["call_wanted"] == Helpfulness(30, 5)
        assert helpfulness()["call_wanted"].is_flagged
        assert not RuleSetting.objects.exists()
        assert "Rarely helpful" in browser.get(RULES).text
        assert next(row for row in figures(clinic=in_a).rules if row.code == "call_wanted").helpful.is_flagged

    def test_29_judged_alerts_say_nothing_yet(self) -> None:
        assert not Helpfulness(29, 0).is_flagged
        assert not Helpfulness(30, 6).is_flagged
        assert Helpfulness(30, 5).is_flagged
