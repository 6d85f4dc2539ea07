"""Who may listen to a clinic's alerts: sessions and memberships, checked for all sockets of a process.

A thousand sockets share one answer that is at most five seconds old, so an alert costs a few queries and not
thousands.
"""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from weakref import WeakValueDictionary

from channels.db import database_sync_to_async
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from clinics import access_log, denials, second_factor, sign_in, tenancy
from clinics.models import CareTeamMember, Clinic, ClinicSettings, Membership, User
from patients.models import OnCallGrant

CHECK_SECONDS = 5.0


class Closing(IntEnum):
    """Why a socket is closed, as WebSocket close codes."""

    BAD_REQUEST = 4400
    NOT_SIGNED_IN = 4401
    NOT_ALLOWED = 4403
    NOT_FOUND = 4404
    TRY_AGAIN = 1013


@dataclass(frozen=True)
class Listener:
    """The person and the session behind a socket."""

    user_id: uuid.UUID
    session_key: str


@dataclass(frozen=True)
class Permit:
    """What a listener may hear: alerts of the whole clinic (None), or of these care teams' patients and
    of those lent to who is on call. A locked session hears only how many wait."""

    membership: Membership
    care_team_ids: frozenset[uuid.UUID] | None = None
    lent_ids: frozenset[uuid.UUID] = frozenset()
    is_locked: bool = False

    def covers(self, care_team_id: uuid.UUID | None, patient_id: uuid.UUID) -> bool:
        in_team = self.care_team_ids is None or care_team_id in self.care_team_ids
        return in_team or patient_id in self.lent_ids


Answer = Permit | Closing


class Roster:
    """The listeners of one clinic in this process."""

    def __init__(self, clinic_id: uuid.UUID) -> None:
        self.clinic_id = clinic_id
        self.sockets: Counter[Listener] = Counter()
        self.answers: dict[Listener, tuple[float, Answer]] = {}
        self.newest_change = ""
        self.lock = asyncio.Lock()

    def join(self, listener: Listener) -> None:
        self.sockets[listener] += 1

    def leave(self, listener: Listener) -> None:
        self.sockets[listener] -= 1
        if self.sockets[listener] <= 0:
            del self.sockets[listener]
            self.answers.pop(listener, None)

    def forget(self, change: str) -> None:
        """A right was taken away: no answer from before counts. Every socket says so, the first is heard."""
        if change != self.newest_change:
            self.newest_change = change
            self.answers.clear()

    async def permit(self, listener: Listener) -> Answer:
        """At most CHECK_SECONDS old; one round of queries answers for all whose answer is older."""
        if not self._is_fresh(listener):
            async with self.lock:
                if not self._is_fresh(listener):
                    await self._check([row for row in self.sockets if not self._is_fresh(row)])
        return self.answers[listener][1]

    def _is_fresh(self, listener: Listener) -> bool:
        at, _ = self.answers.get(listener, (float("-inf"), None))
        return time.monotonic() - at < CHECK_SECONDS

    async def _check(self, listeners: list[Listener]) -> None:
        asked_at = time.monotonic()
        answers = await database_sync_to_async(check)(self.clinic_id, listeners)
        self.answers.update({listener: (asked_at, answer) for listener, answer in answers.items()})


_rosters: WeakValueDictionary[uuid.UUID, Roster] = WeakValueDictionary()


def log_refusal(listener: Listener | None, clinic: Clinic | None, code: Closing) -> None:
    """Why a socket was closed, in the chain of its clinic where somebody was signed in there."""
    asked = denials.Asked(view="alerts_socket", status=int(code))
    stranger = access_log.Stranger(listener.user_id if listener else None)
    if listener is None or clinic is None:
        slug = clinic.slug if clinic else ""
        denials.log_on_platform(asked, by=stranger, reason=code.name.lower(), clinic=slug)
        return
    with tenancy.enter(clinic.pk):
        member = Membership.objects.filter(user_id=listener.user_id, is_active=True).first()
        denials.log_in_clinic(clinic.pk, asked, by=member or stranger, reason=code.name.lower())


