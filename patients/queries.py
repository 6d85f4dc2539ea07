"""Reads of the portal's pages."""

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from clinics import keys, policy
from clinics.jurisdictions import Jurisdiction, Rule, jurisdictions
from clinics.models import Clinic, ClinicSettings, Membership, PolicyChoice
from patients import allowances, erasure, people, texts
from patients.models import (
    Capture,
    CheckIn,
    Consent,
    Correction,
    Enrolment,
    Erasure,
    Guardian,
    LeftNote,
    LegalHold,
    Notice,
    NoticeShown,
    OwnPlanPart,
    Patient,
    PhotoOutcome,
    Programme,
    Purpose,
    RightsRequest,
    SafetyPlan,
)
from patients.models.erasures import OPEN_STATES
from patients.reminding import ZONE_KNOWN_FOR
from patients.texts import Wording

HISTORY_LENGTH = 50
CERTIFICATES_SHOWN = 200


class PhotoOffer(enum.StrEnum):
    """Whether a photo would be used, in the words of the service's refusals."""

    OPEN = "open"
    CONSENT_MISSING = "consent_missing"
    NOT_ALLOWED = "not_allowed"
    CLOSED = "closed"
    FACE_OFF = "face_off"
    NOTICE_MISSING = "notice_missing"
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class PhotoPart:
    """What the check-in page says about photos, and whether this patient never sent one that was used."""

    offer: PhotoOffer
    is_first: bool


@dataclass(frozen=True)
class ConsentChoice:
    """One purpose, as the consents page shows it: the words in force, and the newest decision."""

    purpose: str
    wording: Wording
    is_offered: bool
    latest: Consent | None
    waiting_photos: int

    @property
    def is_granted(self) -> bool:
        return self.latest is not None and self.latest.is_in_force

    @property
    def is_asked_again(self) -> bool:
        """Agreed once, to words whose meaning has changed since."""
        return self.latest is not None and self.latest.is_granted and not self.latest.is_of_text_in_force


def photo_part(patient: Patient) -> PhotoPart:
    refusal = allowances.refusal(patient, Purpose.FACIAL_ANALYSIS)
    is_first = not CheckIn.objects.filter(patient=patient, photo=PhotoOutcome.TAKEN).exists()
    return PhotoPart(PhotoOffer(refusal.value) if refusal else PhotoOffer.OPEN, is_first)


def consent_choices(patient: Patient) -> list[ConsentChoice]:
    """Every purpose this program pursues or somebody decided about, with the decision in force."""
    latest = {row.purpose: row for row in Consent.objects.filter(patient=patient).newest()}
    choice = policy.in_force(patient.clinic_id)
    waiting = Capture.objects.filter(
        check_in__patient=patient, state__in=[Capture.State.WAITING, Capture.State.CLAIMED]
    ).count()
    return [
        ConsentChoice(
            purpose=purpose.value,
            wording=texts.consent_texts()[purpose].newest.wording,
            is_offered=purpose not in allowances.NOT_BUILT and choice is not None and choice.allows(purpose),
            latest=latest.get(purpose.value),
            waiting_photos=waiting if purpose == Purpose.FACIAL_ANALYSIS else 0,
        )
        for purpose in Purpose
        if purpose not in allowances.NOT_BUILT or purpose.value in latest
    ]


def guardians(patient: Patient) -> list[Guardian]:
    return list(Guardian.objects.filter(patient=patient).order_by("recorded_at"))


def closed_patients(visible: QuerySet[Patient]) -> list[Patient]:
    """Discharged, transferred, merged and dead, the newest first."""
    closed = visible.exclude(state=Patient.State.ACTIVE).order_by("-state_since")
    rows = list(closed)
    keys.preload(row.sealed_under() for row in rows)
    return rows


def consent_history(patient: Patient) -> QuerySet[Consent]:
    """Newest first, with what was decided in a record that was merged into this one."""
    rows = Consent.objects.filter(patient__in=people.own_records(patient)).select_related("patient")
    return rows.order_by("-at", "-number")[:HISTORY_LENGTH]


