"""A note beside a check-in is work until somebody has read it: with an owner, and with an age."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, CareTeam, CareTeamMember, Clinic, ClinicSettings, Membership
from patients import queries, services
from patients.models import LeftNote, Patient
from patients.services import removals
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.patients.factories import make_check_in, make_patient

LIST = "/c/north/notes/"
WORDS = "I did not sleep"


def leave(patient: Patient, note: str | None = WORDS) -> LeftNote:
    check_in = make_check_in(patient, note=note, mood=4)
    with tenancy.enter(patient.clinic_id):
        return LeftNote.objects.select_related("owner").get(check_in=check_in)


def reload(note: LeftNote) -> LeftNote:
    with tenancy.enter(note.clinic_id):
        return LeftNote.objects.select_related("owner", "read_by").get(pk=note.pk)


def act(note: LeftNote, verb: str) -> str:
    return f"{LIST}{note.pk}/{verb}/"


def test_a_note_waits_until_somebody_says_they_read_it(alice: Membership, pat: Patient) -> None:
    note = leave(pat)
    browser = signed_in(alice)
    assert "Pat Petersen" in browser.get(LIST).text
    assert WORDS not in browser.get(LIST).text
    assert WORDS in browser.get(f"{LIST}{note.pk}/").text
    assert not reload(note).is_read
    assert browser.post(act(note, "read")).status_code == 302
    read = reload(note)
    assert (read.read_by, read.owner) == (alice, alice)
    assert "Pat Petersen" not in browser.get(LIST).text


def test_a_check_in_without_a_note_is_no_work(in_a: Clinic, pat: Patient) -> None:
    make_check_in(pat, mood=4, note=None)
    make_check_in(pat, mood=4, note="   ")
    assert not LeftNote.objects.exists()


def test_it_has_an_owner_once_somebody_takes_it_or_it_is_handed_over(
    clinic_a: Clinic, alice: Membership, pat: Patient
) -> None:
    carl = make_member(clinic_a, "clinician", "Carl Conrad")
    note = leave(pat)
    assert "nobody's yet" in signed_in(alice).get(LIST).text
    signed_in(alice).post(act(note, "give"), {"owner": str(alice.pk)})
    assert reload(note).owner == alice
    assert "yours" in signed_in(alice).get(LIST).text
    signed_in(alice).post(act(note, "give"), {"owner": str(carl.pk)})
    assert reload(note).owner == carl
    assert reload(note).left_at == note.left_at


def test_it_is_handed_to_nobody_who_may_not_follow_the_patient(
    clinic_a: Clinic, alice: Membership, bob: Membership, mallory: Membership, pat: Patient
) -> None:
    gone = make_member(clinic_a, "clinician", "Gone Person")
    with tenancy.enter(clinic_a.pk):
        Membership.objects.filter(pk=gone.pk).update(is_active=False)
    note = leave(pat)
    for owner in (bob, mallory, gone):
        assert signed_in(alice).post(act(note, "give"), {"owner": str(owner.pk)}).status_code == 409
    assert signed_in(alice).post(act(note, "give"), {"owner": "x"}).status_code == 400
    assert reload(note).owner is None


def test_outside_the_care_team_nobody_sees_or_owns_it(
    clinic_a: Clinic, alice: Membership, pat: Patient
) -> None:
    carl = make_member(clinic_a, "clinician", "Carl Conrad")
    note = leave(pat)
    with tenancy.enter(clinic_a.pk):
        ClinicSettings.objects.update(record_scope="care_team")
        team = CareTeam.objects.create(clinic=clinic_a, name="Ward 3")
        CareTeamMember.objects.create(clinic=clinic_a, care_team=team, membership=alice)
        Patient.objects.filter(pk=pat.pk).update(care_team=team)
    assert "Pat Petersen" in signed_in(alice).get(LIST).text
    assert "Pat Petersen" not in signed_in(carl).get(LIST).text
    assert signed_in(carl).get(f"{LIST}{note.pk}/").status_code == 404
    assert signed_in(alice).post(act(note, "give"), {"owner": str(carl.pk)}).status_code == 409


def test_an_observer_reads_and_marks_nothing(bob: Membership, pat: Patient) -> None:
    note = leave(pat)
    assert WORDS in signed_in(bob).get(f"{LIST}{note.pk}/").text
    assert signed_in(bob).post(act(note, "read")).status_code == 403
    assert not reload(note).is_read


def test_the_first_reader_stays_and_what_was_read_is_not_handed_over(
    in_a: Clinic, alice: Membership, pat: Patient
) -> None:
    carl = make_member(in_a, "clinician", "Carl Conrad")
    note = leave(pat)
    services.read_note(note_id=note.pk, by=alice)
    services.read_note(note_id=note.pk, by=carl)
    assert reload(note).read_by == alice
    with pytest.raises(DomainError, match="note_is_read"):
        services.give_note(note_id=note.pk, to=carl.pk, by=alice)


def test_a_corrected_note_waits_again_and_a_withdrawn_one_no_more(
    in_a: Clinic, alice: Membership, pat: Patient
) -> None:
    note = leave(pat)
    services.read_note(note_id=note.pk, by=alice)
    services.correct_check_in(check_in=note.check_in, mood=5, note=WORDS, by=pat)
    assert reload(note).is_read
    services.correct_check_in(check_in=note.check_in, mood=5, note="It is worse.", by=pat)
    again = reload(note)
    assert (again.is_read, again.owner) == (False, alice)
    assert again.left_at > note.left_at
    services.correct_check_in(check_in=note.check_in, mood=5, note="", by=pat)
    assert not LeftNote.objects.exists()


def test_the_oldest_stands_first(in_a: Clinic, pat: Patient) -> None:
    first, second = leave(pat), leave(make_patient(in_a, "Second Person"))
    LeftNote.objects.filter(pk=second.pk).update(left_at=timezone.now() - timedelta(days=2))
    assert [row.pk for row in queries.unread_notes(in_a.pk)] == [second.pk, first.pk]


def test_list_and_look_are_logged(clinic_a: Clinic, alice: Membership, pat: Patient) -> None:
    note = leave(pat)
    signed_in(alice).get(LIST)
    signed_in(alice).get(f"{LIST}{note.pk}/")
    signed_in(alice).post(act(note, "read"))
    with tenancy.enter(clinic_a.pk):
        actions = set(AccessLogEntry.objects.values_list("action", flat=True))
    assert {"patients.listed", "patient.read", "left_note.read"} <= actions


def test_the_check_in_page_says_when_notes_are_read(clinic_a: Clinic, pat: Patient) -> None:
    page = "/c/north/me/check-in/"
    assert "your clinic has not said when" in signed_in(pat).get(page).text
    with tenancy.enter(clinic_a.pk):
        ClinicSettings.objects.update(cover_hours="Monday to Friday, 9:00 to 16:00")
    assert "Notes are read Monday to Friday, 9:00 to 16:00" in signed_in(pat).get(page).text


def test_the_navigation_counts_what_waits(alice: Membership, pat: Patient) -> None:
    leave(pat)
    assert (
        '<span class="nav__count">1<span class="visually-hidden"> unread'
        in signed_in(alice).get("/c/north/").text
    )


def test_it_goes_with_old_answers(in_a: Clinic, pat: Patient) -> None:
    leave(pat)
    removals.remove_old_answers(in_a, timezone.now() + timedelta(days=1))
    assert not LeftNote.objects.exists()


def test_it_moves_with_a_double(in_a: Clinic, alice: Membership, pat: Patient) -> None:
    other = services.admit_patient(clinic=in_a, name="Pat Petersen", by=System("test"))
    note = leave(other)
    services.merge_patients(keep=pat, double=other, by=alice)
    assert reload(note).patient_id == pat.pk


def test_the_page_that_corrects_a_note_says_when_it_is_read(pat: Patient) -> None:
    check_in = make_check_in(pat, note="I did not sleep.")
    page = signed_in(pat).get(f"/c/north/me/check-ins/{check_in.pk}/correct/").text
    assert "Notes are not read the moment you send them" in page
