"""What follows what: every receiver of every signal is connected here and nowhere else.

a check-in is submitted       the doorbell of its clinic rings after the commit
consent is withdrawn          waiting photos are dropped unread, kept photos and volunteered answers dropped
a face is switched off        waiting photos are dropped unread (held by law, or the record is closed)
who decides changes           the same, unless consent still holds
a record is about to close    scoring refuses while an alert is open that no named receiver accepted; of a
                              death it closes them. No message that waits to the patient is sent, of a death
                              none about them either
a death was a mistake         scoring raises again what it closed
a patient changes care teams  what is unresolved rings on the screens of the new team
two records are merged        readings move, scoring makes the scores anew
processing is restricted      waiting photos are dropped unread; scoring leaves the patient alone
a restriction ends            scoring makes the scores anew from the readings
a reading is contested        scoring re-estimates the touched periods, and raises no alert
readings are stored           scoring re-estimates the touched periods; a trusted person is written to, if the
                              patient set it up so
a photo could not be read     scoring raises an alert, if the clinic wants it: look yourself
a check-in, a reading, a      the clinic's rules are judged for that patient; the clock judges the rest
contest, a questionnaire
a clinic leaves shadow         what the face rules recorded in it is told once more
a classifier wants in force   scoring judges its fidelity on simulated patients
item 9 of a PHQ-9 is saved    scoring raises its alert, or opens it again; left open, a warning of its own
a member is switched off or   their alerts are open again, and those who are there hear of it
loses the role
an alert has news             the screens of its clinic ring after the commit
a patient is erased           each app's rows go by its rules; never while an alert is open
old data are removed          of a patient whose alert is open nothing is taken
a patient's record is saved   what it can be found by is indexed anew
a membership changes          the screens of its clinic check who may still listen
a care team gets or loses a   the same
member, or becomes the limit
somebody signs in or out      the access log of each of their clinics; who fails to, the platform's
an account changes            the access log of each of its clinics: factors, password, address, sessions
somebody signs in or shows    the session notes it
a second factor
a session ends or is locked   the screens of its person's clinics check who may still listen

What a clinic in shadow would have been told, scoring tells the page that asks: registered here too.
What an app keeps of a patient, it also adds to their export, and removes when its time is over: exporters and
kinds of retention are registered here.
"""

import uuid
from collections import defaultdict
from datetime import datetime
from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save

from clinics import going_live, messages, rotation, sign_in, tenancy
from clinics.messages import fingerprints, recipients
from clinics.models import CareTeamMember, ClinicSettings, MemberAddress, Membership, Message, User
from clinics.signals import clinic_went_live, sign_ins_changed
from inference import doorbell, gate
from inference import exports as inference_exports
from inference import purge_rules as inference_rules
from inference import services as inference_services
from inference.models import Reading, Reason
from inference.signals import reading_dead, readings_contested, readings_stored
from moodvision import (
    account_changes,
    celery,  # noqa: F401  doorbells ring through this application
    retention_kinds,
)
from patients import allowances as patient_allowances
from patients import erasure, exports, retention, search, told
from patients import purge_rules as patient_rules
from patients import services as patient_services
from patients.exports import circumstances, own_rows, questionnaires, record
from patients.exports import messages as message_exports
from patients.messages import directories
from patients.models import Patient, PatientAddress, Purpose
from patients.signals import (
    answer_saved,
    care_team_changed,
    check_in_submitted,
    consent_withdrawn,
    decider_changed,
    face_switched_off,
    patients_merged,
    processing_restricted,
    questionnaire_closed,
    record_closing,
    record_reopened,
    restriction_lifted,
)
from scoring import doorbell as screens
from scoring import exports as scoring_exports
from scoring import fidelity, shadow_figures
from scoring import purge_rules as scoring_rules
from scoring import queries as scoring_queries
from scoring import removals as scoring_removals
from scoring import services as scoring_services
from scoring.services import item_nine
from scoring.signals import alert_raised


