"""The sweeper: judges the timers that are due, set by set. Rows are the truth: it may be late or run twice.

It waits for nobody: a patient whose row somebody holds (who is resolving the alert this very second) has
their turn in the next round. Outside cover hours an urgent timer waits for the opening.
"""

import logging
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField, F, Q, Value
from django.utils import timezone

from clinics import cover, many_rows, messages, tenancy
from clinics.cover import Lane, Snapshot, Step, hours
from clinics.messages import AlertState, Draft
from clinics.models import CareTeamMember, Clinic, ClinicSettings, Membership
from patients import services as patient_services
from patients.models import Patient
from scoring import signals
from scoring.duty import calling, telling, timers
from scoring.duty.transitions import Act, move_of
from scoring.models import URGENT_LANES, Alert, AlertEvent, AlertTimer
from scoring.services import moves, releases

logger = logging.getLogger(__name__)
BATCH = 1000
CLOCK_TOLERANCE = timedelta(minutes=1)
Teams = dict[uuid.UUID | None, set[uuid.UUID]]
CHAIN_KINDS = (AlertTimer.Kind.TAKE, AlertTimer.Kind.CONTACT)

TO_JUDGE = (
    "clinic_id",
    "kind",
    "due_at",
    "step",
    "rung",
    "alert__clinic_id",
    "alert__patient_id",
    "alert__owner_id",
    "alert__seq",
    "alert__rule",
    "alert__line",
    "alert__lane",
    "alert__state",
    "alert__called_at",
    "alert__called_seq",
    "alert__score",
    "alert__readings",
)


@dataclass
class Round:
    """One batch of one clinic: what is known of its cover, and what is to be written."""

    clinic: Clinic
    now: datetime
    read: Snapshot
    chains: dict[str, list[Step]] = field(default_factory=dict)
    dues: dict[tuple[str, str], datetime] = field(default_factory=dict)
    openings: dict[str, datetime | None] = field(default_factory=dict)
    passed: list[tuple[AlertTimer, AlertEvent.Kind]] = field(default_factory=list)
    moved: list[AlertTimer] = field(default_factory=list)

    def chain(self, lane: str) -> list[Step]:
        if lane not in self.chains:
            self.chains[lane] = self.read.chain(Lane(lane), self.now)
        return self.chains[lane]

    def rung(self, timer: AlertTimer) -> str:
        """Whom this step calls, by name; empty: the clinic has no clinician."""
        called = timer.rung or ("owner_pool" if timer.step else "")
        step = telling.next_rung(self.chain(timer.alert.lane), called)
        return step.name if step else ""

    def due_at(self, timer: AlertTimer) -> datetime:
        """The same for all timers of one kind and lane that start now."""
        key = (timer.kind, timer.alert.lane)
        if key not in self.dues:
            self.dues[key] = timers.due_at(timer.alert, timer.kind, self.now, self.read)
        return self.dues[key]

    def opening(self, alert: Alert) -> datetime | None:
        """What a lane waits for; None: it is open."""
        if alert.lane not in self.openings:
            self.openings[alert.lane] = timers.waits(alert, self.now, self.read)
        return self.openings[alert.lane]


@dataclass
class Sweep:
    """How many timers were judged, and of how many clinics some were not: then the sweeper does not beat."""

    judged: int = 0
    failed: int = 0


def judge_due(now: datetime | None = None, limit: int = 20_000) -> Sweep:
    """All clinics in turn; the failure of one, whatever it is, does not keep the others waiting."""
    sweep = Sweep()
    for clinic in Clinic.objects.order_by("slug"):
        if sweep.judged >= limit:
            sweep.failed += 1  # their turn is in the next round
            continue
        try:
            sweep.judged += judge_clinic(clinic, now or timezone.now(), limit - sweep.judged)
        except Exception as error:
            sweep.failed += 1
            logger.error("Timers of clinic %s were not judged: %s", clinic.pk, type(error).__name__)
    return sweep


def judge_clinic(clinic: Clinic, now: datetime, limit: int = 20_000) -> int:
    """Batch by batch until none is due that can be locked. A failure to release is raised when the timers
    are judged: they do not wait for it."""
    failure = _release(clinic, now)
    with tenancy.enter(clinic.pk):
        _mend_clock(now)
        wake_early(clinic, now)
    judged = 0
    while judged < limit:
        with tenancy.enter(clinic.pk):
            count = judge_batch(clinic, now, min(BATCH, limit - judged))
        judged += count
        if not count:
            break
    if failure is not None:
        raise failure
    return judged


