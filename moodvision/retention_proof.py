"""What a night of retention left behind, counted from the tables by the periods that are published.

Written apart from the removal, and in another language: no filter, no list of the spared, no date arithmetic
is shared with it, so that a mistake there is not made here again. Each statement counts rows.
"""

import uuid
from datetime import date, datetime
from typing import LiteralString

from django.db import connection
from django.utils import timezone

from clinics.models import Clinic

PEOPLE: LiteralString = """
    WITH RECURSIVE person(id, head) AS (
        SELECT id, id FROM patients_patient WHERE clinic_id = %(clinic)s AND merged_into_id IS NULL
        UNION ALL
        SELECT double.id, person.head FROM patients_patient AS double
        JOIN person ON double.merged_into_id = person.id
    ), held(id) AS (
        SELECT id FROM person WHERE head IN (
            SELECT head FROM person JOIN patients_legalhold AS hold ON hold.patient_id = person.id
            WHERE hold.lifted_at IS NULL
        )
    ), stays(id) AS (
        SELECT id FROM held
        UNION
        SELECT id FROM person WHERE head IN (
            SELECT head FROM person JOIN scoring_alert AS alert ON alert.patient_id = person.id
            WHERE alert.state NOT IN ('resolved', 'shadow')
        )
        UNION
        SELECT id FROM patients_patient WHERE kept_until >= %(today)s
    ), line(at) AS (
        SELECT %(begun_at)s::timestamptz - make_interval(hours => 24 * %(days)s)
    )
"""

IMAGES: LiteralString = """
    SELECT count(*) FROM patients_capture AS photo
    JOIN patients_checkin AS sent ON sent.id = photo.check_in_id, line
    WHERE photo.clinic_id = %(clinic)s AND photo.image IS NOT NULL
    AND photo.state NOT IN ('waiting', 'claimed') AND sent.patient_id NOT IN (SELECT id FROM held)
    AND (
        photo.waiting_since < line.at
        OR photo.keep_until IS NULL OR photo.keep_until < %(begun_at)s
        OR NOT coalesce((
            SELECT said.is_granted FROM patients_consent AS said
            WHERE said.patient_id = sent.patient_id AND said.purpose = 'image_retention'
            ORDER BY said.number DESC LIMIT 1
        ), false)
    )
"""

READINGS: LiteralString = """
    SELECT (
        SELECT count(*) FROM inference_reading AS reading, line
        WHERE reading.clinic_id = %(clinic)s AND reading.captured_at < line.at
        AND reading.patient_id NOT IN (SELECT id FROM stays)
    ) + (
        SELECT count(*) FROM scoring_patientstanding AS standing, line
        WHERE standing.clinic_id = %(clinic)s AND standing.window_end < line.at
        AND standing.patient_id NOT IN (SELECT id FROM stays)
    ) + (
        SELECT count(*) FROM scoring_periodscore AS score, line
        WHERE score.clinic_id = %(clinic)s AND score.patient_id NOT IN (SELECT id FROM stays)
        AND (score.start + CASE score.kind
            WHEN 'week' THEN interval '7 days' WHEN 'month' THEN interval '1 month' ELSE interval '3 months'
        END) AT TIME ZONE %(zone)s <= line.at
    )
"""

ANSWERS: LiteralString = """
    SELECT (
    SELECT count(*) FROM patients_checkin AS sent, line
    WHERE sent.clinic_id = %(clinic)s AND sent.captured_at < line.at
    AND sent.patient_id NOT IN (SELECT id FROM stays)
    AND (
        sent.mood IS NOT NULL OR sent.hours_slept IS NOT NULL OR sent.note IS NOT NULL
        OR sent.body_hmac <> ''
        OR EXISTS (SELECT FROM patients_correction AS before WHERE before.check_in_id = sent.id)
        OR NOT (
            EXISTS (SELECT FROM inference_reading AS reading WHERE reading.check_in_id = sent.id)
            OR EXISTS (
                SELECT FROM patients_capture AS photo
                WHERE photo.check_in_id = sent.id AND photo.image IS NOT NULL
            )
        )
    )
    ) + (
        SELECT count(*) FROM patients_questionnaireround AS asked, line
        WHERE asked.clinic_id = %(clinic)s AND asked.state <> 'open' AND asked.ended_at < line.at
        AND asked.patient_id NOT IN (SELECT id FROM stays)
    )
"""

ALERTS: LiteralString = """
    SELECT (
        SELECT count(*) FROM scoring_alert AS alert, line
        WHERE alert.clinic_id = %(clinic)s AND alert.state IN ('resolved', 'shadow')
        AND alert.patient_id NOT IN (SELECT id FROM stays)
        AND (SELECT max(told.at) FROM scoring_alertevent AS told WHERE told.alert_id = alert.id) < line.at
    ) + (
        SELECT count(*) FROM scoring_facesilence AS silence, line
        WHERE silence.clinic_id = %(clinic)s AND silence.lifted_at < line.at
        AND silence.patient_id NOT IN (SELECT id FROM stays)
    ) + (
        SELECT count(*) FROM patients_oncallgrant AS lent, line
        WHERE lent.clinic_id = %(clinic)s AND lent.ends_at < line.at - interval '1 day'
        AND lent.patient_id NOT IN (SELECT id FROM stays)
        AND NOT EXISTS (SELECT FROM scoring_alert AS alert WHERE alert.id = lent.alert_id)
    )
"""

