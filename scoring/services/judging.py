"""The rules over many patients: read the facts, judge, and raise what is news.

Judging needs no lock. Who has news is locked afterwards and their memory read again, so that a check-in and
the clock, judging at once, tell it once.
"""

import logging
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from clinics import cover, many_rows, tenancy
from clinics.access_log import System
from clinics.cover import Snapshot
from clinics.models import Clinic
from patients.locks import lock_patients
from patients.models import Patient
from scoring.alert_rules import (
    RULES,
    Choices,
    Finding,
    Memory,
    PatientFacts,
    Rule,
    findings,
    is_news,
    remembered,
    rule_named,
)
from scoring.models import Alert, PatientStanding, RuleMemory, RuleSetting
from scoring.queries import rule_facts
from scoring.services import alerts, rule_settings

logger = logging.getLogger(__name__)

RULES_OF_THE_CLINIC = System("rules")
PATIENTS_AT_ONCE = 2000
JUDGED: tuple[Rule, ...] = tuple(rule for rule in RULES if not rule.by_event)
NAMES = tuple(name for rule in JUDGED for name in rule.names)

Memories = dict[tuple[uuid.UUID, str], Memory]
Found = dict[uuid.UUID, dict[str, Finding]]


def judge_clinic(*, clinic: Clinic, at: datetime | None = None) -> int:
    """Every followed patient of a clinic, a batch at a time; the number of alerts raised or updated. Those
    who paused the analysis too: their silence, and what they say themselves. Not what is erased and kept for
    the law alone: nobody could see such an alert, or resolve it."""
    with tenancy.enter(clinic.pk):
        followed = Patient.objects.filter(state=Patient.State.ACTIVE, kept_until=None)
        ids = list(followed.order_by("pk").values_list("pk", flat=True))
    told = 0
    for start in range(0, len(ids), PATIENTS_AT_ONCE):
        with tenancy.enter(clinic.pk):
            told += judge_patients(ids[start : start + PATIENTS_AT_ONCE], at=at)
    return told


def judge_after(clinic_id: uuid.UUID, patient_ids: Collection[uuid.UUID]) -> None:
    """News of these patients, inside the transaction that brings them. A defect here must not refuse what a
    patient sends, and loses nothing: the clock judges again."""
    try:
        with tenancy.enter(clinic_id):  # inside the caller's transaction: a savepoint, and its log entries
            judge_patients(list(patient_ids))
    except Exception as error:
        logger.error("Rules were not judged after news: %s", type(error).__name__)


@transaction.atomic
def judge_patients(patient_ids: Collection[uuid.UUID], *, at: datetime | None = None) -> int:
    """Of the entered clinic; the number of alerts raised or updated."""
    moment = at or timezone.now()
    choices = rule_settings.choices_in_force()
    found = find(patient_ids, choices, at=moment)
    known = memories_of(patient_ids)
    changed = [key for key in _keys(found) | set(known) if _is_changed(key, found, known)]
    if not changed:
        return 0
    return _tell(changed, found, choices, moment)


def tell_anew(*, clinic_id: uuid.UUID) -> None:
    """The clinic leaves shadow: what the rules of the face recorded there told nobody, so it is news again.
    Lines that were crossed in shadow may be crossed once more, at the next reading."""
    faces = [name for rule in JUDGED if rule.lane == "face" for name in rule.names]
    RuleMemory.objects.filter(clinic=clinic_id, rule__in=faces).delete()
    told = Alert.objects.unresolved().filter(clinic=clinic_id, rule=Alert.Rule.SCORE_LINE)
    PatientStanding.objects.filter(clinic=clinic_id).exclude(patient__in=told.values("patient")).update(
        is_over_warning=False,
        is_over_intervention=False,
        warning_first_day=None,
        intervention_first_day=None,
    )


def find(patient_ids: Collection[uuid.UUID], choices: Choices, *, at: datetime) -> Found:
    """By patient and rule: what holds now."""
    return judge_facts(facts_of(patient_ids, at=at), choices)


def facts_of(patient_ids: Collection[uuid.UUID], *, at: datetime) -> Iterator[tuple[uuid.UUID, PatientFacts]]:
    histories = rule_facts.histories(patient_ids, first=at)
    windows = rule_facts.face_windows(patient_ids, at=at)
    return ((pk, history.at(at, face=windows.get(pk))) for pk, history in histories.items())


def judge_facts(facts: Iterable[tuple[uuid.UUID, PatientFacts]], choices: Choices) -> Found:
    results = ((pk, findings(one, choices, JUDGED)) for pk, one in facts)
    return {pk: result for pk, result in results if result}


def memories_of(patient_ids: Collection[uuid.UUID]) -> Memories:
    rows = RuleMemory.objects.filter(patient__in=many_rows.among(patient_ids))
    return {
        (patient_id, rule): Memory(is_firing, episode)
        for patient_id, rule, is_firing, episode in rows.values_list(
            "patient_id", "rule", "is_firing", "episode"
        )
    }


def _keys(found: Found) -> set[tuple[uuid.UUID, str]]:
    return {(pk, name) for pk, by_name in found.items() for name in by_name}


def _is_changed(
    key: tuple[uuid.UUID, str], found: Found, known: Mapping[tuple[uuid.UUID, str], Memory]
) -> bool:
    memory = known.get(key, Memory())
    return remembered(memory, found.get(key[0], {}).get(key[1])) != memory


def _tell(changed: list[tuple[uuid.UUID, str]], found: Found, choices: Choices, moment: datetime) -> int:
    """Under the locks of those patients: raises what is news still, and remembers."""
    patients = lock_patients({pk for pk, _name in changed})
    known = memories_of(list(patients))
    texts = texts_in_force()
    rows, told, read = [], 0, None
    for pk, name in sorted(changed, key=lambda key: (key[0], NAMES.index(key[1]) if key[1] in NAMES else -1)):
        memory, finding = known.get((pk, name), Memory()), found.get(pk, {}).get(name)
        if finding is not None and is_news(memory, finding):
            read = read or cover.read(Clinic.objects.get(pk=patients[pk].clinic_id), timezone.now())
            _raise(patients[pk], name, finding, choices, texts, read)
            told += 1
        rows.append(_row(patients[pk], name, remembered(memory, finding), moment))
    RuleMemory.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["clinic", "patient", "rule"],
        update_fields=["is_firing", "episode", "changed_at"],
    )
    return told


def _row(patient: Patient, name: str, memory: Memory, moment: datetime) -> RuleMemory:
    return RuleMemory(
        clinic_id=patient.clinic_id,
        patient=patient,
        rule=name,
        is_firing=memory.is_firing,
        episode=memory.episode,
        changed_at=moment,
    )


def _raise(
    patient: Patient,
    name: str,
    finding: Finding,
    choices: Choices,
    texts: Mapping[str, str],
    read: Snapshot,
) -> None:
    rule = rule_named(name)
    assert rule is not None  # found by the registry
    settings = choices.get(rule.code, rule.defaults)
    alerts.raise_alert(
        patient=patient,
        rule=name,
        lane=rule.lane,
        severity=finding.severity or settings.severity,
        facts=dict(finding.facts),
        by=RULES_OF_THE_CLINIC,
        line=finding.line,
        text=texts.get(rule.code, ""),
        read=read,
    )


def texts_in_force() -> dict[str, str]:
    """The clinic's own words, by rule."""
    return {row.rule: str(row.text) for row in RuleSetting.objects.in_force() if row.text}
