"""What the rules need to know of many patients at once: a fixed number of queries, whatever their number.

`histories` reads the rows, `History.at` cuts them to one moment: now for judging, days that are past for the
preview. What came later, or was corrected or contested since, is known as it is known today.
"""

import uuid
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TypeVar

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, F, FloatField, Func, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Greatest

from clinics.many_rows import among
from clinics.models import Clinic
from inference.emotions import EMOTIONS
from inference.models import Reading, ReadingContest, Reason
from patients.models import CheckIn, LeftNote, Patient, PhotoOutcome, QuestionnaireRound
from patients.questionnaires import published
from patients.questionnaires.scoring import rank_of
from scoring.alert_rules import Answered, Closed, FaceWindow, PatientFacts, Seen, UnreadNote
from scoring.models import FaceSilence, PatientNote, PatientStanding, PeriodScore, ScoreProfile
from scoring.rules import NEWEST_READING_AGE

Row = TypeVar("Row")

LeftNoteRow = tuple[UnreadNote, datetime | None]
"""A note, and when somebody read it."""

LONGEST_WINDOW = timedelta(days=28)
BASELINE = timedelta(days=28)
REACH = LONGEST_WINDOW + BASELINE
"""How far back from a judged moment a rule may look."""

SOON = timedelta(hours=1)
"""What arrives within it was heard when it was given."""

HAPPY_WEEKS = 8
WEEK = timedelta(days=7)
LIKELIEST = Case(
    *(When(**{name: Greatest(*EMOTIONS)}, then=Value(name)) for name in EMOTIONS), default=Value("")
)


@dataclass
class History:
    """The rows of one patient, each sequence from the oldest to the newest."""

    since: datetime
    is_followed: bool
    is_restricted: bool
    is_face_informative: bool = True
    heard_before: datetime | None = None
    check_ins: list[Answered] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    happy_weeks: list[tuple[datetime, float]] = field(default_factory=list)
    questionnaires: list[Closed] = field(default_factory=list)
    notes: list[LeftNoteRow] = field(default_factory=list)
    wishes: list[datetime] = field(default_factory=list)
    failures: list[datetime] = field(default_factory=list)
    contests: list[datetime] = field(default_factory=list)
    zone: tzinfo = UTC

    def at(self, moment: datetime, *, face: FaceWindow | None = None) -> PatientFacts:
        """The facts as of a moment that the rows reach back from."""
        check_ins = _until(self.check_ins, moment, lambda row: row.at)
        return PatientFacts(
            now=moment,
            since=self.since,
            is_followed=self.is_followed,
            is_restricted=self.is_restricted,
            is_face_informative=self.is_face_informative,
            last_check_in_at=check_ins[-1].at if check_ins else self.heard_before,
            check_ins=check_ins,
            seen=_until(self.seen, moment, lambda row: row.at),
            face=face,
            happy_weeks=[share for end, share in self.happy_weeks if end <= moment - WEEK][-HAPPY_WEEKS:],
            questionnaires=_until(self.questionnaires, moment, lambda row: row.at),
            unread_notes=self._unread(moment),
            waits_since=_last(self.wishes, moment),
            failed_at=_last(self.failures, moment),
            contested_at=_last(self.contests, moment),
            zone=self.zone,
        )

    def _unread(self, moment: datetime) -> Sequence[UnreadNote]:
        """Notes that nobody had read by then, the oldest first."""
        waiting = (note for note, read_at in self.notes if read_at is None or read_at > moment)
        return tuple(note for note in waiting if note.written_at <= moment)


def histories(patient_ids: Collection[uuid.UUID], *, first: datetime) -> dict[uuid.UUID, History]:
    """Rows of these patients for judging at `first` and later."""
    patients = Patient.objects.filter(pk__in=among(patient_ids)).only(
        "clinic", "created_at", "linked_at", "state", "state_since", "restricted_at", "kept_until"
    )
    clinics = Clinic.objects.in_bulk({patient.clinic_id for patient in patients})
    found = {
        patient.pk: History(
            since=max(patient.linked_at or patient.created_at, patient.state_since),
            is_followed=patient.is_followed and patient.kept_until is None,  # erased: nobody may open it
            is_restricted=patient.is_restricted,
            zone=clinics[patient.clinic_id].zone,
        )
        for patient in patients
    }
    for patient_id in silent_faces(found):
        found[patient_id].is_face_informative = False
    _add_check_ins(found, first)
    _add_seen(found, first)
    _add_happy_weeks(found, first)
    _add_moments(found, first)
    _add_questionnaires(found, first)
    _add_notes(found, first)
    return found