ROTA: LiteralString = """
    SELECT (
        SELECT count(*) FROM clinics_shift AS shift, line
        WHERE shift.clinic_id = %(clinic)s AND shift.ends_at < line.at
    ) + (
        SELECT count(*) FROM clinics_leave AS away, line
        WHERE away.clinic_id = %(clinic)s AND away.last_day < (line.at AT TIME ZONE %(zone)s)::date
    ) + (
        SELECT count(*) FROM clinics_trialalert AS trial, line
        WHERE trial.clinic_id = %(clinic)s AND trial.sent_at < line.at
        AND trial.id NOT IN (
            SELECT DISTINCT ON (known.membership_id, known.channel) known.id FROM clinics_trialalert AS known
            JOIN clinics_membership AS member ON member.id = known.membership_id AND member.is_active
            WHERE known.clinic_id = %(clinic)s AND known.confirmed_at IS NOT NULL
            ORDER BY known.membership_id, known.channel, known.confirmed_at DESC
        )
    )
"""

LINKS: LiteralString = """
    SELECT (
        SELECT count(*) FROM clinics_staffinvitation AS link, line
        WHERE link.clinic_id = %(clinic)s AND link.expires_at < line.at
    ) + (
        SELECT count(*) FROM clinics_oncallunlock AS code, line
        WHERE code.clinic_id = %(clinic)s AND code.expires_at < line.at
    ) + (
        SELECT count(*) FROM patients_invitation AS link, line
        WHERE link.clinic_id = %(clinic)s AND link.expires_at < line.at
        AND link.patient_id NOT IN (SELECT id FROM stays)
    )
"""

MESSAGES: LiteralString = """
    SELECT count(*) FROM clinics_message AS sent, line
    WHERE sent.clinic_id = %(clinic)s AND sent.ended_at < line.at
    AND (sent.patient_id IS NULL OR sent.patient_id NOT IN (SELECT id FROM stays))
"""

DRAFTS: LiteralString = """
    SELECT count(*) FROM patients_notedraft AS draft, line
    WHERE draft.clinic_id = %(clinic)s AND draft.saved_at < line.at
"""

FAIRNESS: LiteralString = """
    SELECT (
        SELECT count(*) FROM inference_watchweek AS week, line
        WHERE week.clinic_id = %(clinic)s AND week.week_start < (line.at AT TIME ZONE %(zone)s)::date
    ) + (
        SELECT count(*) FROM inference_watchnotice AS notice, line
        WHERE notice.clinic_id = %(clinic)s AND notice.raised_at < line.at
    ) + (
        SELECT count(*) FROM patients_fairnessanswers AS said, line
        WHERE said.clinic_id = %(clinic)s AND said.answered_at < line.at
        AND said.patient_id NOT IN (SELECT id FROM stays)
    )
"""


def images_left(clinic: Clinic, begun_at: datetime, days: int) -> int:
    return _count(PEOPLE + IMAGES, clinic, begun_at, days)


def readings_left(clinic: Clinic, begun_at: datetime, days: int) -> int:
    return _count(PEOPLE + READINGS, clinic, begun_at, days)


def answers_left(clinic: Clinic, begun_at: datetime, days: int) -> int:
    return _count(PEOPLE + ANSWERS, clinic, begun_at, days)


def alerts_left(clinic: Clinic, begun_at: datetime, days: int) -> int:
    return _count(PEOPLE + ALERTS, clinic, begun_at, days)


def links_left(clinic: Clinic, begun_at: datetime, days: int) -> int:
    return _count(PEOPLE + LINKS, clinic, begun_at, days)


def messages_left(clinic: Clinic, begun_at: datetime, days: int) -> int:
    return _count(PEOPLE + MESSAGES, clinic, begun_at, days)


def drafts_left(clinic: Clinic, begun_at: datetime, days: int) -> int:
    return _count(PEOPLE + DRAFTS, clinic, begun_at, days)


def rota_left(clinic: Clinic, begun_at: datetime, days: int) -> int:
    return _count(PEOPLE + ROTA, clinic, begun_at, days)


def fairness_left(clinic: Clinic, begun_at: datetime, days: int) -> int:
    return _count(PEOPLE + FAIRNESS, clinic, begun_at, days)


def _count(statement: LiteralString, clinic: Clinic, begun_at: datetime, days: int) -> int:
    values: dict[str, uuid.UUID | str | date | datetime | int] = {
        "clinic": clinic.pk,
        "zone": clinic.time_zone,
        "today": timezone.localdate(timezone=clinic.zone),
        "begun_at": begun_at,
        "days": days,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])