@dataclass(frozen=True)
class NoticePart:
    """One notice, and when this patient read it; None while it is due."""

    notice: str
    wording: Wording
    read: NoticeShown | None


def notice_parts(patient: Patient, due: list[Notice]) -> list[NoticePart]:
    """All that concerns this patient, what is due first, in the words that were or are to be read."""
    shown = {row.notice: row for row in NoticeShown.objects.filter(patient=patient).in_force().order_by("at")}
    waiting = [NoticePart(notice, texts.notice_texts()[notice].newest.wording, None) for notice in due]
    return waiting + [_read_part(row) for notice, row in shown.items() if notice not in due]


def _read_part(row: NoticeShown) -> NoticePart:
    text = texts.notice_texts()[row.notice]
    version = text.version(row.text_version) or text.newest
    return NoticePart(row.notice, version.wording, row)


@dataclass(frozen=True)
class OwnProgramme:
    """A programme this patient may join, or takes part in."""

    programme: Programme
    is_joined: bool


def own_programmes(patient: Patient) -> list[OwnProgramme]:
    """Open ones, where the policy allows any, and whatever there is to leave."""
    joined = set(
        Enrolment.objects.filter(patient=patient, left_at=None).values_list("programme_id", flat=True)
    )
    is_allowed = policy.allows(patient.clinic_id, Purpose.PROGRAMME)
    offered = Q(closed_at=None) if is_allowed else Q(pk=None)
    rows = Programme.objects.filter(offered | Q(pk__in=joined), clinic_id=patient.clinic_id).order_by("name")
    return [OwnProgramme(row, row.pk in joined) for row in rows]


def programmes(clinic: Clinic) -> QuerySet[Programme]:
    """For the administrator: no figure of who takes part, which small numbers would give away."""
    return Programme.objects.filter(clinic=clinic).order_by("closed_at", "name")


@dataclass(frozen=True)
class PolicyRow:
    """One purpose, and what each place's law says of it."""

    label: str
    rules: list[tuple[Jurisdiction, Rule | None]]
    is_built: bool


def policy_rules() -> list[PolicyRow]:
    """Every purpose against every template; None is a place that says nothing, so it is not allowed."""
    places = jurisdictions().values()
    return [
        PolicyRow(
            str(purpose.label),
            [(place, place.rules.get(purpose)) for place in places],
            is_built=purpose not in allowances.NOT_BUILT,
        )
        for purpose in Purpose
    ]


def policy_history(clinic: Clinic) -> list[tuple[PolicyChoice, str, list[str]]]:
    """Each choice, newest first: its row, the place's name and the labels of what was switched off."""
    return [
        (
            choice,
            choice.place.name if choice.place else choice.jurisdiction,
            [str(Purpose(purpose).label) for purpose in choice.switched_off if purpose in Purpose.values],
        )
        for choice in PolicyChoice.objects.filter(clinic=clinic).order_by("-number")[:HISTORY_LENGTH]
    ]


@dataclass(frozen=True)
class ErasurePart:
    """How far a patient's wish to be erased has come; None where there is none."""

    erasure: Erasure | None
    keeps_record: bool
    cooling_off_days: int
    hold: LegalHold | None
    waits_for_care: bool


def erasure_part(patient: Patient) -> ErasurePart:
    own = ClinicSettings.objects.get(clinic_id=patient.clinic_id)
    wish = Erasure.objects.filter(patient_id=patient.pk, state__in=OPEN_STATES).first()
    extent = wish.extent if wish else None
    keeps_record = extent == Erasure.Extent.APP_DATA if extent else own.record_retention_years > 0
    hold = hold_of(patient)
    waits = bool(erasure.why_not_now(patient.pk))
    return ErasurePart(wish, keeps_record, own.erasure_cooling_off_days, hold, waits)


def hold_of(patient: Patient) -> LegalHold | None:
    return LegalHold.objects.in_force().filter(patient=patient).first()


