import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import clinics.encryption
import clinics.models.tenant
from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0068_denials_of_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("beaten_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AlterField(
            model_name="clinicsettings",
            name="cover_hours",
            field=models.CharField(
                blank=True, help_text="A remark, shown beside the declared cover hours.", max_length=200
            ),
        ),
        migrations.CreateModel(
            name="ClinicSafety",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("has_duty_desk", models.BooleanField(default=False)),
                ("item_9_minutes", models.PositiveSmallIntegerField(default=60)),
                ("call_minutes", models.PositiveSmallIntegerField(default=60)),
                ("keeps_rota", models.BooleanField(default=False)),
                ("has_night_cover", models.BooleanField(default=False)),
                ("service_statement", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                ("no_answer_protocol", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                ("crisis_checked_at", models.DateTimeField(blank=True, null=True)),
                ("shadow_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("live_since", models.DateTimeField(blank=True, null=True)),
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.membership",
                    ),
                ),
                (
                    "lead",
                    clinics.models.tenant.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.membership",
                    ),
                ),
                (
                    "live_by",
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
                    models.UniqueConstraint(fields=("clinic",), name="one_safety_row_per_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lead", None),
                            ("deputy", None),
                            models.Q(("lead", models.F("deputy")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_is_their_own_deputy",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("item_9_minutes__range", (30, 240)),
                            models.Q(("has_duty_desk", True), ("item_9_minutes__range", (15, 240))),
                            _connector="OR",
                        ),
                        name="item_9_minutes_are_bearable",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("call_minutes__range", (30, 240)),
                            models.Q(("call_minutes__range", (15, 240)), ("has_duty_desk", True)),
                            _connector="OR",
                        ),
                        name="call_minutes_are_bearable",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CoverTime",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "lane",
                    models.CharField(
                        choices=[
                            ("item_9", "last question of the PHQ-9"),
                            ("call", "please call me"),
                            ("face", "from photos"),
                            ("routine", "all else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField()),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "lane", "weekday", "opens"), name="one_opening_per_lane_and_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__lte", 6)), name="a_week_has_seven_days"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("day", models.DateField()),
                ("name", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                ("closes_urgent", models.BooleanField(default=True)),
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
                "constraints": [models.UniqueConstraint(fields=("clinic", "day"), name="a_holiday_once")],
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
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
                        related_name="leaves",
                        to="clinics.membership",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "last_day"], name="leaves_by_last_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))), name="a_leave_has_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShadowLook",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("week_start", models.DateField()),
                ("looked_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "looked_by",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.membership"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "week_start"), name="one_look_per_week")
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("duty", "on duty"),
                            ("on_call", "on call"),
                            ("night", "night cover by phone"),
                        ],
                        default="duty",
                        max_length=10,
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
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
                        related_name="shifts",
                        to="clinics.membership",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "ends_at"], name="shifts_by_end")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "membership", "kind", "starts_at"), name="a_shift_once_per_person"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="a_shift_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrialAlert",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("screen", "on the screen and by the person's own choices"),
                            ("phone", "by phone"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
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
                        related_name="trial_alerts",
                        to="clinics.membership",
                    ),
                ),
                (
                    "sent_by",
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
                    models.Index(fields=["clinic", "membership", "-sent_at"], name="trial_alerts_by_member")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at", None),
                            ("confirmed_at__gte", models.F("sent_at")),
                            _connector="OR",
                        ),
                        name="confirmed_after_it_was_sent",
                    )
                ],
            },
        ),
        IsolateTable("ClinicSafety"),
        IsolateTable("CoverTime"),
        IsolateTable("Holiday"),
        IsolateTable("Leave"),
        IsolateTable("ShadowLook"),
        IsolateTable("Shift"),
        IsolateTable("TrialAlert"),
    ]
