import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import clinics.encryption
import clinics.models.tenant
from clinics.migration_operations import IsolateTable

# An answer is never edited. Its value may be sealed anew (a rotated key, a merged record) and its patient
# follow its record; the rest stands as it was kept.
AS_GIVEN = """
CREATE FUNCTION refuse_other_answer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.clinic_id, NEW.round_id, NEW.item, NEW.number, NEW.answered_at, NEW.saved_at, NEW.door,
        NEW.saved_by, NEW.idempotency_key, NEW.is_late, NEW.is_clock_doubtful)
        IS DISTINCT FROM (OLD.id, OLD.clinic_id, OLD.round_id, OLD.item, OLD.number, OLD.answered_at,
        OLD.saved_at, OLD.door, OLD.saved_by, OLD.idempotency_key, OLD.is_late, OLD.is_clock_doubtful)
    THEN
        RAISE EXCEPTION 'an answer is never edited: a change is a further row'
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answer_stays_as_given BEFORE UPDATE ON patients_questionnaireanswer
    FOR EACH ROW EXECUTE FUNCTION refuse_other_answer()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0068_denials_of_people"),
        ("patients", "0090_hours_slept"),
    ]

    operations = [
        migrations.CreateModel(
            name="QuestionnaireRound",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("questionnaire", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=10)),
                ("text_sha256", models.CharField(max_length=64)),
                ("opened_by", models.CharField(max_length=60)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "due_on",
                    models.DateField(help_text="The patient's own day, from which the next one is counted."),
                ),
                ("late_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "to be filled in"), ("finished", "sent"), ("closed", "over")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("total", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("band", models.CharField(blank=True, max_length=30)),
                ("subscales", models.JSONField(blank=True, default=dict)),
                (
                    "is_imputed",
                    models.BooleanField(default=False, help_text="One or two open answers took the mean."),
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
                        related_name="questionnaire_rounds",
                        to="patients.patient",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QuestionnaireAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("item", models.CharField(max_length=20)),
                (
                    "value",
                    clinics.encryption.EncryptedTextField(
                        help_text="The number; empty and sealed all the same: left open."
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="Counts the answers of the round.")),
                ("answered_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("page", "the patient, on the page"),
                            ("offline", "the patient, by their device, without a connection at first"),
                            ("api", "the patient, by their device"),
                            ("staff", "the clinic, as the patient said it"),
                        ],
                        max_length=10,
                    ),
                ),
                ("saved_by", models.CharField(max_length=60)),
                ("idempotency_key", models.CharField(max_length=80)),
                ("is_late", models.BooleanField(default=False)),
                ("is_clock_doubtful", models.BooleanField(default=False)),
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
                        related_name="questionnaire_answers",
                        to="patients.patient",
                    ),
                ),
                (
                    "round",
                    clinics.models.tenant.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="patients.questionnaireround",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QuestionnairePlan",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("questionnaire", models.CharField(max_length=20)),
                ("is_on", models.BooleanField(default=False)),
                ("every_days", models.PositiveSmallIntegerField()),
                ("late_after_days", models.PositiveSmallIntegerField()),
                ("closes_after_days", models.PositiveSmallIntegerField()),
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
                        fields=("clinic", "questionnaire"), name="one_plan_per_questionnaire"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("late_after_days__gte", 1),
                            ("closes_after_days__gte", models.F("late_after_days")),
                            ("every_days__gte", models.F("closes_after_days")),
                        ),
                        name="a_form_closes_before_the_next_is_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("questionnaire", "phq9"), _negated=True),
                            ("every_days__gte", 7),
                            _connector="OR",
                        ),
                        name="phq9_at_most_weekly",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="questionnaireround",
            index=models.Index(
                fields=["clinic", "patient", "questionnaire", "-due_on"], name="rounds_by_patient"
            ),
        ),
        migrations.AddIndex(
            model_name="questionnaireround",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["clinic", "closes_at"], name="rounds_to_close"
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaireround",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("clinic", "patient", "questionnaire"),
                name="one_open_round_per_questionnaire",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaireround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state", "open"), ("total", None)),
                    models.Q(models.Q(("state", "open"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="a_round_is_open_or_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaireround",
            constraint=models.CheckConstraint(
                condition=models.Q(("total", None), ("total__lte", 27), _connector="OR"),
                name="a_total_is_at_most_27",
            ),
        ),
        migrations.AddIndex(
            model_name="questionnaireanswer",
            index=models.Index(
                fields=["clinic", "patient", "item", "-answered_at"], name="answers_by_patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaireanswer",
            constraint=models.UniqueConstraint(
                fields=("clinic", "round", "idempotency_key"), name="one_answer_per_idempotency_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaireanswer",
            constraint=models.UniqueConstraint(
                fields=("clinic", "round", "number"), name="answers_are_counted"
            ),
        ),
        IsolateTable("QuestionnairePlan"),
        IsolateTable("QuestionnaireRound"),
        IsolateTable("QuestionnaireAnswer"),
        migrations.RunSQL(
            AS_GIVEN,
            "DROP TRIGGER answer_stays_as_given ON patients_questionnaireanswer;"
            " DROP FUNCTION refuse_other_answer()",
        ),
    ]
