from django.db import migrations

# A hold is of a person: it holds every record of theirs, the one that is followed and its doubles.
IS_HELD = """
CREATE FUNCTION is_held(patient uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE person(id) AS (
        SELECT patient
        UNION
        SELECT other.id FROM person
        JOIN patients_patient AS mine ON mine.id = person.id
        JOIN patients_patient AS other ON other.id = mine.merged_into_id OR other.merged_into_id = mine.id
    )
    SELECT EXISTS (
        SELECT FROM patients_legalhold AS hold
        WHERE hold.patient_id IN (SELECT id FROM person) AND hold.lifted_at IS NULL
    )
$$
"""

# As in 0020, and refuses what is held: whoever calls it, and whatever they asked before.
ERASE_ROWS = """
CREATE OR REPLACE FUNCTION erase_rows(erasure uuid, target regclass) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    condition text;
    patient uuid;
    gone bigint;
BEGIN
    SELECT patient_id INTO patient FROM patients_erasure WHERE id = erasure AND state = 'running';
    IF patient IS NULL THEN
        RAISE EXCEPTION 'no erasure % is running', erasure USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF is_held(patient) THEN
        RAISE EXCEPTION 'a legal hold is in force' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT replace(encode(t.tgargs, 'escape'), '\\000', '') INTO condition
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgrelid = target AND p.proname = 'refuse_change_but_erasure';
    IF condition IS NULL THEN
        RAISE EXCEPTION '% is append-only', target USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('app.erasing', current_setting('app.clinic'), true);
    EXECUTE format('DELETE FROM %s WHERE %s', target, condition) USING patient;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('app.erasing', '', true);
    RETURN gone;
END $$
"""

# The row that says so must not go first: neither it nor, by its key, the patient's row can be deleted.
HOLD_STAYS = """
CREATE FUNCTION refuse_end_of_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.lifted_at IS NOT NULL THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a legal hold is in force' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER hold_in_force_stays BEFORE DELETE ON patients_legalhold
    FOR EACH ROW EXECUTE FUNCTION refuse_end_of_hold()
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0052_all_reasons")]

    operations = [
        migrations.RunSQL(IS_HELD, "DROP FUNCTION is_held(uuid)"),
        migrations.RunSQL(ERASE_ROWS, migrations.RunSQL.noop),
        migrations.RunSQL(
            HOLD_STAYS,
            "DROP TRIGGER hold_in_force_stays ON patients_legalhold; DROP FUNCTION refuse_end_of_hold()",
        ),
    ]
