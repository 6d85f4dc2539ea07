from django.db import migrations, models

# A hold is lifted, and only that: it neither moves nor goes but with its patient's erasure.
TRACES = """
CREATE OR REPLACE FUNCTION refuse_end_of_hold() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.lifted_at IS NULL OR NOT EXISTS (
        SELECT FROM patients_erasure WHERE patient_id = OLD.patient_id AND state = 'running'
    ) THEN
        RAISE EXCEPTION 'a legal hold stays with its record' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;
CREATE FUNCTION refuse_other_hold() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.clinic_id, NEW.patient_id, NEW.placed_by, NEW.placed_at)
        IS DISTINCT FROM (OLD.id, OLD.clinic_id, OLD.patient_id, OLD.placed_by, OLD.placed_at)
        OR (OLD.lifted_at IS NOT NULL AND (NEW.lifted_at, NEW.lifted_by)
            IS DISTINCT FROM (OLD.lifted_at, OLD.lifted_by))
    THEN
        RAISE EXCEPTION 'of a legal hold only its end may be written, once'
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_is_lifted_once BEFORE UPDATE ON patients_legalhold
    FOR EACH ROW EXECUTE FUNCTION refuse_other_hold()
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0057_desk_of_erasures")]

    operations = [
        migrations.AddField(
            model_name="patient", name="linked_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.RunSQL(
            TRACES,
            "DROP TRIGGER hold_is_lifted_once ON patients_legalhold; DROP FUNCTION refuse_other_hold()",
        ),
    ]