def silent_faces(patient_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Of these, the patients whose face says nothing of their mood."""
    standing = FaceSilence.objects.filter(patient__in=among(patient_ids), lifted_at=None)
    return set(standing.values_list("patient_id", flat=True))


def face_windows(patient_ids: Collection[uuid.UUID], *, at: datetime) -> dict[uuid.UUID, FaceWindow]:
    """The newest judged window of each, as it stands at this moment."""
    profile = ScoreProfile.objects.in_force()
    rows = PatientStanding.objects.filter(patient__in=among(patient_ids)).values_list(
        "patient_id", "share_means", "score", "readings", "is_enough", "newest_reading_at"
    )
    return {
        patient_id: FaceWindow(
            shares=shares,
            score=score,
            warning_line=profile.warning_line,
            intervention_line=profile.intervention_line,
            readings=readings,
            is_current=is_enough and newest is not None and at - newest <= NEWEST_READING_AGE,
        )
        for patient_id, shares, score, readings, is_enough, newest in rows
    }


def _add_check_ins(found: dict[uuid.UUID, History], first: datetime) -> None:
    """All of the reach; of who sent nothing in it, when they were last heard at all."""
    rows = CheckIn.objects.filter(patient__in=among(found), captured_at__gt=first - REACH).values(
        "patient_id"
    )
    late = Case(When(submitted_at__gt=F("captured_at") + SOON, then=F("submitted_at")))
    taken = Case(When(photo=PhotoOutcome.TAKEN, then=Value(True)), default=Value(False))
    lists = {
        "ats": _in_order(_epoch("captured_at")),
        "moods": _in_order("mood"),
        "slept": _in_order("hours_slept"),
        "photos": _in_order(taken),
        "heard": _in_order(_epoch(late)),
    }
    for patient_id, ats, moods, slept, photos, heard in rows.annotate(**lists).values_list(
        "patient_id", *lists
    ):
        found[patient_id].check_ins = list(
            map(Answered, _moments(ats), moods, slept, photos, _moments(heard))
        )
    silent = [pk for pk, history in found.items() if not _until(history.check_ins, first, lambda row: row.at)]
    before = CheckIn.objects.filter(patient__in=among(silent), captured_at__lte=first).values("patient_id")
    for row in before.annotate(last=Max("captured_at")):
        found[row["patient_id"]].heard_before = row["last"]


def _add_seen(found: dict[uuid.UUID, History], first: datetime) -> None:
    rows = Reading.objects.that_count().filter(
        patient__in=among(found), captured_at__gt=first - LONGEST_WINDOW
    )
    lists = {"ats": _in_order(_epoch("captured_at")), "emotions": _in_order(LIKELIEST)}
    by_patient = rows.values("patient_id").annotate(**lists).values_list("patient_id", *lists)
    for patient_id, moments, emotions in by_patient:
        found[patient_id].seen = list(map(Seen, _moments(moments), emotions))


def _add_happy_weeks(found: dict[uuid.UUID, History], first: datetime) -> None:
    """Whole earlier weeks that held enough, each as the model with the most readings read it."""
    start = (first - (HAPPY_WEEKS + 2) * WEEK).date()
    rows = PeriodScore.objects.filter(
        patient__in=among(found), kind=PeriodScore.Kind.WEEK, is_enough=True, start__gte=start
    ).order_by("start", "readings")
    weeks: dict[uuid.UUID, dict[datetime, float]] = defaultdict(dict)
    happy = f"share_means__{EMOTIONS.index('happy')}"
    for patient_id, day, share in rows.values_list("patient_id", "start", happy):
        end = datetime.combine(day, datetime.min.time(), tzinfo=first.tzinfo) + WEEK
        weeks[patient_id][end] = share
    for patient_id, by_end in weeks.items():
        found[patient_id].happy_weeks = sorted(by_end.items())


def _add_questionnaires(found: dict[uuid.UUID, History], first: datetime) -> None:
    """Those that ended with a total, each with the one before it, however long ago that was."""
    earlier = (
        QuestionnaireRound.objects.with_total()
        .filter(
            patient=OuterRef("patient"),
            questionnaire=OuterRef("questionnaire"),
            ended_at__lt=OuterRef("ended_at"),
        )
        .order_by("-ended_at")
    )
    rows = QuestionnaireRound.objects.with_total().filter(
        patient__in=among(found), ended_at__gt=first - LONGEST_WINDOW
    )
    columns = (
        "patient_id",
        "pk",
        "questionnaire",
        "ended_at",
        "total",
        "band",
        "total_before",
        "band_before",
    )
    before = {"total_before": Subquery(earlier.values("total")[:1])} | {
        "band_before": Subquery(earlier.values("band")[:1])
    }
    for patient_id, pk, name, at, total, band, total_before, band_before in (
        rows.annotate(**before).order_by("ended_at").values_list(*columns)
    ):
        closed = Closed(
            round_id=str(pk),
            questionnaire=name,
            at=at,
            total=total,
            band=band_rank(name, band),
            previous_total=total_before,
            previous_band=None if total_before is None else band_rank(name, band_before),
        )
        found[patient_id].questionnaires.append(closed)


def _add_notes(found: dict[uuid.UUID, History], first: datetime) -> None:
    """Notes that wait, and those that were read only after the first moment, oldest first."""
    rows = LeftNote.objects.filter(patient__in=among(found)).filter(Q(read_at=None) | Q(read_at__gt=first))
    columns = ("patient_id", "pk", "left_at", "read_at")
    for patient_id, pk, left_at, read_at in rows.order_by("left_at", "pk").values_list(*columns):
        found[patient_id].notes.append((UnreadNote(str(pk), left_at), read_at))


def band_rank(questionnaire: str, band: str | None) -> int:
    """The place of a band, 0 the lightest; -1 where the form or the band is not known."""
    form = published.questionnaires().get(questionnaire)
    return rank_of(form.rules, band) if form is not None else -1


def _add_moments(found: dict[uuid.UUID, History], first: datetime) -> None:
    since = first - LONGEST_WINDOW
    wishes = PatientNote.objects.filter(answer=PatientNote.Answer.CALL, answered_at__gt=since)
    failures = Reading.objects.filter(reason=Reason.DEAD, created_at__gt=since)
    contests = ReadingContest.objects.filter(withdrawn_at=None, contested_at__gt=since)
    for name, rows, column in (
        ("wishes", wishes, "answered_at"),
        ("failures", failures, "created_at"),
        ("contests", contests, "contested_at"),
    ):
        moments = rows.filter(patient__in=among(found)).order_by(column)
        for patient_id, at in moments.values_list("patient_id", column):
            getattr(found[patient_id], name).append(at)


def _in_order(part: Any) -> ArrayAgg:
    """One list a patient, from the oldest row: a tenth of the work of a row each."""
    return ArrayAgg(part, order_by=["captured_at", "pk"])


def _epoch(moment: Any) -> Func:
    """Seconds since 1970, to the microsecond: a number is read in a tenth of the time that a date takes."""
    return Func(moment, template="EXTRACT(EPOCH FROM %(expressions)s)::float8", output_field=FloatField())


def _moments(seconds: Iterable[float | None]) -> Iterator[Any]:
    return (None if one is None else datetime.fromtimestamp(one, UTC) for one in seconds)


def _until(rows: Sequence[Row], moment: datetime, key: Callable[[Row], Any]) -> Sequence[Row]:
    return rows if not rows or key(rows[-1]) <= moment else rows[: bisect_right(rows, moment, key=key)]


def _last(moments: Sequence[datetime], moment: datetime) -> datetime | None:
    before = _until(moments, moment, lambda at: at)
    return before[-1] if before else None
