"""One pooled connection, many stays: what one request leaves behind on it must tell the next one nothing."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from django.db import DatabaseError, connection, connections, transaction
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
POOLED = "pooled"
DEEPEST = 4


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


class Stays(RuleBasedStateMachine):
    """Clinics are entered inside each other, left, left by an error, broken by bad SQL, written in."""

    clinics: list[Clinic]

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[Clinic, ExitStack]] = []

    @precondition(lambda self: len(self.stack) < DEEPEST)
    @rule(number=st.integers(0, 2))
    def enter(self, number: int) -> None:
        stay = ExitStack()
        stay.enter_context(tenancy.enter(self.clinics[number].pk))
        self.stack.append((self.clinics[number], stay))

    @precondition(lambda self: self.stack)
    @rule()
    def leave(self) -> None:
        self.stack.pop()[1].close()

    @precondition(lambda self: self.stack)
    @rule()
    def leave_by_an_error(self) -> None:
        _clinic, stay = self.stack.pop()
        error = Refused()
        assert not stay.__exit__(Refused, error, None)

    @precondition(lambda self: self.stack)
    @rule()
    def leave_by_broken_sql(self) -> None:
        _clinic, stay = self.stack.pop()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
        except DatabaseError as error:
            stay.__exit__(type(error), error, None)

    @precondition(lambda self: self.stack)
    @rule(number=st.integers(0, 2))
    def write_abroad(self, number: int) -> None:
        here = self.stack[-1][0]
        with_savepoint = transaction.atomic()
        try:
            with with_savepoint:
                CareTeam.objects.create(clinic=self.clinics[number], name=uuid.uuid4().hex)
                transaction.set_rollback(True)
        except DatabaseError:
            assert self.clinics[number] != here
        else:
            assert self.clinics[number] == here

    @invariant()
    def only_the_entered_clinic_is_in_sight(self) -> None:
        assert teams_in_sight() == ({self.stack[-1][0].slug} if self.stack else set())

    def teardown(self) -> None:
        while self.stack:
            self.stack.pop()[1].close()


def test_no_order_of_stays_shows_another_clinic(clinics: list[Clinic]) -> None:
    machine = type("StaysInTheseClinics", (Stays,), {"clinics": clinics})
    limits = settings(max_examples=40, stateful_step_count=15, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=limits)


@contextmanager
def a_request(using: str) -> Iterator[None]:
    """What Django does around one: the connection goes back to the pool at its end."""
    try:
        yield
    finally:
        connections[using].close()


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