def holds(clinic: Clinic) -> list[LegalHold]:
    """Those in force, the oldest first; then the newest of the lifted."""
    rows = LegalHold.objects.filter(clinic=clinic).select_related("patient")
    standing = list(rows.in_force().order_by("placed_at"))
    lifted = list(rows.exclude(lifted_at=None).order_by("-lifted_at")[:HISTORY_LENGTH])
    keys.preload(row.patient.sealed_under() for row in standing + lifted)
    return standing + lifted


def recorder(wish: Erasure) -> Membership | None:
    """The member who recorded it; None where the patient asked in the portal, or the operator."""
    subject, _colon, pk = wish.requested_by.partition(":")
    return Membership.objects.filter(pk=pk).first() if subject == "membership" else None


def erasures_on_their_way(clinic: Clinic) -> QuerySet[Erasure]:
    return Erasure.objects.filter(clinic=clinic, state__in=OPEN_STATES).order_by("requested_at")


def certificates(clinic: Clinic) -> QuerySet[Erasure]:
    """The newest; older ones are found by their number."""
    done = Erasure.objects.filter(clinic=clinic, state=Erasure.State.FINISHED)
    return done.order_by("-finished_at")[:CERTIFICATES_SHOWN]


def own_requests(patient: Patient) -> QuerySet[RightsRequest]:
    """What this patient asked for, newest first."""
    return RightsRequest.objects.filter(patient=patient).order_by("-opened_at")[:HISTORY_LENGTH]


def has_new_phone(patient: Patient, *, within: timedelta) -> bool:
    """Whether the number in this record, or in another of the same person, was changed since then."""
    changed = Correction.objects.filter(field=Correction.Field.PHONE, at__gt=timezone.now() - within)
    return changed.filter(patient__in=people.own_records(patient)).exists()


def unread_notes(clinic_id: uuid.UUID) -> QuerySet[LeftNote]:
    """Notes that nobody has read yet, the oldest first: each a work item with its owner and its age
    (`left_at`). The rule about unread notes reads the same rows."""
    rows = LeftNote.objects.unread().filter(clinic=clinic_id, patient__kept_until=None)
    return rows.select_related("patient", "owner").order_by("left_at", "pk")


def who_may_own(note: LeftNote) -> list[Membership]:
    """Clinicians to whom a note can be handed; the service asks again whether they may follow the patient."""
    rows = Membership.objects.filter(clinic=note.clinic_id, is_active=True)
    return [member for member in rows if member.reads_patients and member.treats_patients]


def zone_now(patient: Patient) -> str:
    """Where they are today: the zone of a check-in within 36 hours, else that of their record."""
    recent = CheckIn.objects.filter(patient=patient, captured_at__gt=timezone.now() - ZONE_KNOWN_FOR)
    found = recent.order_by("-captured_at").values_list("zone", flat=True).first()
    return found or patient.time_zone


def safety_plan_date(patient: Patient) -> datetime | None:
    """When the newest of the two plans was written: with the clinic, or by the patient alone."""
    with_clinic = SafetyPlan.objects.filter(patient=patient).values_list("written_at", flat=True)
    own = OwnPlanPart.objects.filter(patient=patient).values_list("written_at", flat=True)
    return max([*with_clinic, *own], default=None)


def corrections_of(check_in: CheckIn) -> QuerySet[Correction]:
    """What stood in a check-in before, newest first."""
    return Correction.objects.filter(check_in=check_in).order_by("-at")


def desk_requests(clinic_id: uuid.UUID) -> list[RightsRequest]:
    """Open ones first, the one that is due next at the top; then the newest of the closed."""
    rows = RightsRequest.objects.filter(clinic=clinic_id).select_related("patient")
    waiting = list(rows.open().order_by("due_at"))
    closed = list(rows.exclude(state=RightsRequest.State.OPEN).order_by("-closed_at")[:HISTORY_LENGTH])
    return waiting + closed
