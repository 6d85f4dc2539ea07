from typing import Any

from django.contrib.messages import get_messages

from clinics import tenancy
from clinics.models import Clinic, Membership
from patients.models import Patient
from scoring.models import Alert
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.scoring.pages import raise_alert, words_of

DONE = {"note": "Called at nine, spoke for ten minutes.", "outcome": "spoken"}


def done(alert: Alert) -> dict[str, Any]:
    return DONE | {"called_seq": alert.called_seq}


def test_a_clinician_takes_and_resolves_an_alert(alice: Membership, pat: Patient) -> None:
    alert = raise_alert(pat)
    browser = signed_in(alice)
    taken = browser.post(f"/c/north/alerts/{alert.pk}/take/", follow=True)
    assert taken.redirect_chain == [(f"/c/north/alerts/{alert.pk}/", 302)]
    assert "You have this alert now." in words_of(taken)
    assert "taken by Alice Adler" in words_of(taken)
    resolved = browser.post(f"/c/north/alerts/{alert.pk}/resolve/", done(alert), follow=True)
    assert "Resolved. Your note is part of the record." in words_of(resolved)
    assert DONE["note"] in words_of(resolved)
    with tenancy.enter(pat.clinic_id):
        found = Alert.objects.get(pk=alert.pk)
        assert (found.state, found.note, found.resolved_by) == ("resolved", DONE["note"], alice)
    assert str(alert.pk) not in browser.get("/c/north/").text


def test_who_comes_second_is_told_who_has_it(alice: Membership, pat: Patient, clinic_a: Clinic) -> None:
    alert = raise_alert(pat)
    signed_in(alice).post(f"/c/north/alerts/{alert.pk}/take/")
    carol = make_member(clinic_a, "clinician", "Carol Curtis")
    browser = signed_in(carol)
    late = browser.post(f"/c/north/alerts/{alert.pk}/take/")
    said = [message.message for message in get_messages(late.wsgi_request)]
    assert said == ["Somebody was faster, and nothing was changed. The alert says who has it."]
    page = words_of(browser.get(late["Location"]))
    assert said[0] in page
    assert "taken by Alice Adler" in page


def test_who_resolves_second_keeps_what_they_wrote(alice: Membership, pat: Patient, clinic_a: Clinic) -> None:
    alert = raise_alert(pat)
    url = f"/c/north/alerts/{alert.pk}/resolve/"
    signed_in(alice).post(url, done(alert))
    browser = signed_in(make_member(clinic_a, "clinician", "Carol Curtis"))
    for note in ("Me, too.", "x" * 4001, ""):
        late = browser.post(url, done(alert) | {"note": note})
        assert late.status_code == 409
        assert "Alice Adler resolved this alert on" in words_of(late)
        assert note in late.text
        assert ("It was not saved" in words_of(late)) == bool(note)
    with tenancy.enter(clinic_a.pk):
        assert Alert.objects.get(pk=alert.pk).note == DONE["note"]


def test_resolving_needs_a_note_and_what_was_typed_is_kept(alice: Membership, pat: Patient) -> None:
    alert = raise_alert(pat)
    url = f"/c/north/alerts/{alert.pk}/resolve/"
    empty = signed_in(alice).post(url, done(alert) | {"note": "  "})
    assert empty.status_code == 400
    assert "Please write what was done." in words_of(empty)
    long = signed_in(alice).post(url, done(alert) | {"note": "x" * 4001})
    assert long.status_code == 400
    assert "x" * 4001 in long.text
    with tenancy.enter(pat.clinic_id):
        assert Alert.objects.get(pk=alert.pk).state == Alert.State.OPEN


def test_the_page_of_an_alert_tells_its_history(alice: Membership, pat: Patient) -> None:
    alert = raise_alert(pat)
    browser = signed_in(alice)
    browser.post(f"/c/north/alerts/{alert.pk}/take/")
    words = words_of(browser.get(f"/c/north/alerts/{alert.pk}/"))
    assert "opened (intervention line)" in words
    assert "taken (intervention line), Alice Adler" in words


def test_an_observer_may_not_take_or_resolve(bob: Membership, mallory: Membership, pat: Patient) -> None:
    alert = raise_alert(pat)
    for act in ("take", "resolve"):
        url = f"/c/north/alerts/{alert.pk}/{act}/"
        assert signed_in(bob).post(url, DONE).status_code == 403
        assert signed_in(mallory).post(url, DONE).status_code == 404
        assert signed_in(bob).get(url).status_code == 405
    with tenancy.enter(pat.clinic_id):
        assert Alert.objects.get(pk=alert.pk).state == Alert.State.OPEN
