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
STALE = "tests/isolation/test_stale_sessions.py"
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
        "inference/services.py",
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
        "return is_subject and sign_in.is_locked(request.session)",
        "return False",
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
        "team",
        "whoever works here follows every team's patients",
        "patients/access.py",
        "        patients = patients.filter(mine)\n",
        "",
        (
            "tests/isolation/test_care_team.py::test_no_page_at_all_names_the_patient_to_who_is_not_in_the_team",
        ),
    ),
    Defect(
        "team",
        "a team's alerts sound on every screen",
        "scoring/listeners.py",
        "        None if teams is None else teams.get(membership.pk, frozenset()),\n",
        "        None,\n",
        ("tests/scoring/test_alert_socket.py",),
    ),
    Defect(
        "body",
        "a field for an id that nobody tries",
        "patients/forms.py",
        "    guardian = forms.UUIDField()\n",
        "    guardian = forms.UUIDField()\n    other_guardian = forms.UUIDField(required=False)\n",
        ("tests/isolation/test_foreign_ids.py::test_every_field_that_takes_an_id_is_tried",),
    ),
    Defect(
        "body",
        "a form that offers the teams of every clinic",
        "patients/forms.py",
        "CareTeam.objects.filter(clinic=clinic)",
        "CareTeam.objects.all()",
        ("tests/test_gates_alone.py::test_a_form_offers_and_takes_teams_of_its_own_clinic_alone",),
    ),
    Defect(
        "again",
        "a session left open changes the policy",
        "patients/views/policies.py",
        "@sudo.required_to_post\n",
        "",
        (STALE,),
    ),
    Defect(
        "again",
        "an old confirmation is as good as a new one",
        "clinics/sudo.py",
        '    return any(time.time() - record["at"] < FRESH_SECONDS for record in records)\n',
        "    return bool(records)\n",
        (STALE,),
    ),
    Defect(
        "revoked",
        "signing out leaves the screens on",
        "clinics/adapters.py",
        "logout(request)\n        signals.sign_ins_changed.send(sender=User, user_id=user_id)\n",
        "logout(request)\n",
        ("tests/scoring/test_socket_sessions.py::test_signing_out_closes_the_socket_at_once",),
    ),
    Defect(
        "revoked",
        "an old password keeps its sockets",
        "scoring/listeners.py",
        "return content if is_theirs and not sign_in.is_over(content) else None",
        "return content if not sign_in.is_over(content) else None",
        ("tests/scoring/test_alert_socket.py",),
    ),
    Defect(
        "factor",
        "a code works as often as one likes",
        "clinics/second_factor.py",
        'if counter is None or counter <= row.data.get("last_counter", -1):',
        "if counter is None:",
        ("tests/clinics/test_second_factor.py",),
    ),
)
