import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import clinics.encryption
import clinics.models.tenant
from clinics.migration_operations import EraseWithPatient, IsolateReference, IsolateTable


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0042_one_switch"),
        ("patients", "0041_programmes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Guardian",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("parent", "parent"),
                            ("court", "appointed by a court"),
                            ("proxy", "appointed by the patient"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", clinics.encryption.EncryptedTextField()),
                ("phone", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                (
                    "decides_until",
                    models.DateField(
                        blank=True,
                        help_text="The last day of their say; of a minor's parent, the day before 18.",
                        null=True,
                    ),
                ),
                ("recorded_by", models.CharField(max_length=60)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NoticeShown",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "notice",
                    models.CharField(
                        choices=[
                            ("ai", "A program guesses expressions from photos"),
                            ("monitoring", "Who looks at what you send, and when"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text_version", models.CharField(max_length=20)),
                ("text_language", models.CharField(max_length=10)),
                ("text_sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recorded_by", models.CharField(max_length=60)),
            ],
        ),
        migrations.AddField(
            model_name="patient",
            name="decider",
            field=models.CharField(
                choices=[("patient", "the patient decides"), ("guardian", "a guardian decides for them")],
                default="patient",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="legal_status",
            field=models.CharField(
                choices=[
                    ("voluntary", "here of their own will"),
                    ("detained", "detained"),
                    ("court_ordered", "under a court order"),
                ],
                default="voluntary",
                max_length=15,
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="merged_into",
            field=clinics.models.tenant.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="doubles",
                to="patients.patient",
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="state",
            field=models.CharField(
                choices=[
                    ("active", "followed"),
                    ("discharged", "discharged"),
                    ("transferred", "transferred to another clinic"),
                    ("merged", "a double, merged into another record"),
                    ("deceased", "died"),
                ],
                default="active",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="state_since",
            field=models.DateTimeField(default=django.utils.timezone.now),
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
                    ("notice_missing", "not used: the notice about the program was not read yet"),
                    ("face_off", "not used: photos of this patient are not read at present"),
                    ("closed", "not used: the record is closed"),
                    ("programme", "not used: it came through a programme of an employer"),
                    ("too_old", "not used: older than seven days"),
                ],
                default="none",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_into__isnull", False), ("state", "merged")),
                    models.Q(models.Q(("state", "merged"), _negated=True), ("merged_into", None)),
                    _connector="OR",
                ),
                name="a_double_names_its_record",
            ),
        ),
        migrations.AddField(
            model_name="guardian",
            name="clinic",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.clinic",
            ),
        ),
        migrations.AddField(
            model_name="guardian",
            name="patient",
            field=clinics.models.tenant.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="guardians", to="patients.patient"
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="guardian",
            field=clinics.models.tenant.TenantForeignKey(
                blank=True,
                db_index=False,
                help_text="Who decided for them.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="patients.guardian",
            ),
        ),
        migrations.AddField(
            model_name="noticeshown",
            name="clinic",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.clinic",
            ),
        ),
        migrations.AddField(
            model_name="noticeshown",
            name="patient",
            field=clinics.models.tenant.TenantForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="patients.patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticeshown",
            constraint=models.UniqueConstraint(
                fields=("clinic", "patient", "notice", "text_version"), name="told_once_of_each_version"
            ),
        ),
        IsolateTable("Guardian"),
        IsolateTable("NoticeShown", append_only=True),
        EraseWithPatient("NoticeShown", "patient_id = $1"),
        IsolateReference("Consent", "guardian"),
        IsolateReference("Patient", "merged_into"),
    ]