def _mend_clock(now: datetime) -> None:
    """What was started by a clock that was ahead, and set back since, would ring too late by as much."""
    ahead = AlertTimer.objects.filter(started_at__gt=now + CLOCK_TOLERANCE)
    early_by = F("started_at") - Value(now, output_field=DateTimeField())
    ahead.update(due_at=F("due_at") - early_by, started_at=now)


def _release(clinic: Clinic, now: datetime) -> Exception | None:
    try:
        with tenancy.enter(clinic.pk):
            releases.release_gone(clinic=clinic, now=now)
    except Exception as error:
        return error
    return None


def wake_early(clinic: Clinic, now: datetime) -> None:
    """Hours that open earlier than they did when a timer was set, or a phone that covers a night since: who
    waits for an opening is called at once, and nobody waits longer than from now on."""
    waiting = AlertTimer.objects.filter(kind=AlertTimer.Kind.TAKE, alert__lane__in=URGENT_LANES)
    waiting = waiting.filter(due_at__gt=now)
    if settings.DUTY_TIMER_SECONDS or not waiting.exists():
        return
    read = cover.read(clinic, now)
    for lane in URGENT_LANES:
        if not hours.is_open(read.schedule(Lane(lane)), now):
            continue
        latest = timers.due_at(Alert(lane=lane), AlertTimer.Kind.TAKE, now, read)
        late = waiting.filter(Q(step=0) | Q(due_at__gt=latest), alert__lane=lane)
        rows = list(late.only("step").select_for_update(skip_locked=True, of=("self",)))
        for due_at, of_these in (
            (now, [row.pk for row in rows if not row.step]),
            (latest, [row.pk for row in rows if row.step]),
        ):
            AlertTimer.objects.filter(pk__in=many_rows.among(of_these)).update(due_at=due_at)


def judge_batch(clinic: Clinic, now: datetime, size: int) -> int:
    """Inside the clinic: locks the patients nobody holds, judges their due timers, writes all at once."""
    due = _lock_due(now, size)
    if not due:
        return 0
    this = Round(clinic, now, cover.read(clinic, now))
    for timer in due:
        if timer.kind in CHAIN_KINDS:
            _judge(this, timer)
        else:
            _settle(timer)
    _write(this)
    return len(due)


def _lock_due(now: datetime, size: int) -> list[AlertTimer]:
    due = AlertTimer.objects.filter(due_at__lte=now).order_by("due_at")
    wanted = set(due.values_list("alert__patient_id", flat=True)[:size])
    rows = (
        Patient.objects.filter(pk__in=wanted)
        .order_by("pk")
        .only("clinic", "care_team", "record_number", "user")
    )
    held = {row.pk: row for row in rows.select_for_update(no_key=True, skip_locked=True)}
    theirs = due.filter(alert__patient__in=list(held)).select_related("alert").only(*TO_JUDGE)
    found = list(theirs[:size])
    for timer in found:
        timer.alert.patient = held[timer.alert.patient_id]
    return found


def _judge(this: Round, timer: AlertTimer) -> None:
    """Not taken, or not spoken to, in time: the next ones hear of it, or the opening is awaited."""
    alert = timer.alert
    opening = this.opening(alert)
    if opening is not None:
        timer.due_at = opening
        this.moved.append(timer)
        return
    if move_of(alert.state, Act.PASS_ON) is None:
        timer.delete()  # nothing waits for it any more
        return
    is_first = timer.kind == AlertTimer.Kind.TAKE and timer.step == 0
    late = AlertEvent.Kind.PASSED_ON if timer.kind == AlertTimer.Kind.TAKE else AlertEvent.Kind.OVERDUE
    this.passed.append((timer, AlertEvent.Kind.CALLED if is_first else late))


def _settle(timer: AlertTimer) -> None:
    """The rarer ones, one by one: an offer that was not answered, an alert that was set aside until now."""
    alert = Alert.objects.select_related("owner", "patient").get(pk=timer.alert_id)
    if timer.kind == AlertTimer.Kind.ACCEPT:
        moves.move(alert, Act.LAPSE, AlertEvent.Kind.LAPSED)
        state = AlertState.NOT_ACCEPTED
    else:
        moves.move(alert, Act.WAKE, AlertEvent.Kind.WOKE)
        state = AlertState.SNOOZE_OVER
    if alert.owner is not None:
        telling.tell(alert, [alert.owner], state)


