"""How long each kind of data is kept, the nightly job that removes what is older, and its proof.

Each app names its own steps; moodvision/pipeline.py puts them together into kinds. After the removal is
committed, a second transaction counts what should have gone, by a statement of its own that shares nothing
with the removal (moodvision/retention_proof.py): the row of the run holds both.
"""

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics import access_log, tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import Clinic, ClinicSettings, Membership, RetentionPeriod, RetentionRun
from patients import people
from patients.models import LegalHold, Patient

logger = logging.getLogger(__name__)
RETENTION = System("retention")


Step = Callable[[Clinic, datetime], int]
"""One app's part of a kind, in the entered clinic: removes what is older than a moment, and says how much."""

Proof = Callable[[Clinic, datetime, int], int]
"""Counts, in the entered clinic, what a night begun then should have removed by these days, and did not."""

Sparer = Callable[[Clinic], Iterable[uuid.UUID]]
"""Whose data must stay for now, for a reason that another app knows."""


@dataclass(frozen=True)
class Kind:
    """One kind of data. `setting`: the field of ClinicSettings that holds its days, where there is one."""

    name: str
    title: str | Promise
    words: str | Promise
    default_days: int
    shortest_days: int
    longest_days: int
    steps: tuple[Step, ...]
    proof: Proof
    setting: str = ""


DAYS_OF_A_YEAR = 365
SHORTEST_COOLING_OFF = 1  # who finds a session open must not erase before its owner reads of it
LONGEST_COOLING_OFF = 30  # an erasure is due within a month: GDPR article 12(3)
MOST_RECORD_YEARS = 40


def whole_years(days: int) -> int:
    """Whole years, which people can picture; 0 where it is none, or no whole number of them."""
    return days // DAYS_OF_A_YEAR if days % DAYS_OF_A_YEAR == 0 else 0


@dataclass(frozen=True)
class KindOfClinic:
    """A kind, for how many days this clinic keeps it, and the newest run."""

    kind: Kind
    days: int
    last_run: RetentionRun | None

    @property
    def years(self) -> int:
        return whole_years(self.days)


_registered: dict[str, Kind] = {}
_sparers: list[Sparer] = []


def register(kind: Kind) -> None:
    """Called by the pipeline, in the order in which kinds are removed and shown."""
    _registered[kind.name] = kind


def register_sparer(sparer: Sparer) -> None:
    if sparer not in _sparers:
        _sparers.append(sparer)


def kinds() -> tuple[Kind, ...]:
    return tuple(_registered.values())


def kinds_of(clinic: Clinic) -> list[KindOfClinic]:
    """For the settings and for the public page; inside the clinic."""
    own = ClinicSettings.objects.get(clinic=clinic)
    chosen = dict(RetentionPeriod.objects.filter(clinic=clinic).values_list("kind", "days"))
    runs = RetentionRun.objects.filter(clinic=clinic).order_by("kind", "-at").distinct("kind")
    newest = {run.kind: run for run in runs}
    return [
        KindOfClinic(
            kind,
            getattr(own, kind.setting) if kind.setting else chosen.get(kind.name, kind.default_days),
            newest.get(kind.name),
        )
        for kind in kinds()
    ]


@transaction.atomic
def save_periods(*, clinic: Clinic, days: Mapping[str, int], by: Membership) -> None:
    """What is over a shortened period goes in the next night; nothing brings it back."""
    if not by.guards_privacy:
        raise DomainError("may_not_set_retention", _("Only the privacy desk may change this."))
    for state in kinds_of(clinic):
        kind = state.kind
        wanted = days.get(kind.name, state.days)
        if not kind.shortest_days <= wanted <= kind.longest_days:
            raise DomainError("days_out_of_range", _("This number of days is not allowed."), field=kind.name)
        if wanted == state.days:
            continue
        _save(clinic, kind, wanted, by)
        access_log.record("retention.changed", by=by, kept=kind.name, before=state.days, days=wanted)


