import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import clinics.encryption
import clinics.models.tenant
from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0076_message_choices"),
        ("patients", "0080_intake"),
    ]

    operations = [
        migrations.AddField(
            model_name="emergencycontact",
            name="conditions",
            field=clinics.encryption.EncryptedTextField(
                blank=True,
                help_text="When and how the patient wants them called, in their own words.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="emergencycontact",
            name="confirmed_at",
            field=models.DateTimeField(
                blank=True, help_text="When the patient last said that it holds.", null=True
            ),
        ),
        migrations.CreateModel(
            name="PatientAddress",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "e-mail"),
                            ("push", "notification on a device"),
                            ("chat", "chat"),
                            ("sms", "text message"),
                        ],
                        max_length=10,
                    ),
                ),
                ("address", clinics.encryption.EncryptedTextField()),
                ("label", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                ("fingerprint", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "confirmed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When a test that went there was opened by its owner, signed in.",
                        null=True,
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
                    "patient",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="message_addresses",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "patient", "fingerprint"), name="a_patients_address_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PatientChoices",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("by_email", models.BooleanField(default=True, verbose_name="by e-mail")),
                (
                    "by_push",
                    models.BooleanField(default=False, verbose_name="as a notification on my devices"),
                ),
                ("by_chat", models.BooleanField(default=False, verbose_name="by chat")),
                ("by_sms", models.BooleanField(default=False, verbose_name="by text message")),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_until", models.TimeField(blank=True, null=True)),
                ("sender_name", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                ("tells_of_notes", models.BooleanField(default=False)),
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
                    clinics.models.tenant.TenantOneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="message_choices",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quiet_from", None), ("quiet_until", None)),
                            models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="patients_patientchoices_quiet_has_both_ends",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("at", models.TimeField()),
                ("weekdays", models.PositiveSmallIntegerField(default=127, help_text="Bit 0 is Monday.")),
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
                    "patient",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "patient", "at"), name="one_reminder_per_time"),
                    models.CheckConstraint(
                        condition=models.Q(("weekdays__gte", 1), ("weekdays__lte", 127)),
                        name="a_reminder_has_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrustedPerson",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", clinics.encryption.EncryptedTextField()),
                ("email", clinics.encryption.EncryptedTextField()),
                ("signed", clinics.encryption.EncryptedTextField(help_text="How the patient signs.")),
                ("words", clinics.encryption.EncryptedTextField()),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("by_hand", "only when I send it myself"),
                            ("sad", "when my photos look sad often"),
                        ],
                        default="by_hand",
                        max_length=10,
                    ),
                ),
                ("times", models.PositiveSmallIntegerField(default=5)),
                ("of_last", models.PositiveSmallIntegerField(default=7)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked"),
                            ("agreed", "agreed"),
                            ("stopped", "does not want messages"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("is_on", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField(null=True)),
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
                    clinics.models.tenant.TenantOneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trusted_person",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("of_last__lte", 60), ("times__gte", 1), ("times__lte", models.F("of_last"))
                        ),
                        name="so_often_in_so_many",
                    )
                ],
            },
        ),
        IsolateTable("PatientAddress"),
        IsolateTable("PatientChoices"),
        IsolateTable("Reminder"),
        IsolateTable("TrustedPerson"),
    ]