def _write(this: Round) -> None:
    if this.passed:
        _number_and_tell(this)
    rows = [timer for timer, _ in this.passed] + this.moved
    moved = (
        {
            "id": row.pk,
            "clinic_id": this.clinic.pk,
            "due_at": row.due_at,
            "step": row.step,
            "rung": row.rung,
            "started_at": this.now,
        }
        for row in rows
    )
    many_rows.update(AlertTimer, moved, ["due_at", "step", "rung", "started_at"])


def _number_and_tell(this: Round) -> None:
    alerts = [timer.alert for timer, _ in this.passed]
    last = moves.next_number(this.clinic.pk, len(alerts))
    for seq, alert in enumerate(alerts, last - len(alerts) + 1):
        alert.seq = seq
    numbered = (
        {"id": alert.pk, "clinic_id": this.clinic.pk, "seq": alert.seq, "updated_at": this.now}
        for alert in alerts
    )
    many_rows.update(Alert, numbered, ["seq", "updated_at"])
    many_rows.insert(AlertEvent, (_event(this, timer, kind) for timer, kind in this.passed))
    _call_next(this)
    for timer, kind in this.passed:
        timer.rung = this.rung(timer)
        timer.due_at = this.due_at(timer)
        timer.step += 1
        moves.record(timer.alert, kind, moves.SCORING)
    signals.alert_raised.send(sender=Alert, clinic_id=this.clinic.pk, alert_id=alerts[-1].pk, seq=last)


def _event(this: Round, timer: AlertTimer, kind: AlertEvent.Kind) -> dict[str, Any]:
    """`rung`: of the chain, whose people were told."""
    alert = timer.alert
    return {
        "clinic_id": this.clinic.pk,
        "alert_id": alert.pk,
        "seq": alert.seq,
        "kind": kind,
        "line": alert.line,
        "at": this.now,
        "facts": {"rung": this.rung(timer) or "nobody"},
        "score": alert.score,
        "readings": alert.readings,
    }


def _call_next(this: Round) -> None:
    """The messages of a whole batch, and the records they open, in a few statements."""
    drafts: list[Draft] = []
    calls = []
    teams = _teams(this.clinic.pk)
    owners = Membership.objects.in_bulk({timer.alert.owner_id for timer, _ in this.passed} - {None})
    urgent = [timer.alert for timer, _ in this.passed if timer.alert.is_urgent_lane]
    told = telling.told_since_called(urgent)
    for timer, _ in this.passed:
        alert = timer.alert
        if not alert.is_urgent_lane:
            continue  # in the day's digest: nobody is paged for these
        members = _members(this, timer, teams, told[alert.pk])
        if alert.owner_id is not None and alert.owner_id not in {member.pk for member in members}:
            members.append(owners[alert.owner_id])
        calls += [(alert.patient, alert.pk, member) for member in members]
        drafts += telling.drafts(alert, alert.patient.record_number, this.clinic.slug, members, _state(alert))
    for lane in {timer.alert.lane for timer, _ in this.passed if timer.alert.is_urgent_lane}:
        if this.read.is_rota_empty(Lane(lane), this.now):
            drafts += telling.rota_drafts(this.clinic, lane, this.read, this.now)
    patient_services.lend_records(clinic_id=this.clinic.pk, calls=calls)
    messages.queue_many(clinic_id=this.clinic.pk, drafts=drafts)


def _members(this: Round, timer: AlertTimer, teams: Teams | None, told: set[uuid.UUID]) -> list[Membership]:
    """Those of the rung that is called, and whoever has come on duty since the alert last called. The first
    call is for those who may follow the patient anyway."""
    alert, chain = timer.alert, this.chain(timer.alert.lane)
    own = None if teams is None else teams.get(alert.patient.care_team_id, set())
    rung = telling.people_of(chain, this.rung(timer))
    members = calling.who_hears(alert, rung, None if timer.step else own)
    pool = calling.who_hears(alert, telling.people_of(chain, "owner_pool"), own)
    known = told | {member.pk for member in members}
    return [*members, *(member for member in pool if member.pk not in known)]


def _state(alert: Alert) -> AlertState:
    return AlertState.NOT_TAKEN if alert.owner_id is None else AlertState.NOT_REACHED


def _teams(clinic_id: uuid.UUID) -> Teams | None:
    """Members by care team; None where every clinician sees every patient."""
    scope = ClinicSettings.Scope.CARE_TEAM
    if not ClinicSettings.objects.filter(clinic=clinic_id, record_scope=scope).exists():
        return None
    teams: Teams = {}
    for team_id, member_id in CareTeamMember.objects.values_list("care_team_id", "membership_id"):
        teams.setdefault(team_id, set()).add(member_id)
    return teams
