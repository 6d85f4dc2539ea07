"""Erasure: asked for, confirmed, and after the clinic's cooling-off done by a job that can be killed.

1. `request_erasure` and 2. `confirm_erasure`; until it runs, `cancel_erasure` takes it back.
3. `run_erasure`, in steps that are each a transaction or safe to repeat: rows and keys go together; what the
   law makes the clinic keep gets a new key, so that older dumps lose the rest; a scan looks for what is left;
   the certificate is written.
"""

import logging
import uuid
from datetime import date, timedelta

from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clinics import access_log, keys, rotation, tenancy
from clinics.access_log import Actor, System
from clinics.after_commit import after_commit
from clinics.errors import DomainError
from clinics.keys import KeyName
from clinics.models import Clinic, ClinicSettings, DataKey, KeyRotation, Membership, User
from patients import certificate, erasure, people, signals
from patients.locks import lock_patients
from patients.models import CheckIn, Erasure, LegalHold, Patient
from patients.models.erasures import OPEN_STATES
from patients.services.holds import check_is_no_newcomer, is_held

logger = logging.getLogger(__name__)

ERASER = System("erasure")
Extent, State, Step = Erasure.Extent, Erasure.State, Erasure.Step


ACCOUNT_DAYS = timedelta(days=7)


class SomethingIsLeft(Exception):
    """The scan found the patient's id where nothing should be; its text names tables and columns."""


@transaction.atomic
def request_erasure(
    *, patient: Patient, by: Actor, extent: str | None = None, identity_check: str = ""
) -> Erasure:
    """The first step. What is erased follows the clinic's policy unless told otherwise (decision 46)."""
    lock_patients([patient.pk])
    if is_held(patient.pk):
        raise DomainError(
            "legal_hold",
            _("This record cannot be erased yet: the clinic must keep it for now."),
        )
    known = Erasure.objects.filter(patient_id=patient.pk, state__in=OPEN_STATES).first()
    if known is not None:
        return known  # a second click asks for nothing new
    if by == patient:
        _refuse_young_account(patient)
    wish = Erasure.objects.create(
        clinic_id=patient.clinic_id,
        patient_id=patient.pk,
        extent=extent or _extent_by_policy(patient.clinic_id),
        requested_by=by.actor_label,
        identity_check=identity_check,
    )
    access_log.record(
        "erasure.requested",
        by=by,
        patient_id=patient.pk,
        objects=[wish.pk],
        extent=str(wish.extent),
        identity_check=identity_check or None,
    )
    return wish


def _refuse_young_account(patient: Patient) -> None:
    """Who joined with a link that went astray must not be able to end the record before anybody notices."""
    if patient.has_address_of_record or patient.linked_at is None:
        return
    until = patient.linked_at + ACCOUNT_DAYS
    if timezone.now() < until:
        message = _(
            "Your account was connected only lately, and its address is not one your clinic wrote down. To "
            "be safe you can ask for this here from %(day)s on. If it cannot wait, please ask your clinic."
        ) % {"day": date_format(timezone.localtime(until), "DATE_FORMAT")}
        raise DomainError("account_too_young", message)


@transaction.atomic
def confirm_erasure(*, wish: Erasure, by: Actor) -> Erasure:
    """The second step: the cooling-off begins."""
    wish = _lock(wish.pk)
    if wish.state != State.REQUESTED:
        raise DomainError("not_requested", _("There is nothing to confirm."))
    if wish.identity_check and by.actor_label == wish.requested_by:
        raise DomainError(
            "same_person", _("You recorded this yourself. Somebody else of the clinic must confirm it.")
        )
    if wish.identity_check and isinstance(by, Membership):
        check_is_no_newcomer(by)
    days = ClinicSettings.objects.values_list("erasure_cooling_off_days", flat=True).get()
    wish.state, wish.due_at = State.CONFIRMED, timezone.now() + timedelta(days=days)
    wish.confirmed_by = by.actor_label
    wish.save(update_fields=["state", "due_at", "confirmed_by"])
    access_log.record("erasure.confirmed", by=by, patient_id=wish.patient_id, objects=[wish.pk])
    return wish