def connect() -> None:
    """Called once, when all apps are loaded."""
    connect_readings()
    connect_answers()
    connect_records()
    connect_screens()
    connect_accounts()
    register_exporters()
    register_rules()


def connect_readings() -> None:
    check_in_submitted.connect(ring_doorbell)
    consent_withdrawn.connect(drop_what_was_for)
    face_switched_off.connect(drop_photos_for_a_reason)
    decider_changed.connect(drop_what_lost_consent)
    processing_restricted.connect(drop_unread_photos)
    restriction_lifted.connect(score_again)
    readings_contested.connect(rescore_contested)
    readings_contested.connect(judge_rules)
    readings_stored.connect(judge_readings)
    readings_stored.connect(tell_trusted_people)
    readings_stored.connect(judge_rules_of_many)
    reading_dead.connect(report_failed_analysis)


def connect_answers() -> None:
    check_in_submitted.connect(judge_rules)
    questionnaire_closed.connect(judge_rules)
    questionnaire_closed.connect(report_item_nine_left_open)
    answer_saved.connect(hear_item_nine)


def connect_records() -> None:
    record_closing.connect(settle_alerts)
    record_reopened.connect(raise_again)
    patients_merged.connect(move_readings)
    post_save.connect(index_patient, sender=Patient)


def connect_screens() -> None:
    alert_raised.connect(ring_screens)
    clinic_went_live.connect(tell_what_shadow_hid)
    care_team_changed.connect(ring_new_team)
    post_save.connect(recheck_screens, sender=Membership)
    post_save.connect(release_alerts, sender=Membership)
    post_save.connect(recheck_screens_of_clinic, sender=CareTeamMember)
    post_delete.connect(recheck_screens_of_clinic, sender=CareTeamMember)
    post_save.connect(recheck_screens_of_scope, sender=ClinicSettings)
    sign_ins_changed.connect(recheck_screens_of_person)
    for ending in (password_changed, password_reset, authenticator_removed):
        ending.connect(recheck_screens_of_user)


def connect_accounts() -> None:
    user_logged_in.connect(log_sign_in)
    user_logged_out.connect(log_sign_out)
    user_login_failed.connect(log_failed_sign_in)
    for signal, receiver in account_changes.RECEIVERS:
        signal.connect(receiver, weak=False)
    user_logged_in.connect(sign_in.begin)
    authentication_step_completed.connect(sign_in.note_step)
    authenticator_added.connect(sign_in.note_enrolment)


def register_rules() -> None:
    """What an app does by rules of others: erase, remove, address, judge a model."""
    told.register(scoring_queries.has_item_nine)
    rotation.register_derived_from_index(search.refresh)
    rotation.register_derived_from_index(refresh_fingerprints)
    erasure.register(*scoring_rules.RULES, *inference_rules.RULES, *patient_rules.RULES)
    erasure.register_blocker(scoring_rules.open_alert)
    gate.register(fidelity.judge)
    recipients.register(Message.To.PATIENT, directories.Patients())
    recipients.register(Message.To.TRUSTED, directories.Trusted())
    going_live.register_figures(shadow_figures.recorded)
    for kind in retention_kinds.KINDS:
        retention.register(kind)
    retention.register_sparer(scoring_removals.whose_alert_is_open)


def register_exporters() -> None:
    """In the order in which an export shows them."""
    exports.register("record", record.EXPORTER)
    exports.register("patients", own_rows.EXPORTER)
    exports.register("questionnaires", questionnaires.EXPORTER)
    exports.register("circumstances", circumstances.EXPORTER)
    exports.register("messages", message_exports.EXPORTER)
    exports.register("inference", inference_exports.EXPORTER)
    exports.register("scoring", scoring_exports.EXPORTER)


def tell_what_shadow_hid(*, clinic_id: uuid.UUID, **kwargs: Any) -> None:
    scoring_services.tell_anew(clinic_id=clinic_id)


