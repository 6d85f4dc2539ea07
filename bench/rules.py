"""All rules of a clinic over 10,000 patients with four weeks of check-ins."""

from time import perf_counter, process_time

from django.db import connection
from django.utils import timezone

from bench import cast
from bench.harness import Figures
from clinics import tenancy
from clinics.models import Clinic, Membership
from moodvision import scratch
from patients.models import Patient
from scoring import services
from scoring.alert_rules import RULES
from scoring.models import Alert, RuleMemory
from scoring.services import judging, rule_settings

PATIENTS, QUICK_PATIENTS = 10_000, 50
LIMIT_S = 10.0
MEASURED = (
    "judge_clinic: facts of all followed patients by a fixed number of queries for each thousand, every rule "
    "on, alerts of news, memories. first: one patient in fifty has news; again: nothing has. Rows are "
    "made by the database: 28 check-ins with mood and sleep, 20 readings, 4 weeks, a window for each patient."
)

PEOPLE = """
INSERT INTO patients_patient (
    id, clinic_id, record_number, time_zone, name, is_synthetic, created_at, state, state_since,
    legal_status, decider
)
SELECT gen_random_uuid(), %(clinic)s, 100000 + n, 'Europe/Berlin', 'never opened', true,
    now() - interval '90 days', 'active', now() - interval '90 days', 'voluntary', 'patient'
FROM generate_series(1, %(count)s) AS n
"""
CHECK_INS = """
INSERT INTO patients_checkin (
    id, clinic_id, patient_id, idempotency_key, body_hmac, captured_at, zone, submitted_at, mood,
    hours_slept, photo, is_synthetic
)
SELECT gen_random_uuid(), clinic_id, id, 'bench' || day, 'x',
    now() - day * interval '1 day' - interval '1 hour', 'Europe/Berlin', now() - day * interval '1 day',
    CASE WHEN record_number %% 50 = 0 AND day < 2 THEN 1 ELSE 5 + (record_number + day) %% 3 END,
    6 + day %% 3, 'taken', true
FROM patients_patient, generate_series(0, 27) AS day WHERE clinic_id = %(clinic)s
"""
READINGS = """
INSERT INTO inference_reading (
    id, clinic_id, patient_id, check_in_id, is_of_programme, captured_at, is_scored, reason, angry, disgust,
    fear, happy, sad, surprise, neutral, detector, model_name, model_version, model_sha256, input_hash,
    duration_ms, created_at, is_contested, is_synthetic
)
SELECT gen_random_uuid(), clinic_id, patient_id, id, false, captured_at, true, '', 0.05, 0.05, 0.05, 0.3, 0.1,
    0.05, 0.4, '', 'bench', '1', '', '', 0, captured_at, false, true
FROM patients_checkin WHERE clinic_id = %(clinic)s AND captured_at > now() - interval '20 days'
"""
WINDOWS = """
INSERT INTO scoring_patientstanding (
    id, clinic_id, patient_id, readings, share_means, share_covariance, score, low, high, is_enough,
    profile_version, window_start, window_end, newest_reading_at, over_warning, over_intervention,
    is_over_warning, is_over_intervention
)
SELECT gen_random_uuid(), clinic_id, id, 10, '{.05,.05,.05,.3,.1,.05,.4}', array_fill(0.0::float8, '{49}'),
    2, 1, 3, true, 0, now() - interval '10 days', now(), now() - interval '1 hour', 0, 0, false, false
FROM patients_patient WHERE clinic_id = %(clinic)s
"""
WEEKS = """
INSERT INTO scoring_periodscore (
    id, clinic_id, patient_id, readings, share_means, share_covariance, score, low, high, is_enough,
    profile_version, kind, start, model_version, share_sums
)
SELECT gen_random_uuid(), clinic_id, id, 7, '{.05,.05,.05,.3,.1,.05,.4}', array_fill(0.0::float8, '{49}'),
    2, 1, 3, true, 0, 'week', date_trunc('week', now())::date - 7 * week, 'bench 1', '{1,1,1,1,1,1,1}'
FROM patients_patient, generate_series(2, 5) AS week WHERE clinic_id = %(clinic)s
"""


def run(*, is_quick: bool = False) -> Figures:
    count = QUICK_PATIENTS if is_quick else PATIENTS
    with scratch.migrated_database("bench"):
        clinic = cast.make_clinic()
        fill(clinic, count)
        switch_everything_on(clinic)
        first, told = timed(clinic)
        used = process_time()
        again, repeated = timed(clinic)
        processor = round(process_time() - used, 2)
        with tenancy.enter(clinic.pk):
            alerts, memories = Alert.objects.count(), RuleMemory.objects.count()
        parts = apart(clinic)
    return {
        "patients": count,
        "rules": len(RULES),
        "seconds": {"first": first, "again": again, "again_processor": processor, **parts},
        "told": {"first": told, "again": repeated},
        "alerts": alerts,
        "memories": memories,
        "limit_s": LIMIT_S,
        "is_within_limit": again <= LIMIT_S,
        "measured": MEASURED,
    }


def fill(clinic: Clinic, count: int) -> None:
    with tenancy.enter(clinic.pk), connection.cursor() as cursor:
        for statement in (PEOPLE, CHECK_INS, READINGS, WINDOWS, WEEKS):
            cursor.execute(statement, {"clinic": clinic.pk, "count": count})
    with scratch.owner_connection(str(connection.settings_dict["NAME"])) as owner:
        owner.execute("ANALYZE")  # as autovacuum does within a minute of so many rows


def switch_everything_on(clinic: Clinic) -> None:
    with tenancy.enter(clinic.pk):
        administrator = Membership.objects.get(role="administrator")
        for rule in RULES:
            values = rule.defaults.values
            draft = rule_settings.RuleDraft(rule.code, is_on=True, severity=rule.severity, values=values)
            services.save_rule(draft=draft, by=administrator, base_version=0)


def timed(clinic: Clinic) -> tuple[float, int]:
    started = perf_counter()
    told = services.judge_clinic(clinic=clinic)
    return round(perf_counter() - started, 2), told


def apart(clinic: Clinic) -> dict[str, float]:
    """Reading the facts and judging them, of one batch of patients."""
    with tenancy.enter(clinic.pk):
        ids = list(Patient.objects.values_list("pk", flat=True)[: judging.PATIENTS_AT_ONCE])
        choices, now = rule_settings.choices_in_force(), timezone.now()
        started = perf_counter()
        facts = list(judging.facts_of(ids, at=now))
        read = perf_counter()
        judging.judge_facts(facts, choices)
        judged = perf_counter()
    return {"one_batch_read": round(read - started, 2), "one_batch_judged": round(judged - read, 2)}
