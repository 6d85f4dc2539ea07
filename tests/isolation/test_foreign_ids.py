"""An id of another clinic in a body is refused as one that nobody has, and changes nothing there."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.urls import get_resolver

from clinics import tenancy
from clinics.access_log import System
from clinics.models import Membership
from patients import services
from patients.models import CheckIn, Guardian, Intake
from tests.clinics.factories import make_member
from tests.doors.urls import every_url
from tests.isolation import bodies
from tests.isolation.bodies import PLACES, Place
from tests.isolation.test_http_walk import everything_in, fill
from tests.isolation.test_other_doors import EACH_CLINIC_KEEPS_BOOKS, snapshot
from tests.isolation.twins import Twin

ALWAYS_NEW = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Za-z]{64}|[0-9a-f]{32}|<time[^>]*>[^<]*</time>")
"""Ids, tokens, keys and moments."""


def with_more_ids(twin: Twin, *, admitted: int) -> Twin:
    """What bodies name besides. The one admitted last has a number the other has not given yet."""
    with tenancy.enter(twin.clinic.pk):
        for _ in range(admitted):
            last = services.admit_patient(clinic=twin.clinic, name=twin.canary, by=System("test"))
        member = Membership.objects.get(pk=twin.ids["member_id"])
        twin.ids.update(
            record_number=last.record_number,
            name=twin.canary,
            person=member.actor_label,
            clinician_id=twin.people["clinician"].pk,
            colleague_id=make_member(twin.clinic, "clinician", "Colleague Person").pk,
            second_clinician_id=Intake.objects.values_list("deputy_id", flat=True).get(),
            guardian_id=Guardian.objects.values_list("pk", flat=True).get(),
            idempotency_key=CheckIn.objects.values_list("idempotency_key", flat=True).first(),
        )
    return twin


@pytest.fixture
def more(twins: tuple[Twin, Twin]) -> tuple[Twin, Twin]:
    own, other = twins
    return with_more_ids(own, admitted=1), with_more_ids(other, admitted=4)


@dataclass(frozen=True)
class Answer:
    """Statuses on the way and what the page says, without what differs between any two; all that came back;
    where the answer alone does not tell, the rows of the clinic then."""

    said: tuple[list[int], str]
    everything: str
    rows: dict[str, Any] | None


def own_ids(body: dict[str, Any], own: Twin) -> dict[str, Any]:
    """The body, with the ids it names."""
    return {
        name: str(own.ids[said[1:]]) if str(said).startswith("@") else said for name, said in body.items()
    }


def send(place: Place, own: Twin, value: Any) -> Answer:
    """What it did is undone."""
    route = next(route for route, name, _pattern in every_url(get_resolver()) if name == place.door)
    body = {**own_ids(place.body, own), place.sent_as or place.name: str(value)}
    with transaction.atomic():
        ask = getattr(own.client(place.who), place.method)
        response = ask(fill(route, own.ids), body, follow=True, headers={"Idempotency-Key": "h" * 32})
        rows = snapshot(own) if place.is_silent else None
        transaction.set_rollback(True)
    for label in EACH_CLINIC_KEEPS_BOOKS if rows else ():
        del rows[label]  # type: ignore[union-attr]  # only where there are rows
    statuses = [status for _address, status in response.redirect_chain] + [response.status_code]
    text = response.content.decode(errors="replace").replace(str(value), "")
    everything = everything_in(response).replace(str(value), "")  # pages repeat what was typed
    return Answer((statuses, ALWAYS_NEW.sub("", text)), everything, rows)


def test_another_clinics_id_is_refused_like_one_that_nobody_has(more: tuple[Twin, Twin]) -> None:
    """One's own is taken, without which the refusal would prove nothing."""
    own, other = more
    before, told_apart, leaked, never_taken = snapshot(other), [], [], []
    for place in PLACES:
        unknown = send(place, own, place.unknown)
        foreign, taken = send(place, own, other.ids[place.id_name]), send(place, own, own.ids[place.id_name])
        if (foreign.said, foreign.rows) != (unknown.said, unknown.rows):
            told_apart.append(str(place))
        if other.canary in foreign.everything:
            leaked.append(str(place))
        if (taken.said, taken.rows) == (unknown.said, unknown.rows):
            never_taken.append(str(place))
    assert (told_apart, leaked, never_taken) == ([], [], [])
    assert snapshot(other) == before


def test_every_field_that_takes_an_id_is_tried() -> None:
    tried = {f"{place.form}.{place.name}" for place in PLACES if place.form}
    found = bodies.fields_that_take_ids()
    assert found == tried | set(bodies.HOLDS_NO_ID)
    assert bodies.names_read_by_views() == {place.name for place in PLACES if not place.form} | set(
        bodies.WORDS_FOR_VIEWS
    )


def test_a_planted_field_that_nobody_tries_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [place for place in PLACES if place.form != "DeputyForm"]
    monkeypatch.setattr(bodies, "PLACES", left)
    tried = {f"{place.form}.{place.name}" for place in left}
    assert bodies.fields_that_take_ids() - tried - set(bodies.HOLDS_NO_ID) == {"DeputyForm.member"}
