from django.conf import settings
from django.db import migrations

# Retention must be able to take the history of an alert that is long closed, and nothing else may take any.
# The runtime role still has no DELETE on the table: it may call one function, which deletes as the owner,
# under the owner's (forced) policy, and only what was closed at least a year ago. The trigger of
# `EraseWithPatient` lets deletes
# pass in the clinic that `app.erasing` names; who sets that without the function still lacks the privilege.
REMOVE = """
CREATE FUNCTION remove_events_of_closed_alerts(older_than timestamptz, closed uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE removed bigint;
BEGIN
    IF older_than > clock_timestamp() - interval '365 days' THEN
        RAISE EXCEPTION 'alerts closed within a year keep their history'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('app.erasing', current_setting('app.clinic'), true);
    DELETE FROM scoring_alertevent AS event USING scoring_alert AS alert
        WHERE alert.clinic_id = event.clinic_id AND alert.id = event.alert_id
        AND alert.id = ANY (closed) AND alert.state = 'resolved' AND alert.resolved_at < older_than;
    GET DIAGNOSTICS removed = ROW_COUNT;
    PERFORM set_config('app.erasing', '', true);
    RETURN removed;
END $$
"""


def let_runtime_call(apps, schema_editor):
    runtime = schema_editor.quote_name(settings.DATABASES["default"]["USER"])
    name = "FUNCTION remove_events_of_closed_alerts(timestamptz, uuid[])"
    schema_editor.execute(f"REVOKE ALL ON {name} FROM PUBLIC")
    schema_editor.execute(f"GRANT EXECUTE ON {name} TO {runtime}")


class Migration(migrations.Migration):
    dependencies = [("scoring", "0020_erasing"), ("clinics", "0002_isolation")]

    operations = [
        migrations.RunSQL(REMOVE, "DROP FUNCTION remove_events_of_closed_alerts(timestamptz, uuid[])"),
        migrations.RunPython(let_runtime_call, migrations.RunPython.noop),
    ]
