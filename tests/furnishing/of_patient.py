"""What hangs on a patient."""

import uuid
from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from clinics import messages, tenancy
from clinics.models import (
    Channel,
    Membership,
    Message,
)
from inference import services as inference_services
from inference.models import Explanation, Reading, ReadingLabel, ShadowReading
from patients import services
from patients.models import (
    CheckIn,
    FairnessAnswers,
    Guardian,
    LeftNote,
    LegalHold,
    OnCallGrant,
    Patient,
    PatientAddress,
    Purpose,
    QuestionnaireAnswer,
    QuestionnaireRound,
)
from patients.services import ContactDraft, IntakeDraft, PlanPart
from scoring import services as scoring_services
from scoring.models import FaceSilence, RuleMemory
from scoring.services import receipts
from tests.clinics.factories import make_member
from tests.furnishing.staff import Staff, Words
from tests.inference.factories import make_reading
from tests.patients.factories import make_check_in
from tests.patients.image_files import still


def furnish_patient(patient: Patient, by: Staff, words: Words) -> dict[str, Any]:
    """Returns the ids that URLs name."""
    check_in = make_check_in(
        patient,
        note=words("patients.correction.before"),
        image=still("JPEG") + words("patients.capture.image").encode(),
    )
    reading = make_reading(patient, model_name="test", model_version="1")
    with tenancy.enter(patient.clinic_id):
        _explain(reading, check_in, by, words)
        _volunteer(patient, words)
        services.correct_check_in(
            check_in=check_in, mood=None, note=words("patients.checkin.note"), by=patient
        )
        inference_services.contest_reading(
            patient=patient, reading_id=reading.pk, reason=words("inference.readingcontest.reason")
        )
        _write_record(patient, by, words)
        _hold_and_lift(patient, by, words)
        ways = _choose_messages(patient, words)
        silence = _silence_face(patient, by, words)
        RuleMemory.objects.create(clinic_id=patient.clinic_id, patient=patient, rule="furnished")
        _queue_test_alert(patient, by)
        _call_and_resolve(patient, by, words)
        return {
            "check_in_id": check_in.pk,
            "message_id": Message.objects.values_list("pk", flat=True).get(dedupe_key="furnished"),
            "silence_id": silence.pk,
            "reading_id": reading.pk,
            **_questionnaire(patient, words),
            **ways,
            "break_glass_id": _break_glass(patient, by, words),
            "request_id": _ask(patient, by, words),
            "left_note_id": LeftNote.objects.values_list("pk", flat=True).get(patient=patient),
            "hold_id": LegalHold.objects.in_force().values_list("pk", flat=True).get(patient=patient),
        }


def _explain(reading: Reading, check_in: CheckIn, by: Staff, words: Words) -> None:
    """What another classifier said, a map of the face, a clinician's own eye."""
    patient = reading.patient
    ShadowReading.objects.create(
        clinic_id=patient.clinic_id,
        reading=reading,
        patient=patient,
        model_sha256="0" * 64,
        shares=[1 / 7] * 7,
    )
    Explanation(
        clinic_id=patient.clinic_id,
        reading=reading,
        capture=check_in.capture,
        patient=patient,
        method=Explanation.Method.LIME,
        picture=words("inference.explanation.picture").encode(),
    ).save(force_insert=True)
    ReadingLabel.objects.create(
        clinic_id=patient.clinic_id,
        reading=reading,
        patient=patient,
        seen="sad",
        labelled_by=by.clinician,
    )


def _volunteer(patient: Patient, words: Words) -> None:
    services.grant_consent(patient=patient, purpose=Purpose.FAIRNESS_CHECK, by=patient)
    FairnessAnswers(
        clinic_id=patient.clinic_id,
        patient=patient,
        age_band=words("patients.fairnessanswers.age_band"),
        sex=words("patients.fairnessanswers.sex"),
        skin_tone=words("patients.fairnessanswers.skin_tone"),
    ).save(force_insert=True)


def _silence_face(patient: Patient, by: Staff, words: Words) -> FaceSilence:
    silence = FaceSilence(
        clinic_id=patient.clinic_id,
        patient=patient,
        reason=words("scoring.facesilence.reason"),
        words=words("scoring.facesilence.words"),
        set_by=by.clinician,
    )
    silence.save(force_insert=True)
    return silence


def _queue_test_alert(patient: Patient, by: Staff) -> None:
    messages.queue(
        clinic_id=patient.clinic_id,
        to=by.clinician,
        kind=messages.Kind.TEST_ALERT,
        dedupe_key="furnished",
        facts={"since": timezone.now(), "path": "/c/x/"},
        about=patient.pk,
    )


def _call_and_resolve(patient: Patient, by: Staff, words: Words) -> None:
    """An urgent alert from beginning to end, with every word that people write at it."""
    alert = scoring_services.ask_for_call(patient=patient)
    scoring_services.raise_alert(
        patient=patient,
        rule=alert.rule,
        lane=alert.lane,
        severity=alert.severity,
        facts={"times": 2},
        by=patient,
        text=words("scoring.alert.text"),
    )
    receipts.seen(alert, by.clinician)
    own: dict[str, Any] = {"alert_id": alert.pk, "by": by.clinician}
    scoring_services.take(**own)
    scoring_services.note_attempt(
        **own,
        was_reached=False,
        way="phone",
        whom=words("scoring.alertwords.whom"),
        text=words("scoring.alertwords.text"),
    )
    scoring_services.hand_over(**own, receiver=words("scoring.alert.receiver"))
    spoken = scoring_services.Spoken(by.clinician, words("scoring.alert.spoken_with"), timezone.now())
    scoring_services.resolve(**own, note=words("scoring.alert.note"), outcome="spoken", spoken=spoken)
    OnCallGrant.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        membership=by.officer,
        alert_id=alert.pk,
        ends_at=timezone.now(),
    )


