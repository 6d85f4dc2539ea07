"""An export is complete by column: each field goes out, or is left out with a reason."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from clinics import tenancy
from clinics.models import CareTeam, Clinic
from patients import exports, services
from patients.exports import LEFT_OUT_EVERYWHERE, Columns, Section
from patients.models import Consent, Guardian, Patient, Purpose
from tests.clinics.factories import make_member
from tests.furnishing import Staff, furnish_patient
from tests.patients.factories import make_patient
from tests.scoring.factories import add_days_of


def columns_of_models() -> dict[str, Columns]:
    return {label: columns for part in exports.exporters() for label, columns in part.columns.items()}


def sections_of(patient: Patient) -> dict[str, Section]:
    return {section.name: section for part in exports.exporters() for section in part.sections(patient)}


def shown_in(field: models.Field, columns: Columns, section: Section) -> str | None:  # type: ignore[type-arg]
    """The column of the section that holds the field; a column of the same name alone says so too."""
    column = columns.renamed.get(field.name, field.name)
    is_id_of_another = field.name in LEFT_OUT_EVERYWHERE and field.name not in columns.renamed
    return column if column in section.columns and not is_id_of_another else None


def fields_of(label: str) -> Iterator[models.Field]:  # type: ignore[type-arg]
    return iter(apps.get_model(label)._meta.concrete_fields)


def unaccounted(sections: dict[str, Section]) -> set[str]:
    return {
        f"{label}.{field.name}"
        for label, columns in columns_of_models().items()
        for field in fields_of(label)
        if shown_in(field, columns, sections[columns.section]) is None
        and not columns.left_out.get(field.name)
        and field.name not in LEFT_OUT_EVERYWHERE
    }


@pytest.fixture
def furnished(clinic_a: Clinic, pat: Patient) -> Patient:
    """A record with a row in every table that hangs on it, in a care team, and with a score."""
    by = Staff(
        *(
            make_member(clinic_a, role, role.title())
            for role in ("clinician", "administrator", "privacy_officer")
        )
    )
    add_days_of(pat, "sad", 6)
    furnish_patient(pat, by, lambda label: "1970-01-01" if label.endswith("birth_date") else label)
    with tenancy.enter(clinic_a.pk):
        programme = services.open_programme(clinic=clinic_a, name="P", employer="E", by=by.administrator)
        services.join_programme(patient=pat, programme_id=programme.pk)
        pat.care_team = CareTeam.objects.create(clinic=clinic_a, name="Ward 3")
        pat.save()
        Consent.objects.create(
            clinic=clinic_a, patient=pat, purpose=Purpose.LIVE_SESSION, number=90, is_granted=True,
            text_version="1", text_sha256="0" * 64, guardian=Guardian.objects.get(patient=pat),
            recorded_by=by.clinician.actor_label,
        )  # fmt: skip
    return pat


def test_every_exported_table_says_where_its_columns_go() -> None:
    covered = {label for part in exports.exporters() for label in part.covers}
    assert set(columns_of_models()) == covered


def test_every_column_goes_out_or_is_left_out_with_a_reason(in_a: Clinic, pat: Patient) -> None:
    assert unaccounted(sections_of(pat)) == set()


def test_a_column_that_nobody_thought_of_is_caught(
    in_a: Clinic, pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted: models.Field = models.TextField(name="secret_file")  # type: ignore[type-arg]
    fields = (*Patient._meta.concrete_fields, planted)
    monkeypatch.setitem(Patient._meta.__dict__, "concrete_fields", fields)
    assert unaccounted(sections_of(pat)) == {"patients.Patient.secret_file"}


def test_nothing_is_renamed_or_left_out_that_is_not_there(in_a: Clinic, pat: Patient) -> None:
    sections = sections_of(pat)
    for label, columns in columns_of_models().items():
        names = {field.name for field in fields_of(label)}
        assert set(columns.renamed) | set(columns.left_out) <= names, label
        assert set(columns.renamed.values()) <= set(sections[columns.section].columns), label
        assert not set(columns.renamed) & set(columns.left_out), label


def test_what_stands_in_the_rows_stands_in_the_file(furnished: Patient) -> None:
    """Not only a heading: where any row has a value, some row of the section has one."""
    with tenancy.enter(furnished.clinic_id):
        sections = sections_of(furnished)
        empty = {
            f"{label}.{field.name}"
            for label, columns in columns_of_models().items()
            for field in fields_of(label)
            if (column := shown_in(field, columns, sections[columns.section]))
            and any(getattr(row, field.attname) for row in apps.get_model(label)._default_manager.all())
            and not any(row[column] for row in sections[columns.section].rows)
        }
    assert empty == {"patients.BreakGlass." + name for name in BEFORE_ITS_NOTICE}


BEFORE_ITS_NOTICE = ("opened_at", "ends_at", "reason", "notice_at")
"""The notice of the broken glass was delayed: its row comes when it may."""


def test_every_row_has_each_of_its_columns_and_no_other(furnished: Patient) -> None:
    with tenancy.enter(furnished.clinic_id):
        for section in sections_of(furnished).values():
            assert all(set(row) == set(section.columns) for row in section.rows), section.name


def test_a_decision_says_who_decided_on_which_words(furnished: Patient) -> None:
    with tenancy.enter(furnished.clinic_id):
        *own, of_guardian = sections_of(furnished)["consents"].rows
    assert {row["decided_by"] for row in own} == {"you"}
    assert of_guardian["decided_by"] == "patients.guardian.name"
    assert (of_guardian["recorded_by"], of_guardian["text_language"]) == ("your clinic", "en")
    assert of_guardian["text_sha256"] == "0" * 64


def test_the_record_says_its_standing(furnished: Patient) -> None:
    with tenancy.enter(furnished.clinic_id):
        Patient.objects.filter(pk=furnished.pk).update(legal_status="detained")
        furnished.refresh_from_db()
        row = sections_of(furnished)["record"].rows[0]
    assert (row["care_team"], row["legal_status"]) == ("Ward 3", "detained")
    assert row["decider"] == "the patient decides"
    assert "kept_until" in row


def test_another_record_fills_no_column_of_this_one(furnished: Patient) -> None:
    with tenancy.enter(furnished.clinic_id):
        sections = sections_of(make_patient(furnished.clinic, "Quinn Quast"))
    of_a_new_record = {"record", "consents", "notices"}
    assert {name for name, section in sections.items() if section.rows} == of_a_new_record
