from django.db import migrations

# As in 0051; what a clinic recorded in shadow is nobody's duty, and goes when it is old.
REMOVE = """
CREATE OR REPLACE FUNCTION remove_events_of_closed_alerts(older_than timestamptz, closed uuid[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE removed bigint;
BEGIN
    IF older_than > clock_timestamp() - interval '365 days' THEN
        RAISE EXCEPTION 'alerts closed within a year keep their history'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('app.erasing', current_setting('app.clinic'), true);
    DELETE FROM scoring_alertevent AS event USING (
        SELECT alert.clinic_id, alert.id FROM scoring_alert AS alert
        JOIN scoring_alertevent AS told ON told.clinic_id = alert.clinic_id AND told.alert_id = alert.id
        WHERE alert.id = ANY (closed) AND alert.state IN ('resolved', 'shadow')
            AND NOT is_held(alert.patient_id)
        GROUP BY alert.clinic_id, alert.id
        HAVING max(told.at) < older_than
            AND (array_agg(told.kind ORDER BY told.seq DESC))[1] IN ('resolved', 'recorded')
    ) AS due
        WHERE event.clinic_id = due.clinic_id AND event.alert_id = due.id;
    GET DIAGNOSTICS removed = ROW_COUNT;
    PERFORM set_config('app.erasing', '', true);
    RETURN removed;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0062_alerts_say_whose_they_are")]

    operations = [migrations.RunSQL(REMOVE, migrations.RunSQL.noop)]
