import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import clinics.encryption
import clinics.models.tenant
from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0072_heartbeat_alone"),
        ("patients", "0091_on_call_grants"),
    ]

    operations = [
        migrations.CreateModel(
            name="Intake",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveIntegerField()),
                ("reason", clinics.encryption.EncryptedTextField()),
                ("numbers", clinics.encryption.EncryptedTextField()),
                ("safe_contact", clinics.encryption.EncryptedTextField()),
                ("usual_location", clinics.encryption.EncryptedTextField()),
                ("language", clinics.encryption.EncryptedTextField()),
                ("needs", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                ("review_on", models.DateField()),
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
                    "deputy",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.membership"
                    ),
                ),
                (
                    "patient",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="intakes",
                        to="patients.patient",
                    ),
                ),
                (
                    "responsible",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.membership"
                    ),
                ),
                (
                    "written_by",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.membership"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "patient", "number"), name="one_intake_per_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("responsible", models.F("deputy")), _negated=True),
                        name="nobody_deputises_for_themselves",
                    ),
                ],
            },
        ),
        IsolateTable("Intake"),
    ]