def roster_of(clinic_id: uuid.UUID) -> Roster:
    """The roster that all sockets of this clinic share; it lives as long as one of them does."""
    roster = _rosters.get(clinic_id)
    if roster is None:
        roster = _rosters[clinic_id] = Roster(clinic_id)
    return roster


def check(clinic_id: uuid.UUID, listeners: list[Listener]) -> dict[Listener, Answer]:
    """Asks the database for each of these sessions and memberships, in a handful of queries."""
    sessions = _sessions_of(listeners)
    enrolled = second_factor.enrolled_among(row.user_id for row in sessions)
    with tenancy.enter(clinic_id):
        memberships = {
            row.user_id: row
            for row in Membership.objects.filter(user__in={row.user_id for row in sessions}, is_active=True)
        }
        teams = _care_teams(clinic_id, memberships.values())
        lent = {} if teams is None else _lent(memberships.values())
    answers: dict[Listener, Answer] = dict.fromkeys(listeners, Closing.NOT_SIGNED_IN)
    for listener, content in sessions.items():
        hindrance = sign_in.hindrance(
            content, listener.user_id, clinic_id, is_enrolled=listener.user_id in enrolled
        )
        answers[listener] = _answer(memberships.get(listener.user_id), teams, lent, hindrance)
    return answers


def _answer(
    membership: Membership | None,
    teams: dict[uuid.UUID, frozenset[uuid.UUID]] | None,
    lent: dict[uuid.UUID, frozenset[uuid.UUID]],
    hindrance: sign_in.Hindrance | None,
) -> Answer:
    if membership is None:
        return Closing.NOT_FOUND
    if not membership.reads_patients or hindrance is sign_in.Hindrance.SECOND_FACTOR:
        return Closing.NOT_ALLOWED
    return Permit(
        membership,
        None if teams is None else teams.get(membership.pk, frozenset()),
        lent.get(membership.pk, frozenset()),
        is_locked=hindrance is sign_in.Hindrance.LOCKED,
    )


def _sessions_of(listeners: list[Listener]) -> dict[Listener, dict[str, Any]]:
    """What is in the sessions that live, belong to their listener, and know the password of today."""
    users = User.objects.filter(is_active=True).in_bulk({row.user_id for row in listeners})
    sessions = Session.objects.filter(expire_date__gt=timezone.now()).in_bulk(
        {row.session_key for row in listeners}
    )
    contents = {row: _content(sessions.get(row.session_key), users.get(row.user_id)) for row in listeners}
    return {row: content for row, content in contents.items() if content is not None}


def _content(session: Session | None, user: User | None) -> dict[str, Any] | None:
    if session is None or user is None:
        return None
    content = session.get_decoded()
    is_theirs = content.get(SESSION_KEY) == str(user.pk) and constant_time_compare(
        content.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    )
    return content if is_theirs and not sign_in.is_over(content) else None


def _care_teams(
    clinic_id: uuid.UUID, memberships: Iterable[Membership]
) -> dict[uuid.UUID, frozenset[uuid.UUID]] | None:
    """Care teams by membership; None where every clinician sees every patient."""
    settings = ClinicSettings.objects.filter(clinic=clinic_id)
    if not settings.filter(record_scope=ClinicSettings.Scope.CARE_TEAM).exists():
        return None
    teams: dict[uuid.UUID, set[uuid.UUID]] = {}
    rows = CareTeamMember.objects.filter(membership__in=list(memberships))
    for membership_id, team_id in rows.values_list("membership_id", "care_team_id"):
        teams.setdefault(membership_id, set()).add(team_id)
    return {membership_id: frozenset(found) for membership_id, found in teams.items()}


def _lent(memberships: Iterable[Membership]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Patients by membership whose urgent alert was passed on to them from outside their care teams."""
    rows = OnCallGrant.objects.filter(membership__in=list(memberships)).in_force()
    lent: dict[uuid.UUID, set[uuid.UUID]] = {}
    for membership_id, patient_id in rows.values_list("membership_id", "patient_id"):
        lent.setdefault(membership_id, set()).add(patient_id)
    return {membership_id: frozenset(found) for membership_id, found in lent.items()}