def judge_rules(*, clinic_id: uuid.UUID, patient_id: uuid.UUID, **kwargs: Any) -> None:
    scoring_services.judge_after(clinic_id, [patient_id])


def judge_rules_of_many(*, clinic_id: uuid.UUID, readings: list[Reading], **kwargs: Any) -> None:
    scoring_services.judge_after(clinic_id, {reading.patient_id for reading in readings})


def ring_doorbell(*, clinic_id: uuid.UUID, **kwargs: Any) -> None:
    doorbell.ring_after_commit(clinic_id)


def drop_what_was_for(*, patient_id: uuid.UUID, purpose: str, **kwargs: Any) -> None:
    if purpose == Purpose.FACIAL_ANALYSIS:
        inference_services.drop_waiting_photos(patient_id=patient_id)
    elif purpose == Purpose.IMAGE_RETENTION:
        patient_services.drop_kept_images(patient_id=patient_id)
    elif purpose == Purpose.FAIRNESS_CHECK:
        patient_services.drop_fairness_answers(patient_id=patient_id)


def drop_photos_for_a_reason(*, patient_id: uuid.UUID, reason: str, **kwargs: Any) -> None:
    inference_services.drop_waiting_photos(patient_id=patient_id, reason=Reason(reason))


def drop_what_lost_consent(*, patient_id: uuid.UUID, **kwargs: Any) -> None:
    if not patient_allowances.who_agreed([patient_id], Purpose.FACIAL_ANALYSIS):
        inference_services.drop_waiting_photos(patient_id=patient_id)
    if not patient_allowances.who_agreed([patient_id], Purpose.IMAGE_RETENTION):
        patient_services.drop_kept_images(patient_id=patient_id)
    if not patient_allowances.who_agreed([patient_id], Purpose.FAIRNESS_CHECK):
        patient_services.drop_fairness_answers(patient_id=patient_id)


def settle_alerts(*, patient_id: uuid.UUID, state: str, by: Membership, **kwargs: Any) -> None:
    scoring_services.settle_alerts(patient_id=patient_id, state=state, by=by)
    messages.stop_for(patient_id, and_to_staff=state == Patient.State.DECEASED, why=state)


def raise_again(*, patient_id: uuid.UUID, was: str, by: Membership, **kwargs: Any) -> None:
    if was == Patient.State.DECEASED:
        scoring_services.raise_again(patient_id=patient_id, by=by)


def ring_new_team(*, patient_id: uuid.UUID, **kwargs: Any) -> None:
    scoring_services.tell_new_team(patient_id=patient_id)


def move_readings(
    *, clinic_id: uuid.UUID, patient_id: uuid.UUID, double_id: uuid.UUID, **kwargs: Any
) -> None:
    moments = inference_services.move_readings(patient_id=patient_id, double_id=double_id)
    scoring_services.merge_scores(
        clinic_id=clinic_id, patient_id=patient_id, double_id=double_id, moments=moments
    )


def drop_unread_photos(*, patient_id: uuid.UUID, **kwargs: Any) -> None:
    inference_services.drop_waiting_photos(patient_id=patient_id, reason=Reason.RESTRICTED)


def score_again(*, clinic_id: uuid.UUID, patient_id: uuid.UUID, **kwargs: Any) -> None:
    scoring_services.rescore_patient(clinic_id=clinic_id, patient_id=patient_id)


def rescore_contested(
    *, clinic_id: uuid.UUID, patient_id: uuid.UUID, readings: list[Reading], **kwargs: Any
) -> None:
    moments = [reading.captured_at for reading in readings]
    scoring_services.rescore_readings(clinic_id=clinic_id, touched={patient_id: moments})


def judge_readings(*, clinic_id: uuid.UUID, readings: list[Reading], **kwargs: Any) -> None:
    """A photo that was not scored moves no score."""
    touched = defaultdict(list)
    for reading in readings:
        if reading.is_scored:
            touched[reading.patient_id].append(reading.captured_at)
    if touched:
        scoring_services.judge_readings(clinic_id=clinic_id, touched=touched)