@transaction.atomic
def cancel_erasure(*, wish: Erasure, by: Actor) -> Erasure:
    """Until it runs it can be taken back."""
    wish = _lock(wish.pk)
    if wish.state not in {State.REQUESTED, State.CONFIRMED}:
        raise DomainError("too_late", _("It is too late to take this back."))
    wish.state = State.CANCELLED
    wish.save(update_fields=["state"])
    others = people.records_of([wish.patient_id]) - {wish.patient_id}
    of_doubles = Erasure.objects.filter(patient_id__in=others, state__in=[State.REQUESTED, State.CONFIRMED])
    of_doubles.filter(requested_by=wish.requested_by).update(state=State.CANCELLED)
    access_log.record("erasure.cancelled", by=by, patient_id=wish.patient_id, objects=[wish.pk])
    return wish


def cancel_unless_running(*, patient_id: uuid.UUID, by: Actor) -> None:
    """What the desk recorded falls with the request that it was recorded for."""
    waiting = Erasure.objects.filter(patient_id=patient_id, state__in=[State.REQUESTED, State.CONFIRMED])
    for wish in waiting.exclude(identity_check=""):
        cancel_erasure(wish=wish, by=by)


def run_erasure(*, clinic: Clinic, erasure_id: uuid.UUID, is_replay: bool = False) -> Erasure:
    """Does what is left to do; call it outside of a transaction. What may not be done now waits.

    A replay after a restore repeats what was done and certified: nothing holds it up, and the younger key
    table has the new key of what is kept already.
    """
    with tenancy.enter(clinic.pk):
        wish = _begin_again(erasure_id) if is_replay else _begin(erasure_id)
        address = None if is_replay else _address_of_account(wish)
    if wish.state == State.RUNNING and wish.step == Step.ROWS:
        with tenancy.enter(clinic.pk):
            wish = _erase_rows(erasure_id, is_replay=is_replay)
    if wish.state == State.RUNNING and wish.step == Step.KEY:
        if not is_replay:
            _change_key(clinic, wish)
        wish = _step_to(clinic, erasure_id, Step.SCAN)
    if wish.state == State.RUNNING and wish.step == Step.SCAN:
        with tenancy.enter(clinic.pk):
            wish = _scan_and_certify(erasure_id)
            if address is not None and wish.state == State.FINISHED:
                _tell_once(address, wish)
    return wish


def run_due_erasures(*, clinic: Clinic) -> int:
    """Runs what is due or was killed, and takes up records whose statutory date has passed."""
    with tenancy.enter(clinic.pk):
        _take_up_expired_records(clinic)
        due = list(
            Erasure.objects.filter(state__in=[State.CONFIRMED, State.RUNNING], due_at__lte=timezone.now())
            .order_by("due_at", "-requested_at")
            .values_list("pk", flat=True)
        )
    done = 0
    for erasure_id in due:
        try:
            done += run_erasure(clinic=clinic, erasure_id=erasure_id).state == State.FINISHED
        except Exception as error:  # the others need not wait for it; its text could quote a row
            logger.error("Erasure %s stopped: %s", erasure_id, type(error).__name__)
    return done


def _begin(erasure_id: uuid.UUID) -> Erasure:
    """Running from now on, unless it is not due or something forbids it; then it says what it waits for."""
    wish = _lock(erasure_id)
    if wish.state == State.RUNNING and wish.step != Step.ROWS:
        return wish  # its rows are gone: nothing forbids the rest
    if wish.state not in {State.CONFIRMED, State.RUNNING} or not wish.due_at or wish.due_at > timezone.now():
        return wish
    wish.waits_for = _why_not_now(wish)
    wish.state = State.CONFIRMED if wish.waits_for else State.RUNNING
    wish.save(update_fields=["state", "waits_for"])
    return wish


