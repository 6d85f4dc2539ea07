"""Whom to call: numbers that can be dialled, looked up anew in time, on a page nothing stands before."""

import logging
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse

from clinics import crisis, sign_in, tenancy
from clinics.crisis import checks, directory
from clinics.models import Clinic, ClinicSettings, Membership
from clinics.tasks import check_crisis_numbers
from clinics.templatetags.telephones import callable_text
from clinics.views import crisis as views
from patients import services as patient_services
from patients.models import Patient
from tests.conftest import signed_in

LATE = datetime(2027, 6, 1, tzinfo=UTC)
FILE = """
name = "Nowhere"
zones = []
[[numbers]]
kind = "{kind}"
name = "Emergency services"
words = "When a life is in danger."
call = "{call}"
source = "{source}"
checked_on = 2026-11-29
"""


def written(folder: Path, **changed: str) -> Path:
    path = folder / "xx.toml"
    path.write_text(
        FILE.format(**{"kind": "emergency", "call": "112", "source": "https://x.example", **changed})
    )
    return path


def at(moment: datetime) -> "mock._patch[mock.Mock]":
    return mock.patch("django.utils.timezone.now", return_value=moment)


@pytest.mark.parametrize("code", crisis.countries())
def test_every_country_has_an_emergency_number_and_a_line_to_talk(code: str) -> None:
    country = crisis.countries()[code]
    assert country.emergency[0].call
    assert country.lines
    assert set(country.zones) <= zoneinfo.available_timezones()


def test_the_well_known_numbers_are_there() -> None:
    calls = {(code, number.call) for code, place in crisis.countries().items() for number in place.numbers}
    known = {("us", "988"), ("gb", "999"), ("gb", "116 123"), ("de", "112"), ("de", "0800 111 0 111")}
    known |= {("ie", "116 123"), ("ca", "988"), ("au", "000"), ("au", "13 11 14"), ("eu", "112")}
    assert known <= calls
    texts = {(code, number.text) for code, place in crisis.countries().items() for number in place.numbers}
    assert {("us", "988"), ("gb", "85258"), ("ie", "50808")} <= texts


def test_a_zone_leads_to_one_country() -> None:
    assert directory.double_zones(crisis.countries().values()) == []
    for zone, code in (("Europe/London", "gb"), ("America/Chicago", "us"), ("Europe/Berlin", "de")):
        found = crisis.country_of(zone)
        assert found is not None
        assert found.code == code
    assert crisis.country_of("UTC") is None


@pytest.mark.parametrize(
    "changed",
    [{"kind": "friend"}, {"call": ""}, {"call": "CALL ME"}, {"source": "http://x.example"}, {"kind": "line"}],
)
def test_a_number_that_is_none_is_refused(tmp_path: Path, changed: dict[str, str]) -> None:
    assert directory.read(written(tmp_path)).emergency[0].call_url == "tel:112"
    with pytest.raises(ValueError, match=r"xx\.toml"):
        directory.read(written(tmp_path, **changed))


def test_a_number_is_overdue_after_ninety_days_and_not_before(tmp_path: Path) -> None:
    number = directory.read(written(tmp_path)).numbers[0]
    last_day = date(2026, 11, 29) + timedelta(days=90)
    assert not number.is_overdue(last_day)
    assert number.is_overdue(last_day + timedelta(days=1))


