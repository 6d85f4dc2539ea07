"""Hypothesis lives lives of alerts on the database: no act, in no order, loses one or makes two of one."""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import Clinic, ClinicSafety, Membership
from patients.models import Patient
from scoring import services
from scoring.duty import sweeper
from scoring.duty.transitions import Standing, State, Timer, is_watched
from scoring.models import Alert, AlertEvent, AlertTimer
from tests.clinics.factories import make_member, watch_always
from tests.patients.factories import make_patient
from tests.scoring.duty.acts import NOTE, answer, saved, spoken, warn

REFUSALS = {
    "not_now",
    "not_yours",
    "cannot_receive",
    "never_snoozed",
    "snoozed_enough",
    "no_attempt",
    "not_proposed",
    "second_needed",
}
WHO = st.integers(0, 1)
WHICH = st.sampled_from(["item_9", "call_wanted", "low_mood"])


class Lives(RuleBasedStateMachine):
    """One patient, three rules, two clinicians, one sweeper."""

    clinic: Clinic
    people: list[Membership]

    def __init__(self) -> None:
        super().__init__()
        self.patient: Patient = make_patient(self.clinic, f"Pat{uuid.uuid4().hex} P")
        self.raised: Counter[str] = Counter()

    def alert(self, which: str) -> Alert | None:
        rows = Alert.objects.filter(patient=self.patient, rule=which)
        return rows.order_by("-opened_at").first()

    def act(self, which: str, service: Any, **given: Any) -> None:
        alert = self.alert(which)
        if alert is None:
            return
        try:
            service(alert_id=alert.pk, **given)
        except DomainError as refusal:
            if refusal.code not in REFUSALS:
                raise

    @rule(which=WHICH)
    def raise_or_repeat(self, which: str) -> None:
        was = Alert.objects.unresolved().filter(patient=self.patient, rule=which).exists()
        self.raised[which] += not was
        if which == "item_9":
            answer(self.patient)
        elif which == "call_wanted":
            services.ask_for_call(patient=self.patient)
        else:
            warn(self.patient)

    @rule()
    def answer_0(self) -> None:
        saved(self.patient, 0)

    @rule(which=WHICH, who=WHO)
    def take(self, which: str, who: int) -> None:
        self.act(which, services.take, by=self.people[who])

    @rule(which=WHICH, who=WHO, reached=st.booleans())
    def attempt(self, which: str, who: int, *, reached: bool) -> None:
        given = {"way": "phone", "whom": "the patient", "text": ""}
        self.act(which, services.note_attempt, was_reached=reached, by=self.people[who], **given)

    @rule(which=WHICH, who=WHO)
    def offer(self, which: str, who: int) -> None:
        self.act(which, services.offer, to=self.people[1 - who], by=self.people[who])

    @rule(which=WHICH, who=WHO, accepts=st.booleans())
    def answer_offer(self, which: str, who: int, *, accepts: bool) -> None:
        self.act(which, services.answer_offer, accepts=accepts, by=self.people[who])

    @rule(which=WHICH, who=WHO)
    def give_back(self, which: str, who: int) -> None:
        self.act(which, services.give_back, by=self.people[who])

    @rule(which=WHICH, who=WHO)
    def snooze(self, which: str, who: int) -> None:
        self.act(which, services.snooze, days=1, reason="It can wait.", by=self.people[who])

    @rule(which=WHICH, who=WHO)
    def propose(self, which: str, who: int) -> None:
        tomorrow = (timezone.now() + timedelta(days=1)).date()
        given = {"note": NOTE, "next_date": tomorrow, "took_steps": True}
        self.act(which, services.propose_unreached, by=self.people[who], **given)

    @rule(which=WHICH, who=WHO)
    def confirm(self, which: str, who: int) -> None:
        self.act(which, services.confirm_unreached, note=NOTE, by=self.people[who])

    @rule(which=WHICH, who=WHO)
    def resolve(self, which: str, who: int) -> None:
        tomorrow = (timezone.now() + timedelta(days=1)).date()
        given = {"outcome": "spoken", "spoken": spoken(self.people[who]), "next_date": tomorrow}
        self.act(which, services.resolve, note=NOTE, by=self.people[who], **given)

    @rule()
    def sweep(self) -> None:
        """All timers of this patient are due at once."""
        AlertTimer.objects.filter(alert__patient=self.patient).update(
            due_at=timezone.now() - timedelta(seconds=1)
        )
        sweeper.judge_clinic(self.clinic, timezone.now())

    @invariant()
    def each_is_watched(self) -> None:
        for alert in Alert.objects.filter(patient=self.patient):
            assert is_watched(standing_of(alert)), (alert.state, alert.owner_id)

    @invariant()
    def none_is_lost_and_none_is_two(self) -> None:
        rows = Alert.objects.filter(patient=self.patient).values_list("rule", flat=True)
        assert Counter(rows) == +self.raised

    @invariant()
    def each_step_is_numbered_and_the_newest_is_the_alerts(self) -> None:
        for alert in Alert.objects.filter(patient=self.patient):
            numbers = list(AlertEvent.objects.filter(alert=alert).values_list("seq", flat=True))
            assert max(numbers) == alert.seq
            assert len(numbers) == len(set(numbers))

    def teardown(self) -> None:
        """Each step stands in the access log that is about to be written."""
        collector = connections["default"].__dict__["moodvision_log"]
        own = (act for act in collector.acts if act.patient_id == self.patient.pk)
        logged = Counter(act.action for act in own if act.action.startswith("alert."))
        events = AlertEvent.objects.filter(alert__patient=self.patient).values_list("kind", flat=True)
        assert logged == Counter(f"alert.{kind}" for kind in events)


def standing_of(alert: Alert) -> Standing:
    kinds = set(AlertTimer.objects.filter(alert=alert).values_list("kind", flat=True))
    main = kinds - {"accept"}
    assert len(main) <= 1
    timer = Timer(main.pop()) if main else Timer.NONE
    assert ("accept" in kinds) == (alert.offered_to_id is not None)
    return Standing(
        State(alert.state),
        has_owner=alert.owner_id is not None and alert.state != "resolved",
        timer=timer,
        has_offer=alert.offered_to_id is not None,
    )


@pytest.mark.django_db
def test_no_life_of_an_alert_loses_it(clinic_a: Clinic, alice: Membership) -> None:
    carol = make_member(clinic_a, "clinician", "Carol Conrad")
    watch_always(clinic_a)
    with tenancy.enter(clinic_a.pk):
        ClinicSafety.objects.update(lead=alice, deputy=carol)

        class OfThisClinic(Lives):
            clinic, people = clinic_a, [alice, carol]

        few = settings(max_examples=6, stateful_step_count=20, suppress_health_check=list(HealthCheck))
        run_state_machine_as_test(OfThisClinic, settings=few)
