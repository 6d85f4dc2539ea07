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
EXPORTED_LOG, ANCHORS = "tests/clinics/test_exported_log.py", "tests/clinics/test_anchors.py"
WORKER, SOCKET = "tests/inference/test_read_waiting.py", "tests/isolation/test_other_doors.py"

DEFECTS = (
    Defect(
        "gate",
        "patients of every clinic pass",
        "patients/access.py",
        "patients = Patient.objects.filter(clinic_id=membership.clinic_id, kept_until=None)",
        "patients = Patient.objects.filter(kept_until=None)",
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
        "inference/services/readings.py",
        "if refusal := may_not_be_read.get(patient_id):",
        "if refusal := None:",
        (WORKER,),
    ),
    Defect(
        "log",
        "entries are collected and not written",
        "clinics/access_log.py",
        "            write(self.clinic_id, self.acts, using=self.using)\n",
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
        "    if not membership.reads_patients or hindrance is",
        "    if hindrance is",
        (SOCKET, "tests/scoring/test_alert_socket.py"),
    ),
    Defect(
        "factor",
        "a password alone opens the clinic to staff",
        "clinics/middleware.py",
        "if hindrance is not None:",
        "if False:",
        ("tests/clinics/test_second_factor.py",),
    ),
    Defect(
        "again",
        "a session left open erases",
        "patients/views/own_data.py",
        'if step != "cancel" and not sudo.is_fresh(request):',
        "if False:",
        ("tests/patients/test_own_erasure.py",),
    ),
    Defect(
        "hold",
        "a legal hold holds nothing",
        "patients/services/erasures.py",
        'if _held(wish.patient_id):\n        return "legal_hold"',
        'if False:\n        return "legal_hold"',
        ("tests/patients/test_erase_patient.py",),
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
        "the face of a detained person is read",
        "patients/allowances.py",
        "elif purpose in LOOKS_AT_FACES and not patient.is_free:",
        "elif False:",
        ("tests/patients/test_guardians.py",),
    ),
    Defect(
        "gate",
        "a broken glass opens what outlasts it",
        "patients/access.py",
        "        if through_glass:\n",
        "        if True:\n",
        ("tests/patients/test_break_glass.py",),
    ),
    Defect(
        "factor",
        "a locked session changes its account",
        "clinics/middleware.py",
        "if sign_in.can_lock(request.session) and sign_in.is_locked(request.session):",
        "if False:",
        ("tests/patients/test_pin.py",),
    ),
    Defect(
        "policy",
        "the owner's function looks into temporary tables first",
        "patients/migrations/0020_erasing.py",
        "SET search_path = pg_catalog, public, pg_temp AS",
        "SET search_path = pg_catalog, public AS",
        (SCHEMA,),
    ),
    Defect(
        "log",
        "the signature of an export's head is not required",
        "clinics/verify_log/exports.py",
        "            open_signed(export.head, trusted, Type.EXPORT)\n",
        "",
        (EXPORTED_LOG,),
    ),
    Defect(
        "log",
        "one signed text passes for another",
        "clinics/verify_log/signatures.py",
        "    if is_of not in types:\n",
        "    if False:\n",
        (EXPORTED_LOG,),
    ),
    Defect(
        "log",
        "the links between anchors are not checked",
        "clinics/verify_log/anchor_lines.py",
        "    if not is_next and (before.number or not resumed):\n",
        "    if False:\n",
        (ANCHORS,),
    ),
    Defect(
        "log",
        "a shortened file of anchors is not compared with the database",
        "clinics/anchors.py",
        "    if remembered and known.lines.get(remembered.line) != remembered.line_hash:\n",
        "    if False:\n",
        (ANCHORS,),
    ),
    Defect(
        "log",
        "a chain with a finding is signed on",
        "clinics/anchoring.py",
        "    if found:\n        return Verdict(chain, findings=found)\n",
        "",
        (ANCHORS,),
    ),
    Defect(
        "log",
        "a gap in the spool is not checked",
        "clinics/log_replay.py",
        "    for number in missing:\n",
        "    for number in ():\n",
        ("tests/clinics/test_log_spool.py",),
    ),
    Defect(
        "denial",
        "a socket that is refused leaves no entry",
        "scoring/consumers.py",
        "if code is not Closing.TRY_AGAIN:",
        "if False:",
        ("tests/scoring/test_socket_denials.py",),
    ),
    Defect(
        "denial",
        "whoever lacks the second factor leaves no entry",
        "clinics/middleware.py",
        "if response.status_code not in REFUSED and not reason:",
        "if response.status_code not in REFUSED:",
        ("tests/clinics/test_denials.py",),
    ),
    Defect(
        "denial",
        "a scanner fills the platform's log",
        "clinics/denials.py",
        "if _is_within_limits():",
        "if True:",
        ("tests/clinics/test_denials.py",),
    ),
    Defect(
        "lock",
        "an idle session goes on showing names",
        "clinics/sign_in.py",
        "return Hindrance.LOCKED if is_locked(content) else None",
        "return None",
        ("tests/clinics/test_idle_lock.py",),
    ),
    Defect(
        "lock",
        "any PIN opens the portal",
        "patients/services/pins.py",
        "is_right = check_password(pin, row.pin_hash)",
        "is_right = True",
        ("tests/patients/test_pin.py",),
    ),
    Defect(
        "invitation",
        "a patient's link works for ever",
        "patients/models/patients.py",
        "return self.filter(accepted_at=None, expires_at__gt=timezone.now())",
        "return self.filter(accepted_at=None)",
        ("tests/patients/test_invitation.py",),
    ),
    Defect(
        "invitation",
        "a colleague's link works for ever",
        "clinics/models/invitations.py",
        "return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())",
        "return self.filter(accepted_at=None, withdrawn_at=None)",
        ("tests/clinics/test_staff.py",),
    ),
    Defect(
        "invitation",
        "an address that nobody confirmed joins",
        "clinics/services.py",
        "if not EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists():",
        "if False:",
        ("tests/patients/test_invitation.py", "tests/clinics/test_staff.py"),
    ),
    Defect(
        "on call",
        "the code of one clinic opens another",
        "clinics/sign_in.py",
        'return bool(content.get(LET_IN_BY) == f"{user_id}:{clinic_id}")',
        "return LET_IN_BY in content",
        ("tests/clinics/test_on_call.py",),
    ),
    Defect(
        "on call",
        "a colleague's word changes the account",
        "clinics/middleware.py",
        "if not has_shown and second_factor.is_enrolled(request.user):",
        "if False:",
        ("tests/clinics/test_on_call.py",),
    ),
)