def tell_trusted_people(*, readings: list[Reading], **kwargs: Any) -> None:
    """Of the patients whose photos were just scored, who chose that a count of sad ones is told. Not while
    their face is said to tell nothing of their mood."""
    scored = {reading.patient_id: reading.pk for reading in readings if reading.is_scored}
    silent = scoring_queries.silent_faces(list(scored))
    for row in patient_services.wants_to_know([pk for pk in scored if pk not in silent]):
        newest = Reading.objects.that_count().filter(patient_id=row.patient_id).order_by("-captured_at")
        patient_services.consider_trusted_person(
            row,
            newest=[reading.label == "sad" for reading in newest[: row.of_last]],
            occasion=scored[row.patient_id],
        )


def report_failed_analysis(*, clinic_id: uuid.UUID, patient_id: uuid.UUID, **kwargs: Any) -> None:
    if scoring_services.is_rule_on("analysis_failed"):
        scoring_services.report_failed_analysis(clinic_id=clinic_id, patient_id=patient_id)


def hear_item_nine(
    *,
    questionnaire: str,
    item: str,
    patient_id: uuid.UUID,
    round_id: uuid.UUID,
    answer_id: uuid.UUID,
    value: int | None,
    at: datetime,
    door: str,
    **kwargs: Any,
) -> None:
    """At every answer that is saved, inside its transaction: without the alert there is no answer."""
    if (questionnaire, item) == ("phq9", "9") and value is not None:
        item_nine.answered(
            patient_id=patient_id, round_id=round_id, answer_id=answer_id, value=value, at=at, door=door
        )


def report_item_nine_left_open(
    *, patient_id: uuid.UUID, round_id: uuid.UUID, has_unanswered_item_nine: bool, **kwargs: Any
) -> None:
    if has_unanswered_item_nine:
        item_nine.left_open(patient_id=patient_id, round_id=round_id)


def ring_screens(*, clinic_id: uuid.UUID, seq: int, **kwargs: Any) -> None:
    screens.ring_after_commit(clinic_id, seq)


def refresh_fingerprints(clinic_id: uuid.UUID, version: int, limit: int) -> int:
    return fingerprints.refresh(clinic_id, version, limit, MemberAddress, PatientAddress)


def index_patient(*, instance: Patient, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    if update_fields is None or update_fields & search.SEARCHED_FIELDS:
        search.index(instance)


def recheck_screens(*, instance: Membership, created: bool, **kwargs: Any) -> None:
    if not created:
        screens.recheck_after_commit(instance.clinic_id)


def release_alerts(*, instance: Membership, created: bool, **kwargs: Any) -> None:
    if not created:
        scoring_services.release_of(membership=instance)


def recheck_screens_of_clinic(*, instance: CareTeamMember, **kwargs: Any) -> None:
    screens.recheck_after_commit(instance.clinic_id)


def recheck_screens_of_scope(
    *, instance: ClinicSettings, created: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    if not created and (update_fields is None or "record_scope" in update_fields):
        screens.recheck_after_commit(instance.clinic_id)


def log_sign_in(*, user: User, **kwargs: Any) -> None:
    patient_services.record_sign_in(user=user)


def log_sign_out(*, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        patient_services.record_sign_out(user=user)


def log_failed_sign_in(*, credentials: dict[str, Any], **kwargs: Any) -> None:
    patient_services.record_failed_sign_in(credentials=credentials)


def recheck_screens_of_person(*, user_id: uuid.UUID, **kwargs: Any) -> None:
    """In every clinic of theirs: a session is a person's, a screen a clinic's."""
    with tenancy.as_person(user_id):
        clinics = list(Membership.objects.values_list("clinic_id", flat=True))
    for clinic_id in clinics:
        screens.recheck_after_commit(clinic_id)


def recheck_screens_of_user(*, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        recheck_screens_of_person(user_id=user.pk)