@transaction.atomic
def save_erasure_times(*, clinic: Clinic, cooling_off_days: int, record_years: int, by: Membership) -> None:
    """For wishes that are confirmed and erasures that run from now on; those before keep their dates."""
    if not by.guards_privacy:
        raise DomainError("may_not_set_retention", _("Only the privacy desk may change this."))
    if not SHORTEST_COOLING_OFF <= cooling_off_days <= LONGEST_COOLING_OFF:
        message = _("This number of days is not allowed.")
        raise DomainError("days_out_of_range", message, field="cooling_off_days")
    if not 0 <= record_years <= MOST_RECORD_YEARS:
        raise DomainError(
            "years_out_of_range", _("This number of years is not allowed."), field="record_years"
        )
    own = ClinicSettings.objects.select_for_update(no_key=True).get(clinic=clinic)
    before = own.erasure_cooling_off_days, own.record_retention_years
    if before == (cooling_off_days, record_years):
        return
    own.erasure_cooling_off_days, own.record_retention_years = cooling_off_days, record_years
    own.save(update_fields=["erasure_cooling_off_days", "record_retention_years"])
    access_log.record(
        "settings.erasure_times",
        by=by,
        days_before=before[0],
        days=cooling_off_days,
        years_before=before[1],
        years=record_years,
    )


def kinds_left_over(clinic_id: uuid.UUID) -> int:
    """Of how many kinds the newest proof found something that should have gone."""
    runs = RetentionRun.objects.filter(clinic=clinic_id).order_by("kind", "-at").distinct("kind")
    return sum(not run.is_obeyed for run in runs)


def spared(clinic: Clinic) -> QuerySet[Patient, Any]:
    """The patients of whom nothing may be taken: under a legal hold, kept for the law until a date, or for a
    reason of an app above (an alert that is still somebody's duty). Each with their doubles."""
    today = timezone.localdate(timezone=clinic.zone)
    held = LegalHold.objects.in_force().filter(clinic=clinic).values_list("patient", flat=True)
    waiting = {pk for sparer in _sparers for pk in sparer(clinic)}
    stay = people.records_of({*held, *waiting})
    return Patient.objects.filter(Q(pk__in=stay) | Q(kept_until__gte=today), clinic=clinic).values("pk")


def enforce(*, clinic: Clinic) -> list[RetentionRun]:
    """One clinic's night, outside of every transaction: each kind is removed, committed, then proved."""
    with tenancy.enter(clinic.pk):
        states = kinds_of(clinic)
    return [_enforce(clinic, state) for state in states]


def _enforce(clinic: Clinic, state: KindOfClinic) -> RetentionRun:
    begun_at = timezone.now()
    cutoff = begun_at - timedelta(days=state.days)
    removed = 0
    try:
        with tenancy.enter(clinic.pk):
            removed = sum(step(clinic, cutoff) for step in state.kind.steps)
            access_log.record("retention.removed", by=RETENTION, kept=state.kind.name, removed=removed)
    except (DatabaseError, ProtectedError) as error:  # the proof below says that it is still there
        removed = 0
        logger.error("Retention of %s in clinic %s: %s", state.kind.name, clinic.pk, type(error).__name__)
    with tenancy.enter(clinic.pk):
        run = RetentionRun.objects.create(
            clinic=clinic,
            kind=state.kind.name,
            days=state.days,
            cutoff=cutoff,
            removed=removed,
            left_over=state.kind.proof(clinic, begun_at, state.days),
        )
        access_log.record(
            "retention.proved",
            by=RETENTION,
            kept=run.kind,
            left_over=run.left_over,
            outcome="ok" if run.is_obeyed else "failed",
        )
    if not run.is_obeyed:
        logger.error("Retention of %s in clinic %s left %d over.", run.kind, clinic.pk, run.left_over)
    return run


def _save(clinic: Clinic, kind: Kind, days: int, by: Membership) -> None:
    if kind.setting:
        ClinicSettings.objects.filter(clinic=clinic).update(**{kind.setting: days})
    else:
        RetentionPeriod.objects.update_or_create(
            clinic=clinic,
            kind=kind.name,
            defaults={"days": days, "changed_at": timezone.now(), "changed_by": by},
        )
