import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0071_safety_of_clinics"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "to",
                    models.CharField(
                        choices=[
                            ("staff", "a member of the clinic"),
                            ("patient", "a patient"),
                            ("trusted", "somebody a patient trusts"),
                        ],
                        max_length=10,
                    ),
                ),
                ("recipient_id", models.UUIDField()),
                ("patient_id", models.UUIDField(help_text="Whom it is to, or about.", null=True)),
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
                ("kind", models.CharField(max_length=20)),
                ("is_urgent", models.BooleanField(default=False)),
                ("facts", models.JSONField(default=dict)),
                ("dedupe_key", models.CharField(max_length=150)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waiting to be sent"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("dead", "could not be delivered"),
                            ("stopped", "stopped before it was sent"),
                            ("dropped", "dropped: too late, or nobody to send it to"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True, help_text="A code: of the last failure, or of the end.", max_length=30
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("not_before", models.DateTimeField(null=True)),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("sent_maybe_twice", models.BooleanField(default=False)),
                ("receipt_at", models.DateTimeField(null=True)),
                (
                    "seen_at",
                    models.DateTimeField(
                        help_text="When an administrator has seen that it is dead.", null=True
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
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "sending"])),
                        fields=["clinic", "-is_urgent", "next_try_at"],
                        name="messages_to_send",
                    ),
                    models.Index(fields=["clinic", "dedupe_key"], name="messages_by_occasion"),
                    models.Index(fields=["clinic", "patient_id"], name="messages_by_patient"),
                    models.Index(fields=["clinic", "state", "ended_at"], name="messages_by_end"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "recipient_id", "channel", "dedupe_key"),
                        name="never_the_same_message_twice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_until__isnull", False), ("state", "sending")),
                            models.Q(models.Q(("state", "sending"), _negated=True), ("lease_until", None)),
                            _connector="OR",
                        ),
                        name="what_is_being_sent_has_a_lease",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ["queued", "sending"])),
                            models.Q(
                                models.Q(("state__in", ["queued", "sending"]), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_message_ends_once",
                    ),
                ],
            },
        ),
        IsolateTable("Message"),
    ]