def _begin_again(erasure_id: uuid.UUID) -> Erasure:
    """What was certified once was held no more: a hold in the older dump was lifted since, and is again."""
    wish = _lock(erasure_id)
    for hold in LegalHold.objects.in_force().filter(patient_id__in=people.records_of([wish.patient_id])):
        hold.lifted_at, hold.lifted_by = timezone.now(), ERASER.actor_label
        hold.save(update_fields=["lifted_at", "lifted_by"])
        access_log.record("legal_hold.lifted", by=ERASER, patient_id=hold.patient_id, objects=[hold.pk])
    return wish


def _why_not_now(wish: Erasure) -> str:
    """The code of what holds it up, or nothing."""
    if is_held(wish.patient_id):
        return "legal_hold"
    return erasure.why_not_now(wish.patient_id) or ("doubles" if _waits_for_doubles(wish) else "")


def _erase_rows(erasure_id: uuid.UUID, *, is_replay: bool) -> Erasure:
    """Rows, images and keys in one transaction: half an erasure is never seen. A hold comes before it, and an
    alert that was raised since it began."""
    wish = _lock(erasure_id)
    why = "" if is_replay else erasure.why_not_now(wish.patient_id)
    if is_held(wish.patient_id):
        why = "legal_hold"
    if why:
        wish.state, wish.waits_for = State.CONFIRMED, why
        wish.save(update_fields=["state", "waits_for"])
        return wish
    patient = Patient.objects.filter(pk=wish.patient_id).first()
    user_id = patient.user_id if patient else None
    is_all = wish.extent == Extent.EVERYTHING
    if patient is not None and not is_all:
        wish.kept_until = wish.kept_until or _kept_until(patient)
    wish.counts = {
        rule.model._meta.label_lower: erasure.purge(rule, wish.patient_id, wish.pk)
        for rule in erasure.rules()
        if is_all or not rule.is_record
    }
    wish.counts["clinics.datakey"] = _drop_keys(wish.clinic_id, wish.patient_id, is_all=is_all)
    if patient is not None and not is_all:
        Patient.objects.filter(pk=patient.pk).update(user=None, kept_until=wish.kept_until)
    wish.counts["clinics.user"] = _erase_account(user_id)
    wish.step = Step.SCAN if is_all else Step.KEY
    wish.save(update_fields=["counts", "kept_until", "step"])
    access_log.record(
        "patient.erased", by=ERASER, patient_id=wish.patient_id, objects=[wish.pk], extent=str(wish.extent)
    )
    signals.patient_erased.send(
        sender=Erasure, clinic_id=wish.clinic_id, patient_id=wish.patient_id, extent=str(wish.extent)
    )
    return wish


def _waits_for_doubles(wish: Erasure) -> bool:
    """Records that were merged into this one are of the same person: each is due as well, and goes first."""
    doubles = Patient.objects.filter(merged_into=wish.patient_id)
    for double in doubles:
        if not Erasure.objects.filter(patient_id=double.pk, state__in=OPEN_STATES).exists():
            Erasure.objects.create(
                clinic_id=wish.clinic_id,
                patient_id=double.pk,
                extent=wish.extent,
                requested_by=wish.requested_by,
                state=State.CONFIRMED,
                due_at=wish.due_at,
            )
    return wish.extent == Extent.EVERYTHING and bool(doubles)


def _drop_keys(clinic_id: uuid.UUID, patient_id: uuid.UUID, *, is_all: bool) -> int:
    """Every image's key; with everything, the patient's own."""
    images = DataKey.objects.filter(
        clinic_id=clinic_id, parent_scope=DataKey.Scope.PATIENT, parent_subject=patient_id
    )
    dropped = sum(keys.drop(KeyName(clinic_id, row.scope, row.subject)) for row in images)
    if is_all:
        dropped += keys.drop(KeyName.of_patient(clinic_id, patient_id))
    return dropped


def _erase_account(user_id: uuid.UUID | None) -> int:
    """The sign-in address goes with the last thing it opens, in whichever clinic."""
    if user_id is None:
        return 0
    with tenancy.as_person(user_id):
        is_needed = (
            Membership.objects.filter(user_id=user_id).exists()
            or Patient.objects.filter(user_id=user_id).exists()
        )
    if is_needed:
        return 0
    User.objects.filter(pk=user_id).delete()
    return 1


