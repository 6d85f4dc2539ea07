"""Consent, holds, retention, merging: what is owed to the person behind a record."""

from tests.mutations.defects.defect import Defect

WORKER = "tests/inference/test_read_waiting.py"

DEFECTS = (
    Defect(
        "consent",
        "the worker does not ask again",
        "inference/services/readings.py",
        "if refusal := may_not_be_read.get(patient_id):",
        "if refusal := None:",
        (WORKER,),
    ),
    Defect(
        "hold",
        "a legal hold holds nothing",
        "patients/services/holds.py",
        "    return bool(people.held([patient_id]))\n",
        "    return False\n",
        ("tests/patients/erasing/test_holds.py",),
    ),
    Defect(
        "hold",
        "the owner's function erases what is held",
        "patients/migrations/0053_holds_bind.py",
        "    IF is_held(patient) THEN",
        "    IF false THEN",
        ("tests/patients/erasing/test_holds.py",),
    ),
    Defect(
        "hold",
        "the owner's function takes the history of alerts that are held",
        "scoring/migrations/0063_events_of_shadows.py",
        "\n            AND NOT is_held(alert.patient_id)",
        "",
        ("tests/scoring/test_alert_history.py",),
    ),
    Defect(
        "retention",
        "old data go although an alert is open",
        "moodvision/pipeline.py",
        "    retention.register_sparer(scoring_removals.whose_alert_is_open)\n",
        "",
        ("tests/moodvision/test_retention.py",),
    ),
    Defect(
        "retention",
        "a night is believed without its proof",
        "patients/retention.py",
        "left_over=state.kind.proof(clinic, begun_at, state.days),",
        "left_over=0,",
        ("tests/moodvision/test_retention_proof.py",),
    ),
    Defect(
        "merge",
        "an export forgets the doubles",
        "patients/exports/archive.py",
        "    records = [patient, *people.doubles_of(patient)]",
        "    records = [patient]",
        ("tests/patients/test_merged_history.py",),
    ),
    Defect(
        "consent",
        "who was not told is read all the same",
        "patients/allowances.py",
        "elif needs_notice and patient_id not in told:",
        "elif False:",
        ("tests/patients/test_notices.py",),
    ),
    Defect(
        "consent",
        "whom the patient named is shown without their agreement",
        "patients/access.py",
        "    if allowances.refusal(patient, Purpose.EMERGENCY_CONTACT) is None:",
        "    if True:",
        ("tests/patients/test_emergency_contacts.py",),
    ),
    Defect(
        "consent",
        "what the program cannot do is agreed to",
        "patients/allowances.py",
        "return purpose not in NOT_BUILT and policy",
        "return policy",
        ("tests/patients/test_consents.py",),
    ),
    Defect(
        "consent",
        "the face of a detained person is read",
        "patients/allowances.py",
        "elif purpose in LOOKS_AT_FACES and not patient.is_free:",
        "elif False:",
        ("tests/patients/test_guardians.py",),
    ),
    Defect(
        "glass",
        "a broken glass stays open",
        "patients/models/break_glass.py",
        "return self.filter(membership=membership, ends_at__gt=timezone.now())",
        "return self.filter(membership=membership)",
        (
            "tests/patients/test_break_glass.py::test_the_record_opens_for_an_hour_with_a_banner_and_no_longer",
        ),
    ),
)
