import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import clinics.encryption
import clinics.models.tenant
from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0075_messages"),
        ("patients", "0085_messages_to_patients"),
    ]

    operations = [
        migrations.AlterField(
            model_name="correction",
            name="field",
            field=models.CharField(
                choices=[
                    ("name", "name"),
                    ("birth_date", "date of birth"),
                    ("email", "e-mail"),
                    ("phone", "phone"),
                    ("emergency_contacts", "emergency contacts"),
                    ("safety_plan", "safety plan"),
                    ("own_plan", "safety plan in the patient's own words"),
                    ("mood", "mood of a check-in"),
                    ("note", "note of a check-in"),
                    ("hours_slept", "hours slept of a check-in"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="LeftNote",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("left_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "check_in",
                    clinics.models.tenant.TenantOneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="left_note",
                        to="patients.checkin",
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.clinic",
                    ),
                ),
                (
                    "owner",
                    clinics.models.tenant.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.membership",
                    ),
                ),
                (
                    "patient",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="left_notes",
                        to="patients.patient",
                    ),
                ),
                (
                    "read_by",
                    clinics.models.tenant.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.membership",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at", None)),
                        fields=["clinic", "left_at"],
                        name="unread_notes_by_age",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("read_at", None), ("read_by", None)),
                            models.Q(("read_at__isnull", False), ("read_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_read_note_names_its_reader",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnPlanPart",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("heading", clinics.encryption.EncryptedTextField()),
                ("text", clinics.encryption.EncryptedTextField()),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.clinic",
                    ),
                ),
                (
                    "patient",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="own_plan_parts",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "patient", "position"), name="one_part_of_a_plan_per_position"
                    )
                ],
            },
        ),
        IsolateTable("LeftNote"),
        IsolateTable("OwnPlanPart"),
    ]
