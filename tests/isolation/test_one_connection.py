"""One pooled connection, many stays: what one request leaves behind on it must tell the next one nothing."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TypeVar

import pytest
from django.db import DatabaseError, connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from clinics import tenancy
from clinics.models import CareTeam, Clinic
from tests.clinics.factories import make_clinic

pytestmark = pytest.mark.commits
Answer = TypeVar("Answer")
POOLED = "pooled"
DEEPEST = 4
TOO_LONG = 30  # seconds, for one act in a thread
LIMITS = settings(max_examples=40, stateful_step_count=15, suppress_health_check=list(HealthCheck))


class Refused(Exception):
    """What a view might raise in the middle of its work."""


@pytest.fixture
def clinics(committing: str) -> list[Clinic]:
    """Three clinics, each with one care team of its own name."""
    made = [make_clinic(slug) for slug in ("north", "south", "west")]
    for clinic in made:
        with tenancy.enter(clinic.pk):
            CareTeam.objects.create(clinic=clinic, name=clinic.slug)
    return made


@pytest.fixture
def pooled(clinics: list[Clinic]) -> Iterator[str]:
    """An alias whose threads share one single connection."""
    default = connections["default"].settings_dict
    connections.databases[POOLED] = {
        **default,
        "OPTIONS": {**default["OPTIONS"], "pool": {"min_size": 1, "max_size": 1, "timeout": 30}},
        "CONN_MAX_AGE": 0,
    }
    try:
        yield POOLED
    finally:
        connections[POOLED].close()
        connections[POOLED].close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
        del connections[POOLED], connections.databases[POOLED]


def teams_in_sight(using: str = "default") -> set[str]:
    return set(CareTeam.objects.using(using).values_list("name", flat=True))


@contextmanager
def a_request(using: str) -> Iterator[None]:
    """What Django does around one: the connection goes back to the pool at its end."""
    try:
        yield
    finally:
        connections[using].close()


class Stays(RuleBasedStateMachine):
    """Clinics are entered inside each other, left, left by an error, broken by bad SQL, written in."""

    clinics: list[Clinic]
    using = "default"

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[Clinic, ExitStack]] = []

    def play(self, act: Callable[[], Answer]) -> Answer:
        """In the thread whose turn it is."""
        return act()

    def after_leaving(self) -> None:
        """What comes after each stay."""

    @precondition(lambda self: len(self.stack) < DEEPEST)
    @rule(number=st.integers(0, 2))
    def enter(self, number: int) -> None:
        stay, clinic = ExitStack(), self.clinics[number]
        self.play(lambda: stay.enter_context(tenancy.enter(clinic.pk, using=self.using)))
        self.stack.append((clinic, stay))

    @precondition(lambda self: self.stack)
    @rule()
    def leave(self) -> None:
        self.play(self.stack.pop()[1].close)
        self.after_leaving()

    @precondition(lambda self: self.stack)
    @rule()
    def leave_by_an_error(self) -> None:
        _clinic, stay = self.stack.pop()
        error = Refused()
        assert not self.play(lambda: stay.__exit__(Refused, error, None))
        self.after_leaving()

    @precondition(lambda self: self.stack)
    @rule()
    def leave_by_broken_sql(self) -> None:
        _clinic, stay = self.stack.pop()

        def break_off() -> None:
            try:
                with connections[self.using].cursor() as cursor:
                    cursor.execute("SELECT 1/0")
            except DatabaseError as error:
                stay.__exit__(type(error), error, None)

        self.play(break_off)
        self.after_leaving()

    @precondition(lambda self: self.stack)
    @rule(number=st.integers(0, 2))
    def write_abroad(self, number: int) -> None:
        here, there = self.stack[-1][0], self.clinics[number]

        def write() -> bool:
            try:
                with transaction.atomic(using=self.using):
                    CareTeam.objects.using(self.using).create(clinic=there, name=uuid.uuid4().hex)
                    transaction.set_rollback(True, using=self.using)
            except DatabaseError:
                return False
            return True

        assert self.play(write) == (there == here)

    @invariant()
    def only_the_entered_clinic_is_in_sight(self) -> None:
        expected = {self.stack[-1][0].slug} if self.stack else set()
        assert self.play(lambda: teams_in_sight(self.using)) == expected

    def teardown(self) -> None:
        while self.stack:
            self.leave()


class VisitsInTurn(Stays):
    """The same in three threads with one connection for all: who leaves the last stay hands it in."""

    using = POOLED
    threads: list[ThreadPoolExecutor]  # of one thread each

    def __init__(self) -> None:
        super().__init__()
        self.turn = 0
        self.waiting: list[tuple[set[str], Future[set[str]]]] = []

    def play(self, act: Callable[[], Answer]) -> Answer:
        return self.threads[self.turn].submit(act).result(TOO_LONG)

    def after_leaving(self) -> None:
        if not self.stack:
            self.play(lambda: connections[self.using].close())
            self.let_the_waiting_in()

    def let_the_waiting_in(self) -> None:
        while self.waiting:
            expected, answer = self.waiting.pop()
            assert answer.result(TOO_LONG) == expected

    def visit(self, clinic: Clinic | None) -> set[str]:
        """A whole request: the connection is checked out and in."""
        with a_request(self.using):
            if clinic is None:
                return teams_in_sight(self.using)
            with tenancy.enter(clinic.pk, using=self.using):
                return teams_in_sight(self.using)

    @precondition(lambda self: not self.stack)
    @rule(number=st.integers(0, 2))
    def another_turn(self, number: int) -> None:
        self.turn = number

    @precondition(lambda self: self.stack and len(self.waiting) < 3)
    @rule(other=st.integers(1, 2), number=st.integers(0, 3))
    def knock(self, other: int, number: int) -> None:
        """Another thread waits for the connection, and gets it as this one left it."""
        clinic = self.clinics[number] if number < 3 else None
        thread = self.threads[(self.turn + other) % 3]
        self.waiting.append(({clinic.slug} if clinic else set(), thread.submit(self.visit, clinic)))

    @precondition(lambda self: self.stack)
    @rule()
    def lose_the_connection_midway(self) -> None:
        """It is handed in while the stays on it are open: the next one finds nothing of them."""
        self.play(lambda: connections[self.using].close())
        self.let_the_waiting_in()
        other = self.threads[(self.turn + 1) % 3]
        assert other.submit(self.visit, None).result(TOO_LONG) == set()
        while self.stack:
            self.play(self.stack.pop()[1].close)
        self.after_leaving()

    @invariant()
    def only_the_entered_clinic_is_in_sight(self) -> None:
        if self.stack:
            super().only_the_entered_clinic_is_in_sight()
        else:
            for thread in self.threads:
                assert thread.submit(self.visit, None).result(TOO_LONG) == set()


def test_no_order_of_stays_shows_another_clinic(clinics: list[Clinic]) -> None:
    machine = type("StaysInTheseClinics", (Stays,), {"clinics": clinics})
    run_state_machine_as_test(machine, settings=LIMITS)


def test_no_order_of_stays_in_threads_shows_what_the_last_one_left(
    clinics: list[Clinic], pooled: str
) -> None:
    with ExitStack() as stack:
        threads = [stack.enter_context(ThreadPoolExecutor(max_workers=1)) for _ in range(3)]
        machine = type("VisitsInTheseClinics", (VisitsInTurn,), {"clinics": clinics, "threads": threads})
        try:
            run_state_machine_as_test(machine, settings=LIMITS)
        finally:
            for thread in threads:
                thread.submit(connections.close_all)


def test_threads_that_share_one_connection_see_their_own_clinic_alone(
    clinics: list[Clinic], pooled: str
) -> None:
    def visit(number: int) -> set[str]:
        clinic = clinics[number % 3]
        with a_request(pooled):
            if number % 7 == 0:
                return {f"outside:{name}" for name in teams_in_sight(pooled)}
            with tenancy.enter(clinic.pk, using=pooled):
                seen = teams_in_sight(pooled)
                if number % 5 == 0:
                    transaction.set_rollback(True, using=pooled)
            return seen ^ {clinic.slug}

    with ThreadPoolExecutor(max_workers=8) as threads:
        wrong = set().union(*threads.map(visit, range(200)))
    assert wrong == set()
