"""A clinician who is a patient of the clinic as well: somebody else looks after their alerts."""

import pytest

from clinics import tenancy
from clinics.models import Clinic, Membership
from patients.models import OnCallGrant, Patient
from scoring import services
from scoring.models import Alert
from scoring.services import receipts
from tests.clinics.factories import make_member, watch_always
from tests.conftest import signed_in
from tests.scoring.duty.acts import NOTE, answer, make_due, refused, spoken, sweep, told


@pytest.fixture
def both(pat: Patient, alice: Membership) -> Patient:
    """Pat's record is Alice's own."""
    watch_always(pat.clinic)
    with tenancy.enter(pat.clinic_id):
        pat.user = alice.user
        pat.save(update_fields=["user"])
    return pat


@pytest.fixture
def alert(both: Patient, alice: Membership) -> Alert:
    with tenancy.enter(both.clinic_id):
        return answer(both)


def test_they_do_not_meet_it_on_any_page(alert: Alert, alice: Membership) -> None:
    browser = signed_in(alice)
    assert browser.get(f"/c/north/alerts/{alert.pk}/").status_code == 404
    assert str(alert.pk) not in browser.get("/c/north/alerts/").text
    assert str(alert.pk) not in browser.get("/c/north/").text


def test_they_neither_take_nor_resolve_it(alert: Alert, alice: Membership, in_a: Clinic) -> None:
    with refused("own_record"):
        services.take(alert_id=alert.pk, by=alice)
    with refused("own_record"):
        services.resolve(alert_id=alert.pk, note=NOTE, by=alice, outcome="spoken", spoken=spoken(alice))


def test_others_do(alert: Alert, in_a: Clinic) -> None:
    carol = make_member(in_a, "clinician", "Carol Conrad")
    assert services.take(alert_id=alert.pk, by=carol).has_changed


def test_what_they_saw_of_themselves_tells_nobody(alert: Alert, alice: Membership, in_a: Clinic) -> None:
    receipts.seen(alert, alice)
    assert not receipts.is_confirmed(alert)
    receipts.seen(alert, make_member(in_a, "clinician", "Carol Conrad"))
    assert receipts.is_confirmed(alert)


def test_they_are_neither_called_nor_lent_the_record(both: Patient, alice: Membership, in_a: Clinic) -> None:
    carol = make_member(in_a, "clinician", "Carol Conrad")
    alert = answer(both)
    make_due(alert)
    sweep(alert)
    assert told(alice) == []
    assert [kind for kind, _ in told(carol)] == ["alert", "alert"]
    assert not OnCallGrant.objects.filter(membership=alice).exists()