def _write_record(patient: Patient, by: Staff, words: Words) -> None:
    contact = ContactDraft(
        name=words("patients.emergencycontact.name"),
        phone=words("patients.emergencycontact.phone"),
        relation=words("patients.emergencycontact.relation"),
    )
    services.save_emergency_card(
        patient=patient,
        phone=words("patients.patient.phone"),
        contacts=[contact],
        safety_plan=words("patients.safetyplan.text"),
        by=by.clinician,
    )
    part = PlanPart(words("patients.ownplanpart.heading"), words("patients.ownplanpart.text"))
    services.save_own_plan(patient=patient, parts=[part])
    draft = words("patients.notedraft.text")
    services.save_draft(patient=patient, place="/c/here/", field="note", text=draft, by=by.clinician)
    services.save_draft(patient=patient, place="/c/here/me/", field="note", text=draft, by=patient)
    _write_intake(patient, by, words)
    services.add_guardian(
        patient=patient,
        name=words("patients.guardian.name"),
        phone=words("patients.guardian.phone"),
        relation=Guardian.Relation.COURT,
        by=by.clinician,
    )
    patient.refresh_from_db()
    for name in ("email", "birth_date", "notes"):
        setattr(patient, name, words(f"patients.patient.{name}"))
    patient.save()


def _write_intake(patient: Patient, by: Staff, words: Words) -> None:
    """By a clinician; their deputy is made for it."""
    names = ("reason", "numbers", "safe_contact", "usual_location", "language", "needs")
    texts = {name: words(f"patients.intake.{name}") for name in names}
    deputy = Membership.objects.filter(role="clinician").exclude(pk=by.clinician.pk).first()
    deputy = deputy or make_member(patient.clinic, "clinician", "Second Clinician")
    draft = IntakeDraft(
        responsible=by.clinician,
        deputy=deputy,
        review_on=timezone.localdate() + timedelta(days=90),
        **texts,
    )
    services.save_intake(patient=patient, draft=draft, by=by.clinician)


def _questionnaire(patient: Patient, words: Words) -> dict[str, Any]:
    """One that is open, with an answer."""
    now, said = timezone.now(), words("patients.questionnaireanswer.value")
    round_ = QuestionnaireRound.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        questionnaire="phq9",
        language="en",
        text_sha256="0" * 64,
        opened_by="system:test",
        due_on=now.date(),
        late_at=now + timedelta(days=3),
        closes_at=now + timedelta(days=7),
    )
    QuestionnaireAnswer(
        clinic_id=patient.clinic_id,
        patient=patient,
        round=round_,
        item="1",
        value=said if said.isdigit() else "2",
        number=1,
        answered_at=now,
        door=QuestionnaireAnswer.Door.PAGE,
        saved_by=patient.actor_label,
        idempotency_key="k",
    ).save(force_insert=True)
    return {"round_id": round_.pk, "item": "9", "questionnaire": "gad7"}


def _choose_messages(patient: Patient, words: Words) -> dict[str, Any]:
    services.save_message_choices(
        patient=patient,
        draft=services.WaysDraft(["email"], sender_name=words("patients.patientchoices.sender_name")[:40]),
    )
    address = PatientAddress(
        clinic_id=patient.clinic_id,
        patient=patient,
        channel=Channel.SMS,
        address=words("patients.patientaddress.address"),
        label=words("patients.patientaddress.label"),
        fingerprint=uuid.uuid4().hex * 2,
    )
    address.save(force_insert=True)
    reminder = services.add_reminder(patient=patient, at=time(9, 0))
    asked = services.save_trusted_person(
        patient=patient,
        draft=services.TrustedDraft(
            name=words("patients.trustedperson.name"),
            email=words("patients.trustedperson.email"),
            signed=words("patients.trustedperson.signed"),
            words=words("patients.trustedperson.words"),
        ),
    )
    services.answer_as_trusted_person(row=asked, agrees=False)
    conditions = words("patients.emergencycontact.conditions")
    contacts = patient.emergency_contacts.values_list("pk", flat=True)
    services.confirm_contacts(patient=patient, conditions=dict.fromkeys(contacts, conditions))
    return {"own_address_id": address.pk, "reminder_id": reminder.pk}


def _break_glass(patient: Patient, by: Staff, words: Words) -> Any:
    opened = services.break_glass(
        patient=patient, reason=words("patients.breakglass.reason"), by=by.clinician
    )
    services.delay_notice(
        break_glass_id=opened.pk, reason=words("patients.breakglass.delay_reason"), by=by.officer
    )
    services.review_break_glass(
        break_glass_id=opened.pk,
        was_justified=True,
        conclusion=words("patients.breakglass.conclusion"),
        by=by.officer,
    )
    return opened.pk


def _hold_and_lift(patient: Patient, by: Staff, words: Words) -> None:
    """One hold that was lifted, and one that stands."""
    held = {"reason": words("patients.legalhold.reason"), "told": words("patients.legalhold.told")}
    services.place_legal_hold(patient=patient, by=by.officer, **held)
    services.lift_legal_hold(patient=patient, reason=words("patients.legalhold.lift_reason"), by=by.officer)
    services.place_legal_hold(patient=patient, by=by.officer, **held)


def _ask(patient: Patient, by: Staff, words: Words) -> Any:
    asked = services.open_request(
        patient=patient, kind="export", words=words("patients.rightsrequest.words"), by=patient
    )
    services.extend_request(
        request_id=asked.pk, reason=words("patients.rightsrequest.extension_reason"), by=by.officer
    )
    services.close_request(
        request_id=asked.pk, is_refused=False, answer=words("patients.rightsrequest.answer"), by=by.officer
    )
    return asked.pk