def test_what_is_overdue_is_told_to_the_operator_at_each_start_and_every_day(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with at(datetime(2026, 12, 1, tzinfo=UTC)):
        assert checks.numbers_are_fresh() == []
        assert checks.warn_operator() == []
    with at(LATE), caplog.at_level(logging.WARNING):
        found = checks.numbers_are_fresh()
        check_crisis_numbers()
    assert {one.id for one in found} == {"clinics.I001"}
    assert any("988 Suicide & Crisis Lifeline" in one.msg for one in found)
    assert len(caplog.records) == len(found)


def test_numbers_nobody_can_read_stop_the_start() -> None:
    assert checks.numbers_are_whole() == []
    with mock.patch.object(directory, "countries", side_effect=ValueError("xx.toml: no number")):
        assert [one.id for one in checks.numbers_are_whole()] == ["clinics.E002"]
        assert checks.numbers_are_fresh() == []


def test_a_zone_of_two_countries_stops_the_start() -> None:
    one = crisis.countries()["de"]
    with mock.patch.object(directory, "countries", return_value={"de": one, "at": one}):
        assert {found.id for found in checks.numbers_are_whole()} == {"clinics.E003"}


def test_the_page_says_that_a_number_is_overdue(db: None) -> None:
    assert "Nobody has looked this number up" not in Client().get("/crisis/").text
    with at(LATE):
        page = Client().get("/crisis/").text
    assert "Nobody has looked this number up since 29 Nov. 2026" in page


def test_numbers_can_be_tapped_and_written_to(db: None) -> None:
    page = Client().get("/crisis/").text
    for way in ("tel:988", "sms:988", "tel:116123", "sms:85258?body=SHOUT", "tel:08001110111", "18001 111"):
        assert way in page


def test_the_page_opens_on_the_country_of_the_clinic_or_of_the_language(clinic_a: Clinic) -> None:
    assert first_country(Client().get("/crisis/north/").text) == "de"
    assert first_country(Client().get("/crisis/", headers={"accept-language": "en-IE,en"}).text) == "ie"
    assert "Which country are you in?" in Client().get("/crisis/", headers={"accept-language": "eo"}).text


def first_country(page: str) -> str:
    return page.split('class="crisis__country"')[1].split('id="')[1].split('"')[0]


def test_the_general_page_asks_no_database() -> None:
    """Without the fixture `db` a query fails the test."""
    request = RequestFactory().get("/crisis/")
    request.user = AnonymousUser()
    assert views.crisis_page(request).status_code == 200


def test_the_clinics_own_contacts_stand_first_and_can_be_tapped(clinic_a: Clinic) -> None:
    with tenancy.enter(clinic_a.pk):
        ClinicSettings.objects.update(crisis_contacts="Ward, day and night: 030 1234-56 <b>")
    page = Client().get("/crisis/north/").text
    assert '<a class="telephone" href="tel:030123456">030 1234-56</a>' in page
    assert "<b>" not in page
    assert "030 1234" not in Client().get("/crisis/").text


def test_an_unknown_clinic_shows_the_page_all_the_same(db: None) -> None:
    answer = Client().get("/crisis/nowhere/")
    assert answer.status_code == 200
    assert "tel:112" in answer.text


def test_neither_a_lock_nor_a_pin_stands_before_it(alice: Membership, pat: Patient) -> None:
    for person in (alice, pat):
        browser = signed_in(person)
        with tenancy.enter(alice.clinic_id):
            if person == pat:
                patient_services.set_pin(patient=pat, pin="480217", by=pat)
        session = browser.session
        sign_in.lock(session)
        session.save()
        assert browser.get("/crisis/north/").status_code == 200


@pytest.mark.parametrize("address", ["/accounts/login/", "/nowhere/", "/c/north/privacy/"])
def test_every_screen_leads_to_it(clinic_a: Clinic, address: str) -> None:
    assert 'href="/crisis/' in Client().get(address).text


def test_pages_of_a_clinic_lead_to_its_own(alice: Membership, pat: Patient) -> None:
    assert 'href="/crisis/north/"' in signed_in(alice).get("/c/north/").text
    page = signed_in(pat).get("/c/north/me/").text
    assert "Help now" in page
    assert 'data-keep="/crisis/north/"' in page


def test_the_worker_keeps_the_page_and_nothing_of_anybody(pat: Patient) -> None:
    answer = signed_in(pat).get(reverse("clinics:service_worker"))
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    for kept in views.PAGE_FILES:
        assert kept in answer.text
    assert "north" not in answer.text
    assert "Pat" not in answer.text


def test_all_that_the_page_loads_is_kept(db: None) -> None:
    page = Client().get("/crisis/").text
    loaded = {part.split('"')[0] for part in page.split("/static/")[1:]}
    local = {name.split("#")[0] for name in loaded if not name.startswith("django_htmx")}
    assert local <= set(views.PAGE_FILES)


def test_another_number_makes_another_worker() -> None:
    files = ["a.css"]
    before = views._version(files)
    assert before == views._version(files)
    with mock.patch.object(crisis, "countries", return_value={}):
        assert views._version(files) != before


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Crisis team +49 30 1234567", ["tel:+49301234567"]),
        ("116 123 or 0800 111 0 111", []),
        ("Mon-Fri 9-17, 8:00 to 18:00", []),
        ("988", ["tel:988"]),
        ("see x@y.example/12345", []),
        ("a\n112", ["tel:112"]),
    ],
)
def test_telephones_in_free_text(text: str, links: list[str]) -> None:
    found = [part.split('"')[0] for part in callable_text(text).split('href="')[1:]]
    if text.startswith("116"):
        links = ["tel:116123", "tel:08001110111"]
    assert found == links
