"""What keeps clinics, teams and employers apart."""

from tests.mutations.defects.defect import Defect

ACCESS = "tests/test_access.py"
GATES_ALONE = "tests/test_gates_alone.py"
ROWS = "tests/isolation/test_rows.py"
SCHEMA = "tests/clinics/test_schema.py"
ONE_CONNECTION = "tests/isolation/test_one_connection.py"
SEALED = "tests/clinics/test_encryption.py"
SOCKET = "tests/isolation/test_other_doors.py"

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
        "gate",
        "an answer leaves without its headers",
        "clinics/browser_headers.py",
        '        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")\n',
        "",
        (ACCESS,),
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
        "gate",
        "a broken glass opens what outlasts it",
        "patients/access.py",
        "        if through_glass:\n",
        "        if True:\n",
        ("tests/patients/test_break_glass.py",),
    ),
    Defect(
        "policy",
        "the owner's function looks into temporary tables first",
        "scoring/migrations/0063_events_of_shadows.py",
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
        ("tests/scoring/test_socket_teams.py",),
    ),
    Defect(
        "body",
        "a field for an id that nobody tries",
        "patients/forms/standing.py",
        "    guardian = forms.UUIDField()\n",
        "    guardian = forms.UUIDField()\n    other_guardian = forms.UUIDField(required=False)\n",
        ("tests/isolation/test_foreign_ids.py::test_every_field_that_takes_an_id_is_tried",),
    ),
    Defect(
        "body",
        "a form that offers the teams of every clinic",
        "patients/forms/records.py",
        "CareTeam.objects.filter(clinic=clinic)",
        "CareTeam.objects.all()",
        ("tests/test_gates_alone.py::test_a_form_offers_and_takes_teams_of_its_own_clinic_alone",),
    ),
    Defect(
        "programme",
        "a photo may come through an employer's programme",
        "patients/migrations/0041_programmes.py",
        'condition=models.Q(("is_of_programme", False)), name="no_capture_of_a_programme"',
        'condition=models.Q(("is_of_programme__in", [False, True])), name="no_capture_of_a_programme"',
        ("tests/patients/test_programme_wall.py::test_a_programmes_check_in_can_have_no_photo",),
    ),
    Defect(
        "index",
        "an index that reads past other clinics' rows",
        "clinics/migration_operations.py",
        'f\'CREATE INDEX "{name}" ON "{table}" {columns}\'',
        'f\'CREATE INDEX "{name}" ON "{table}" ("{field.column}")\'',
        (f"{SCHEMA}::test_references_are_found_by_an_index_that_leads_with_the_clinic",),
    ),
)
