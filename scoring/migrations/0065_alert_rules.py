import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import clinics.encryption
import clinics.models.tenant


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0068_denials_of_people"),
        ("patients", "0090_hours_slept"),
        ("scoring", "0064_called"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertBudget",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("version", models.PositiveIntegerField()),
                ("per_day", models.PositiveSmallIntegerField(default=10)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "created_by",
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
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "version"), name="one_budget_per_version"),
                    models.CheckConstraint(
                        condition=models.Q(("per_day__gte", 1)), name="a_budget_is_above_0"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FaceSilence",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("is_wish", models.BooleanField(default=False)),
                ("reason", clinics.encryption.EncryptedTextField()),
                ("words", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
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
                    "lifted_by",
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
                        related_name="face_silences",
                        to="patients.patient",
                    ),
                ),
                (
                    "set_by",
                    clinics.models.tenant.TenantForeignKey(
                        blank=True,
                        help_text="Empty: the patient.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("clinic", "patient", "is_wish"),
                        name="one_silence_of_each_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_wish", True), ("set_by__isnull", False), _connector="OR"),
                        name="a_clinician_says_what_a_face_hides",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_at", None), ("lifted_at__gte", models.F("set_at")), _connector="OR"
                        ),
                        name="lifted_after_set",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleMemory",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("rule", models.CharField(max_length=60)),
                ("is_firing", models.BooleanField(default=False)),
                ("episode", models.CharField(blank=True, max_length=200)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                        related_name="rule_memories",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "patient", "rule"), name="one_memory_per_rule")
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleSetting",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("rule", models.CharField(max_length=60)),
                ("version", models.PositiveIntegerField()),
                ("is_on", models.BooleanField()),
                ("severity", models.CharField(max_length=20)),
                ("values", models.JSONField(default=dict)),
                ("text", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "created_by",
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "rule", "version"), name="one_setting_per_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["urgent", "intervention", "warning", "notice"])),
                        name="a_rule_has_a_known_severity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rule", "call_wanted"), _negated=True), ("is_on", True), _connector="OR"
                        ),
                        name="a_patients_wish_is_never_off",
                    ),
                ],
            },
        ),
    ]
