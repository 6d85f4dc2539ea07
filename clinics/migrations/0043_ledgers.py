from django.db import migrations

REFUSE_LEDGER_CHANGE = """
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.patient_id::text = current_setting('app.erasing', true) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""

REFUSE_HALF_ERASURE = """
CREATE FUNCTION refuse_half_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE is_left boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE clinic_id = $1 AND patient_id = $2)', TG_TABLE_NAME)
        INTO is_left USING OLD.clinic_id, OLD.patient_id;
    IF is_left THEN
        RAISE EXCEPTION '% is erased by whole patients', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("clinics", "0042_one_switch")]

    operations = [
        migrations.RunSQL(REFUSE_LEDGER_CHANGE, "DROP FUNCTION refuse_ledger_change()"),
        migrations.RunSQL(REFUSE_HALF_ERASURE, "DROP FUNCTION refuse_half_erasure()"),
    ]
