import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import clinics.encryption
import clinics.models.tenant
from clinics.migration_operations import IsolateReference, IsolateTable

# The names of keys and indexes follow the columns that were renamed.
RENAMED = """
ALTER TABLE scoring_alert RENAME CONSTRAINT scoring_alert_acknowledged_by_id_in_clinic
    TO scoring_alert_owner_id_in_clinic;
ALTER INDEX scoring_alert_acknowledged_by_id_by_clinic RENAME TO scoring_alert_owner_id_by_clinic;
"""
RENAMED_BACK = """
ALTER TABLE scoring_alert RENAME CONSTRAINT scoring_alert_owner_id_in_clinic
    TO scoring_alert_acknowledged_by_id_in_clinic;
ALTER INDEX scoring_alert_owner_id_by_clinic RENAME TO scoring_alert_acknowledged_by_id_by_clinic;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0068_denials_of_people"),
        ("patients", "0066_former_cards"),
        ("scoring", "0054_confusions_and_estimators"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertSeen",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("seq", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="AlertTimer",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("take", "to be taken"),
                            ("contact", "patient to be spoken to"),
                            ("snooze", "set aside until"),
                            ("accept", "offer to be accepted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("step", models.PositiveSmallIntegerField(default=0)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="AlertWords",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("text", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                ("whom", clinics.encryption.EncryptedTextField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="alert",
            name="one_open_alert_per_patient_and_rule",
        ),
        migrations.RemoveConstraint(
            model_name="alert",
            name="an_alert_says_who_took_and_resolved_it",
        ),
        migrations.RenameField(
            model_name="alert",
            old_name="acknowledged_at",
            new_name="taken_at",
        ),
        migrations.RenameField(
            model_name="alert",
            old_name="acknowledged_by",
            new_name="owner",
        ),
        migrations.AddField(
            model_name="alert",
            name="called_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                help_text="Since when somebody is wanted: opened, or opened again",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="called_seq",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="alert",
            name="facts",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="alert",
            name="is_shadow",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="alert",
            name="lane",
            field=models.CharField(
                choices=[
                    ("item_9", "last question of the PHQ-9"),
                    ("call", "please call me"),
                    ("face", "from photos"),
                    ("routine", "all else"),
                ],
                default="routine",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="next_date",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "none yet"),
                    ("noted", "as the note says"),
                    ("spoken", "somebody spoke to the patient"),
                    ("no_contact", "looked into; no contact was needed"),
                    ("not_reached", "not reached; the clinic's own steps were taken"),
                    ("handed_over", "a named receiver has accepted it"),
                    ("died", "the patient has died"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="offered_to",
            field=clinics.models.tenant.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.membership",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="reached_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="received_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="receiver",
            field=clinics.encryption.EncryptedTextField(
                blank=True, help_text="Who accepted it outside this clinic", null=True
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="severity",
            field=models.CharField(
                choices=[
                    ("urgent", "urgent"),
                    ("intervention", "intervention"),
                    ("warning", "warning"),
                    ("notice", "notice"),
                ],
                default="warning",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="snoozed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="snoozes",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="alert",
            name="spoken_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="spoken_by",
            field=clinics.models.tenant.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.membership",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="spoken_with",
            field=clinics.encryption.EncryptedTextField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="offered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="text",
            field=clinics.encryption.EncryptedTextField(
                blank=True, help_text="The clinic's own words of the rule", null=True
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="unreached_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="unreached_by",
            field=clinics.models.tenant.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.membership",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="was_helpful",
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alertevent",
            name="facts",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="alertevent",
            name="toward",
            field=clinics.models.tenant.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.membership",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="rule",
            field=models.CharField(max_length=60),
        ),
        migrations.AlterField(
            model_name="alert",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "open, nobody has it yet"),
                    ("taken", "taken, patient not yet spoken to"),
                    ("not_reached", "tried, patient not reached yet"),
                    ("reached", "patient spoken to, not resolved yet"),
                    ("resolved", "resolved"),
                    ("shadow", "recorded only: the clinic is not live yet"),
                ],
                default="open",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="alertevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "opened"),
                    ("recorded", "recorded in shadow: nobody was told"),
                    ("escalated", "became more serious"),
                    ("repeated", "happened again"),
                    ("changed", "the patient changed the answer to 0; the alert stays"),
                    ("taken", "taken"),
                    ("acknowledged", "taken"),
                    ("missed", "tried, patient not reached"),
                    ("reached", "patient spoken to"),
                    ("offered", "offered to a colleague"),
                    ("accepted", "accepted by the colleague"),
                    ("declined", "declined by the colleague"),
                    ("lapsed", "the offer was not answered in time"),
                    ("released", "given back: nobody has it"),
                    ("snoozed", "set aside"),
                    ("woke", "no longer set aside"),
                    ("passed_on", "not taken in time: passed on"),
                    ("overdue", "patient not spoken to in time: passed on"),
                    ("proposed", "not reached after the clinic's own steps; waits for a second clinician"),
                    ("handed_over", "accepted by a named receiver"),
                    ("resolved", "resolved"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="alertseen",
            name="alert",
            field=clinics.models.tenant.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="seen", to="scoring.alert"
            ),
        ),
        migrations.AddField(
            model_name="alertseen",
            name="clinic",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.clinic",
            ),
        ),
        migrations.AddField(
            model_name="alertseen",
            name="membership",
            field=clinics.models.tenant.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.membership"
            ),
        ),
        migrations.AddField(
            model_name="alerttimer",
            name="alert",
            field=clinics.models.tenant.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="timers", to="scoring.alert"
            ),
        ),
        migrations.AddField(
            model_name="alerttimer",
            name="clinic",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.clinic",
            ),
        ),
        migrations.AddField(
            model_name="alertwords",
            name="clinic",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.clinic",
            ),
        ),
        migrations.AddField(
            model_name="alertwords",
            name="event",
            field=clinics.models.tenant.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="words", to="scoring.alertevent"
            ),
        ),
        migrations.AddField(
            model_name="alertwords",
            name="patient",
            field=clinics.models.tenant.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="alertseen",
            constraint=models.UniqueConstraint(
                fields=("clinic", "alert", "membership"), name="seen_once_by_a_member"
            ),
        ),
        migrations.AddIndex(
            model_name="alerttimer",
            index=models.Index(fields=["clinic", "due_at"], name="timers_by_due"),
        ),
        migrations.AddConstraint(
            model_name="alerttimer",
            constraint=models.UniqueConstraint(
                fields=("clinic", "alert", "kind"), name="one_timer_of_a_kind_per_alert"
            ),
        ),
        migrations.AddConstraint(
            model_name="alertwords",
            constraint=models.UniqueConstraint(fields=("clinic", "event"), name="words_once_per_event"),
        ),
        migrations.RunSQL(RENAMED, RENAMED_BACK),
        IsolateReference("Alert", "offered_to"),
        IsolateReference("Alert", "spoken_by"),
        IsolateReference("Alert", "unreached_by"),
        IsolateReference("AlertEvent", "toward"),
        IsolateTable("AlertTimer"),
        IsolateTable("AlertWords"),
        IsolateTable("AlertSeen"),
    ]
