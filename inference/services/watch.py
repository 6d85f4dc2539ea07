"""The watch over a clinic's classifier: whole ISO weeks, counted again as often as anybody likes.

A row of a week and model is replaced by what its readings say now: a reading contested later, or erased,
changes it. What is judged, and how, is in `engine/watch.py` and `engine/groups.py`.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinics import access_log
from clinics.access_log import System
from clinics.models import Clinic
from inference import registry
from inference.emotions import EMOTIONS
from inference.engine.errors import ModelPackageError
from inference.engine.groups import Comparison, compare_groups, counts_contested, counts_not_scored
from inference.engine.watch import Answer, figures_of
from inference.models import Reading, RegisteredModel, WatchNotice, WatchWeek
from patients import services as patient_services
from patients.services import AnswersDraft

WATCH = System("classifier_watch")
WEEK = timedelta(days=7)
GROUP_WEEKS = 12
RECOUNTED_WEEKS = 4
"""Patients contest a reading days later."""

COUNTS = {
    WatchNotice.Measure.NOT_SCORED: counts_not_scored,
    WatchNotice.Measure.CONTESTED: counts_contested,
}
TONES = {**dict.fromkeys("123", "light"), **dict.fromkeys("456", "medium"), **dict.fromkeys("789", "dark")}
TONE_GROUPS = {**TONES, "10": "dark"}


@dataclass(frozen=True)
class ModelKey:
    """As readings name their model; all empty where none looked at the photo."""

    sha256: str = ""
    name: str = ""
    version: str = ""


def last_whole_week(clinic: Clinic, now: datetime | None = None) -> date:
    """The Monday of the newest ISO week that is over where the clinic is."""
    today = timezone.localdate(now, timezone=clinic.zone)
    return today - timedelta(days=today.weekday()) - WEEK


def is_watch_due(clinic: Clinic) -> bool:
    return not WatchWeek.objects.filter(clinic=clinic, week_start=last_whole_week(clinic)).exists()


@transaction.atomic
def watch(*, clinic: Clinic, weeks: int = RECOUNTED_WEEKS) -> int:
    """Counts the newest whole weeks of the clinic that was entered, and raises notices of the last one.

    The number of rows written. Weeks whose readings are gone by now keep the row they had.
    """
    answers = patient_services.fairness_answers_to_count(clinic_id=clinic.pk, by=WATCH)
    newest = last_whole_week(clinic)
    written = 0
    for back in reversed(range(weeks)):
        rows = _count_week(clinic, newest - back * WEEK, answers, is_newest=not back)
        written += len(rows)
    for row in rows if weeks else ():
        _raise_notices(row)
    return written


def _count_week(
    clinic: Clinic, monday: date, answers: dict[uuid.UUID, AnswersDraft], *, is_newest: bool
) -> list[WatchWeek]:
    by_model: dict[ModelKey, list[Answer]] = defaultdict(list)
    for model, answer in _answers(clinic, monday, monday + WEEK):
        by_model[model].append(answer)
    if is_newest:
        by_model.setdefault(ModelKey(), [])  # a row even of a week without photos: it was counted
    return [_store(clinic, monday, model, rows, answers) for model, rows in by_model.items()]


def _store(
    clinic: Clinic,
    monday: date,
    model: ModelKey,
    rows: list[Answer],
    answers: dict[uuid.UUID, AnswersDraft],
) -> WatchWeek:
    row, _is_new = WatchWeek.objects.update_or_create(
        clinic=clinic,
        week_start=monday,
        model_sha256=model.sha256,
        defaults={
            "model_name": model.name,
            "model_version": model.version,
            "figures": asdict(figures_of(rows, _reference(model))),
            "groups": _groups(clinic, monday, model, answers) if model.sha256 else {},
            "computed_at": timezone.now(),
        },
    )
    return row


def _groups(
    clinic: Clinic, monday: date, model: ModelKey, answers: dict[uuid.UUID, AnswersDraft]
) -> dict[str, Any]:
    """question -> group -> measure -> comparison, over the weeks that end with this one."""
    if not answers:
        return {}
    since = monday - (GROUP_WEEKS - 1) * WEEK
    window = [answer for found, answer in _answers(clinic, since, monday + WEEK, model) if found == model]
    found: dict[str, Any] = {}
    for question, group_of in _group_of(answers).items():
        for measure, count in COUNTS.items():
            for group, comparison in compare_groups(count(window), group_of).items():
                by_measure = found.setdefault(question, {}).setdefault(group, {})
                by_measure[measure.value] = _stored(comparison)
    return found


def _group_of(answers: dict[uuid.UUID, AnswersDraft]) -> dict[str, dict[Any, str]]:
    return {
        "age_band": {patient: said.age_band for patient, said in answers.items() if said.age_band},
        "sex": {patient: said.sex for patient, said in answers.items() if said.sex},
        "skin_tone": {
            patient: TONE_GROUPS[said.skin_tone] for patient, said in answers.items() if said.skin_tone
        },
    }


def _stored(comparison: Comparison) -> dict[str, Any]:
    return {
        "patients": comparison.group.patients,
        "readings": comparison.group.readings,
        "rate": round(comparison.group.value, 4),
        "others": round(comparison.others.value, 4),
        "difference": round(comparison.difference, 4),
        "low": round(comparison.low, 4),
        "high": round(comparison.high, 4),
        "is_enough": comparison.is_enough,
        "is_beyond_chance": comparison.is_beyond_chance,
    }


def _answers(
    clinic: Clinic, first: date, until: date, model: ModelKey | None = None
) -> Iterator[tuple[ModelKey, Answer]]:
    """Days are the clinic's. What was invented for a demonstration is left out."""
    start, end = (datetime.combine(day, time.min, clinic.zone) for day in (first, until))
    readings = Reading.objects.filter(clinic=clinic, captured_at__gte=start, captured_at__lt=end)
    if model is not None:
        readings = readings.filter(model_sha256=model.sha256)
    columns = ("model_sha256", "model_name", "model_version", "patient_id", "reason", "is_contested")
    rows = readings.filter(is_synthetic=False).values_list(*columns, *EMOTIONS)
    for sha256, name, version, patient, reason, is_contested, *shares in rows.iterator():
        answer = Answer(patient, reason, None if reason else tuple(shares), is_contested)
        yield ModelKey(sha256, name, version), answer


