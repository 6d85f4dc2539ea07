"""Each guard that must not be lost: how to remove it, and the tests that must then fail."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Defect:
    """`old` stands once in `file`; with `new` in its place at least one of `tests` must fail.

    Defects of one `kind` are of one net; continuous integration plants the first of each.
    """

    kind: str
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


ACCESS, WALK = "tests/test_access.py", "tests/isolation/test_http_walk.py"
GATES_ALONE, ROWS = "tests/test_gates_alone.py", "tests/isolation/test_rows.py"
SCHEMA, ONE_CONNECTION = "tests/clinics/test_schema.py", "tests/isolation/test_one_connection.py"
LOG, SEALED = "tests/clinics/test_access_log.py", "tests/clinics/test_encryption.py"
WORKER, SOCKET = "tests/inference/test_read_waiting.py", "tests/isolation/test_other_doors.py"

DEFECTS = (
    Defect(
        "gate",
        "patients of every clinic pass",
        "patients/access.py",
        "patients = Patient.objects.filter(clinic_id=membership.clinic_id)",
        "patients = Patient.objects.all()",
        (GATES_ALONE,),
    ),
    Defect(
        "gate",
        "roles without patients read them",
        "patients/access.py",
        "    if not membership.reads_patients:\n        raise PermissionDenied\n",
        "",
        (ACCESS,),
    ),
    Defect(
        "gate",
        "a check-in of anybody is one's own",
        "patients/access.py",
        "CheckIn.objects.filter(patient=patient, pk=check_in_id)",
        "CheckIn.objects.filter(pk=check_in_id)",
        (GATES_ALONE,),
    ),
    Defect(
        "policy",
        "a policy that lets all rows through",
        "clinics/migration_operations.py",
        "IN_THIS_CLINIC = \"clinic_id = NULLIF(current_setting('app.clinic', true), '')::uuid\"",
        'IN_THIS_CLINIC = "true"',
        (ROWS,),
    ),
    Defect(
        "policy",
        "a policy that does not bind the owner",
        "clinics/migration_operations.py",
        "            f'ALTER TABLE \"{table}\" FORCE ROW LEVEL SECURITY',\n",
        "",
        (SCHEMA,),
    ),
    Defect(
        "key",
        "a reference that may cross clinics",
        "clinics/migration_operations.py",
        "        return [composite_key(table, field), f'CREATE INDEX",
        "        return [f'CREATE INDEX",
        (SCHEMA, "tests/clinics/test_tenancy.py"),
    ),
    Defect(
        "stay",
        "the inner clinic stays when it is left",
        "clinics/tenancy.py",
        "_set(before, using)  # a released",
        "pass  # a released",
        (ONE_CONNECTION,),
    ),
    Defect(
        "stay",
        "the clinic outlives its transaction",
        "clinics/tenancy.py",
        "\"SELECT set_config('app.clinic', %s, true), set_config('app.person', %s, true)\"",
        "\"SELECT set_config('app.clinic', %s, false), set_config('app.person', %s, false)\"",
        (ONE_CONNECTION,),
    ),
    Defect(
        "consent",
        "the worker does not ask again",
        "inference/services.py",
        "elif patient_id not in may_be_read:",
        "elif False:",
        (WORKER,),
    ),
    Defect(
        "log",
        "entries are collected and not written",
        "clinics/access_log.py",
        "            _append(self.clinic_id, self.acts, self.using)\n",
        "            pass\n",
        (LOG,),
    ),
    Defect(
        "seal",
        "a ciphertext that is not bound to its row",
        "clinics/encryption.py",
        "{name.clinic_id}|{instance.pk}|",
        "",
        (SEALED,),
    ),
    Defect(
        "socket",
        "roles without patients listen",
        "scoring/listeners.py",
        "    if not membership.reads_patients:",
        "    if False:",
        (SOCKET, "tests/scoring/test_alert_socket.py"),
    ),
)
