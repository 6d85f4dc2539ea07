"""Ten thousand timers of alerts, due at once: judged, passed on, and the messages queued."""

import time
import uuid
from datetime import time as time_of_day
from datetime import timedelta

from django.utils import timezone

from bench import cast, cpu_time
from bench.harness import BenchError, Figures, median, ratio
from clinics import services as clinic_services
from clinics import tenancy
from clinics.cover import WeeklyTime, declaring
from clinics.encryption import TextToken
from clinics.models import Clinic, ClinicSafety, Lane, Membership, Message, Role
from moodvision import scratch
from patients.models import Patient
from scoring.duty import sweeper, telling
from scoring.models import Alert, AlertEvent, AlertSequence, AlertTimer

TIMERS, AIM_SECONDS = 10_000, 10
CLINICIANS = 6
MEASURED = (
    "judge_clinic, which beat's task calls for each clinic: half are item-9 alerts that nobody took, for "
    "the lead, half are taken and not reached, for owner and lead. All in one process, committed for "
    "real in batches of a thousand: timers moved, events numbered, access log chained, messages queued."
)


def run(*, is_quick: bool = False) -> Figures:
    timers, rounds = (200, 1) if is_quick else (TIMERS, 3)
    seconds, processor = [], []
    with scratch.migrated_database("bench"):
        clinic = cast.make_clinic()
        members = _staff(clinic)
        _alerts(clinic, members, timers)
        for _ in range(rounds):
            before = cpu_time.used()
            seconds.append(_judged(clinic, timers))
            processor.append(cpu_time.used().since(before))
        with tenancy.enter(clinic.pk):
            messages = Message.objects.exclude(state=Message.State.SENT).count()
            events = AlertEvent.objects.count() - timers
    return {
        "timers": timers,
        "rounds": rounds,
        "seconds": [round(value, 2) for value in seconds],
        "seconds_median": median(seconds),
        "processor_seconds": processor,
        "messages_per_round": messages // rounds,
        "events_per_round": events // rounds,
        "ratio_to_aim": ratio(median(seconds), AIM_SECONDS),
        "measured": MEASURED,
    }


def _judged(clinic: Clinic, timers: int) -> float:
    """Every round makes the same timers due again."""
    now = timezone.now()
    with tenancy.enter(clinic.pk):
        AlertTimer.objects.update(due_at=now - timedelta(seconds=1), step=1, rung="")
    started = time.perf_counter()
    judged = sweeper.judge_clinic(clinic, now)
    took = time.perf_counter() - started
    if judged != timers:
        raise BenchError(f"of {timers} timers {judged} were judged")
    return took


def _staff(clinic: Clinic) -> list[Membership]:
    """Watched day and night; lead and deputy are named."""
    with cast.FAST_HASHES, tenancy.enter(clinic.pk):
        admin = Membership.objects.get()
        members = [
            clinic_services.add_member(
                clinic=clinic,
                user=clinic_services.create_account(
                    email=f"c{number}@bench.example", password=str(uuid.uuid4())
                ),
                role=Role.CLINICIAN,
                name=f"Clinician {number}",
                by=admin,
            )
            for number in range(CLINICIANS)
        ]
        always = [WeeklyTime(day, time_of_day(0), time_of_day(0)) for day in range(7)]
        declaring.lock(clinic)
        ClinicSafety.objects.update(lead=members[0], deputy=members[1], has_duty_desk=True)
        declaring.set_hours(clinic=clinic, lanes=list(Lane), weekly=always, by=admin)
        return members


def _tell_pool(alerts: list[Alert], members: list[Membership]) -> None:
    """The first call of each, which told all who are there."""
    now = timezone.now()
    AlertEvent.objects.bulk_create(
        AlertEvent(clinic_id=alert.clinic_id, alert=alert, seq=alert.seq, kind=AlertEvent.Kind.OPENED)
        for alert in alerts
    )
    Message.objects.bulk_create(
        Message(
            clinic_id=alert.clinic_id,
            to=Message.To.STAFF,
            recipient_id=member.pk,
            patient_id=alert.patient_id,
            channel="email",
            kind="alert",
            dedupe_key=f"{telling.key_of(alert)}{alert.seq}",
            state=Message.State.SENT,
            ended_at=now,
        )
        for alert in alerts
        for member in members
    )


def _alerts(clinic: Clinic, members: list[Membership], count: int) -> None:
    """Rows as the services leave them. Nobody's name is read here, so none is sealed."""
    now = timezone.now()
    with tenancy.enter(clinic.pk):
        patients = Patient.objects.bulk_create(
            [
                Patient(clinic=clinic, record_number=1000 + number, name=TextToken("unread"))
                for number in range(count)
            ]
        )
        alerts = []
        for number, patient in enumerate(patients, 1):
            owner = members[2 + number % 4] if number % 2 else None
            alerts.append(
                Alert(
                    clinic=clinic,
                    patient=patient,
                    seq=number,
                    called_seq=number,
                    rule=Alert.Rule.ITEM_9,
                    lane=Alert.Lane.ITEM_9,
                    severity=Alert.Severity.URGENT,
                    state=Alert.State.TAKEN if owner else Alert.State.OPEN,
                    owner=owner,
                    taken_at=now if owner else None,
                )
            )
        Alert.objects.bulk_create(alerts)
        _tell_pool(alerts, members)
        AlertTimer.objects.bulk_create(
            AlertTimer(
                clinic=clinic, alert=alert, kind="contact" if alert.owner_id else "take", due_at=now, step=1
            )
            for alert in alerts
        )
        AlertSequence.objects.update_or_create(clinic=clinic, defaults={"last": count})