def _address_of_account(wish: Erasure) -> str | None:
    """Where to write once it is done. Kept in memory alone: a killed run forgets it with the account."""
    if wish.state != State.RUNNING or wish.step != Step.ROWS:
        return None
    found = Patient.objects.filter(pk=wish.patient_id, user__isnull=False)
    return found.values_list("user__email", flat=True).first()


def _tell_once(address: str, wish: Erasure) -> None:
    """Number and day, nothing clinical and no clinic's name: others may read that mailbox too."""
    subject, body = certificate.mail(wish)
    after_commit(send_mail, subject, body, None, [address])


def _change_key(clinic: Clinic, wish: Erasure) -> None:
    """What is kept gets a new key and the old one goes at once: older dumps cannot open what was erased."""
    report = rotation.rotate(
        clinic, KeyRotation.Kind.PATIENT, by=ERASER, subject=wish.patient_id, at_once=True
    )
    if not report.is_complete:
        raise SomethingIsLeft(f"{len(report.unreadable)} values do not open, {report.busy} are in use")
    with tenancy.enter(clinic.pk):
        KeyRotation.objects.filter(subject=wish.patient_id).delete()


def _step_to(clinic: Clinic, erasure_id: uuid.UUID, step: Erasure.Step) -> Erasure:
    with tenancy.enter(clinic.pk):
        wish = _lock(erasure_id)
        wish.step = step
        wish.save(update_fields=["step"])
        return wish


def _scan_and_certify(erasure_id: uuid.UUID) -> Erasure:
    wish = _lock(erasure_id)
    ignoring = set(erasure.KEPT)
    if wish.extent == Extent.APP_DATA:
        ignoring |= erasure.tables(lambda rule: rule.is_record) | {DataKey._meta.db_table}
    if left := erasure.scan(wish.patient_id, ignoring=ignoring):
        raise SomethingIsLeft(", ".join(f"{where} ({count})" for where, count in sorted(left.items())))
    wish.state, wish.finished_at = State.FINISHED, timezone.now()
    wish.certificate = certificate.text(wish)
    wish.signed_certificate = certificate.signed(wish)
    wish.save(update_fields=["state", "finished_at", "certificate", "signed_certificate"])
    access_log.record("erasure.certified", by=ERASER, patient_id=wish.patient_id, objects=[wish.pk])
    return wish


def _take_up_expired_records(clinic: Clinic) -> None:
    """A record that was kept for the law alone goes when its date has passed."""
    today = timezone.localdate(timezone=clinic.zone)
    for patient in Patient.objects.filter(clinic=clinic, kept_until__lt=today):
        if is_held(patient.pk):
            continue  # taken up when the hold is lifted; the others need not wait for it
        if not Erasure.objects.filter(patient_id=patient.pk, state__in=OPEN_STATES).exists():
            wish = request_erasure(patient=patient, by=System("retention"), extent=Extent.EVERYTHING)
            Erasure.objects.filter(pk=wish.pk).update(state=State.CONFIRMED, due_at=timezone.now())


def _extent_by_policy(clinic_id: uuid.UUID) -> str:
    years = ClinicSettings.objects.values_list("record_retention_years", flat=True).get(clinic_id=clinic_id)
    return Extent.APP_DATA if years else Extent.EVERYTHING


def _kept_until(patient: Patient) -> date:
    """So many years after the end of the year of the last contact."""
    years = ClinicSettings.objects.values_list("record_retention_years", flat=True).get()
    last = CheckIn.objects.filter(patient=patient).aggregate(at=Max("captured_at"))["at"]
    return date(max(last or patient.created_at, patient.created_at).year + years, 12, 31)


def _lock(erasure_id: uuid.UUID) -> Erasure:
    """The patient's row first, as everywhere; it may be gone already."""
    lock_patients(Erasure.objects.filter(pk=erasure_id).values_list("patient_id", flat=True))
    wish = Erasure.objects.filter(pk=erasure_id).select_for_update(no_key=True).first()
    if wish is None:
        raise DomainError("no_such_erasure", _("This does not exist."))
    return wish