def _reference(model: ModelKey) -> list[float] | None:
    """None where the model's files are not there any more."""
    registered = RegisteredModel.objects.filter(sha256=model.sha256).first()
    try:
        package = registry.package_of(registered)
    except ModelPackageError:
        return None
    return package.reference_shares.tolist() if package.sha256 == model.sha256 else None


def _raise_notices(row: WatchWeek) -> None:
    for question, groups in row.groups.items():
        for group, measures in groups.items():
            for measure, found in measures.items():
                if found["is_beyond_chance"]:
                    _raise_notice(row, question, group, measure, found)


def _raise_notice(row: WatchWeek, question: str, group: str, measure: str, found: dict[str, Any]) -> None:
    """Once: an open one takes the newest figures, one looked into keeps quiet until its data are new."""
    about = {
        "clinic_id": row.clinic_id,
        "model_sha256": row.model_sha256,
        "question": question,
        "group": group,
        "measure": measure,
    }
    figures = {name: found[name] for name in ("difference", "low", "high")}
    quiet_since = timezone.now() - GROUP_WEEKS * WEEK
    notices = WatchNotice.objects.filter(**about)
    if notices.filter(seen_at=None).update(week_start=row.week_start, **figures):
        return
    if notices.filter(seen_at__gte=quiet_since).exists():
        return
    label = f"{row.model_name} {row.model_version}".strip()
    notice = WatchNotice.objects.create(**about, **figures, week_start=row.week_start, model_label=label)
    access_log.record(
        "watch.notice_raised",
        by=WATCH,
        objects=[notice.pk],
        question=question,
        group=group,
        measure=measure,
        week=row.week_start.isoformat(),
    )
