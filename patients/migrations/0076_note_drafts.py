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
        ("patients", "0075_own_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="NoteDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("place", models.CharField(max_length=200)),
                ("field", models.CharField(max_length=60)),
                ("text", clinics.encryption.EncryptedTextField()),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "membership",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.membership"
                    ),
                ),
                (
                    "patient",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="note_drafts",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "saved_at"], name="drafts_by_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "membership", "patient", "place", "field"),
                        name="one_draft_per_field",
                    )
                ],
            },
        ),
        IsolateTable("NoteDraft"),
    ]
