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
    ]

    operations = [
        migrations.CreateModel(
            name="MemberAddress",
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
                    "membership",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="message_addresses",
                        to="clinics.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "membership", "fingerprint"), name="a_members_address_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MemberChoices",
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
                    clinics.models.tenant.TenantOneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="message_choices",
                        to="clinics.membership",
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
                        name="clinics_memberchoices_quiet_has_both_ends",
                    )
                ],
            },
        ),
        IsolateTable("MemberAddress"),
        IsolateTable("MemberChoices"),
    ]
