"""What patients are told and what they say: whom to call, and that their words reach somebody."""

from tests.mutations.defects.defect import Defect

CRISIS = "tests/clinics/test_crisis.py"

DEFECTS = (
    Defect(
        "words of patients",
        "a crisis number is never looked up again",
        "clinics/crisis/directory.py",
        "        return today > self.recheck_on",
        "        return False",
        (CRISIS,),
    ),
    Defect(
        "words of patients",
        "a lock stands before the crisis page",
        "clinics/urls.py",
        'path("crisis/<slug:clinic>/"',
        'path("c/<slug:clinic>/crisis/"',
        (CRISIS,),
    ),
    Defect(
        "words of patients",
        "what a clinic wrote as contacts is markup",
        "clinics/templatetags/telephones.py",
        "((piece,) for piece in _pieces(line))",
        "((SafeString(piece),) for piece in _pieces(line))",
        (CRISIS,),
    ),
    Defect(
        "words of patients",
        "what was seen of an older answer tells the patient",
        "scoring/queries/told.py",
        "newest.alert.state == Alert.State.RESOLVED or receipts.is_confirmed(newest.alert)",
        "newest.alert.seen.exists() or receipts.is_confirmed(newest.alert)",
        ("tests/scoring/test_after_item_nine.py",),
    ),
    Defect(
        "words of patients",
        "a patient is told without anybody's confirmation",
        "patients/told.py",
        "return any(confirmation(patient, round_id) for confirmation in _registered)",
        "return True",
        ("tests/scoring/test_after_item_nine.py",),
    ),
    Defect(
        "words of patients",
        "a corrected note counts as read",
        "patients/services/left_notes.py",
        "note.left_at, note.read_at, note.read_by = timezone.now(), None, None",
        "note.left_at = timezone.now()",
        ("tests/patients/test_left_notes.py",),
    ),
    Defect(
        "words of patients",
        "a second press on the button starts the timer anew",
        "scoring/services/calls.py",
        "known.state in {Alert.State.OPEN, Alert.State.TAKEN}",
        "known.state in {Alert.State.TAKEN}",
        ("tests/scoring/test_own_calls.py",),
    ),
    Defect(
        "words of patients",
        "a closed record takes a wish for a call that nobody sees",
        "scoring/services/calls.py",
        "if locked is None or not locked.is_followed:",
        "if locked is None:",
        ("tests/scoring/test_own_calls.py",),
    ),
    Defect(
        "words of patients",
        "each reminder speaks of the same form again",
        "patients/services/reminders.py",
        "waits_since.pop(patient_id, None)",
        "pass",
        ("tests/patients/test_reminders.py",),
    ),
    Defect(
        "words of patients",
        "what a patient sent stays behind half-written",
        "patients/middleware.py",
        "for writer in (request.membership, request.patient):",
        "for writer in (request.membership,):",
        ("tests/patients/test_own_drafts.py",),
    ),
    Defect(
        "words of patients",
        "a draft is anybody's",
        "patients/services/drafts.py",
        "NoteDraft.objects.filter(membership=_member(by), saved_at__gte=timezone.now() - KEPT)",
        "NoteDraft.objects.filter(saved_at__gte=timezone.now() - KEPT)",
        ("tests/patients/test_drafts.py",),
    ),
)
