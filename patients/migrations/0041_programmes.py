import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import clinics.models.tenant
from clinics.migration_operations import IsolateReference, IsolateTable

# A photo refers to its check-in with a mark that is always false: a marked check-in cannot have one, and one
# that has a photo cannot become marked. A check on one table could not say so.
MARKED_KEY = """
ALTER TABLE patients_checkin ADD CONSTRAINT checkin_with_its_mark UNIQUE (clinic_id, id, is_of_programme)
"""
NO_CAPTURE = """
ALTER TABLE patients_capture ADD CONSTRAINT capture_of_no_programme
    FOREIGN KEY (clinic_id, check_in_id, is_of_programme)
    REFERENCES patients_checkin (clinic_id, id, is_of_programme) DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0042_one_switch"),
        ("patients", "0040_ledger_texts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=100)),
                ("employer", models.CharField(help_text="As the people in it know it.", max_length=200)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="capture",
            name="is_of_programme",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AlterField(
            model_name="checkin",
            name="photo",
            field=models.CharField(
                choices=[
                    ("none", "no photo"),
                    ("taken", "waits to be read, or was read"),
                    ("consent_missing", "not used: no consent"),
                    ("not_allowed", "not used: this clinic does not analyse photos"),
                    ("programme", "not used: it came through a programme of an employer"),
                    ("too_old", "not used: older than seven days"),
                ],
                default="none",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="capture",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_of_programme", False)), name="no_capture_of_a_programme"
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="clinic",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.clinic",
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="patient",
            field=clinics.models.tenant.TenantForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrolments",
                to="patients.patient",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="clinic",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.clinic",
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="programme",
            field=clinics.models.tenant.TenantForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrolments",
                to="patients.programme",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="programme",
            field=clinics.models.tenant.TenantForeignKey(
                blank=True,
                help_text="The employer's it came by.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="check_ins",
                to="patients.programme",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("programme", None), models.Q(("photo", "taken"), _negated=True), _connector="OR"
                ),
                name="no_photo_through_a_programme",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.UniqueConstraint(fields=("clinic", "name"), name="one_programme_per_name"),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(fields=["clinic", "programme"], name="enrolments_by_programme"),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_at", None)),
                fields=("clinic", "patient", "programme"),
                name="enrolled_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("left_at", None), ("left_at__gte", models.F("joined_at")), _connector="OR"
                ),
                name="left_after_joining",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="is_of_programme",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.ExpressionWrapper(
                    models.Q(("programme__isnull", False)), output_field=models.BooleanField()
                ),
                help_text="Part of the key that photos and readings refer to: theirs is always false.",
                output_field=models.BooleanField(),
            ),
        ),
        IsolateTable("Programme"),
        IsolateTable("Enrolment"),
        IsolateReference("CheckIn", "programme"),
        migrations.RunSQL(MARKED_KEY, "ALTER TABLE patients_checkin DROP CONSTRAINT checkin_with_its_mark"),
        migrations.RunSQL(NO_CAPTURE, "ALTER TABLE patients_capture DROP CONSTRAINT capture_of_no_programme"),
    ]
