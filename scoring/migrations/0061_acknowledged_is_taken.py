"""Alerts from before the duty of alerts: acknowledged is taken, each has its lane, and each that is
unresolved has a timer, due at once. The sweeper waits for the clinic's opening."""

from django.db import migrations

# AlertEvent is append-only: its old rows keep the word "acknowledged".
STATEMENTS = (
    "UPDATE scoring_alert SET state = 'taken' WHERE state = 'acknowledged'",
    "UPDATE scoring_alert SET outcome = 'noted' WHERE state = 'resolved'",
    "UPDATE scoring_alert SET called_at = opened_at, called_seq = seq",
    "UPDATE scoring_alert SET lane = 'face', severity = line WHERE rule = 'score_line'",
    "UPDATE scoring_alert SET lane = 'call', severity = 'urgent' WHERE rule = 'call_wanted'",
    "UPDATE scoring_alert SET severity = 'notice' WHERE rule = 'analysis_failed'",
    """
    INSERT INTO scoring_alerttimer (id, clinic_id, alert_id, kind, due_at, step, started_at)
    SELECT gen_random_uuid(), clinic_id, id, CASE state WHEN 'open' THEN 'take' ELSE 'contact' END,
        now(), 0, now()
    FROM scoring_alert WHERE state IN ('open', 'taken')
    """,
)
BACK = (
    "DELETE FROM scoring_alerttimer",
    "UPDATE scoring_alert SET outcome = ''",
    "UPDATE scoring_alert SET state = 'acknowledged' WHERE state IN ('taken', 'not_reached', 'reached')",
)


def run_in_each_clinic(apps, schema_editor, statements):
    """The owner too is bound by the policies, so each clinic is entered."""
    clinics = apps.get_model("clinics", "Clinic").objects.using(schema_editor.connection.alias)
    with schema_editor.connection.cursor() as cursor:
        for clinic in clinics.order_by("slug"):
            cursor.execute("SELECT set_config('app.clinic', %s, true)", [str(clinic.pk)])
            for statement in statements:
                cursor.execute(statement)
        cursor.execute("SELECT set_config('app.clinic', '', true)")


def forwards(apps, schema_editor):
    run_in_each_clinic(apps, schema_editor, STATEMENTS)


def backwards(apps, schema_editor):
    run_in_each_clinic(apps, schema_editor, BACK)


class Migration(migrations.Migration):
    dependencies = [("scoring", "0060_duty_of_alerts")]

    operations = [migrations.RunPython(forwards, backwards)]
