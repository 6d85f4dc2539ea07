import uuid

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models

from clinics.migration_operations import append_only

# The function locks the chain, numbers the entries, writes their canonical text in the second format and
# hashes it. The columns are taken from that very text. Each statement of a function sees what was committed
# before it, so the last row is read after the lock is held. Who waits ten seconds for the chain gives up.
# The commit does not wait for the disk while it holds the chain: clinics.access_log waits right after it, so
# that one flush serves all who wait. What a transaction read of another lies before its own end in the WAL.
APPEND = """
CREATE FUNCTION {function}({chain_parameter}ids uuid[], bodies text[]) RETURNS bigint
LANGUAGE plpgsql SET lock_timeout = '10s' AS $$
DECLARE
    last_number bigint;
    last_hash text;
    body jsonb;
    canonical_text text;
    digest text;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    PERFORM pg_advisory_xact_lock(hashtextextended('access_log:' || {chain}, 0));
    SELECT number, entry_hash INTO last_number, last_hash
        FROM {table} {of_chain} ORDER BY number DESC LIMIT 1;
    last_number := coalesce(last_number, 0);
    last_hash := coalesce(last_hash, repeat('0', 64));
    FOR i IN 1 .. cardinality(ids) LOOP
        last_number := last_number + 1;
        body := bodies[i]::jsonb;
        canonical_text := '{{"v":2,"chain":"' || {chain} || '","number":' || last_number
            || ',"previous":"' || last_hash || '",' || substr(bodies[i], 2);
        digest := encode(sha256(convert_to(canonical_text, 'UTF8')), 'hex');
        INSERT INTO {table} (id, {chain_column}number, at, kind, action, outcome, actor, role,
                             canonical, previous_hash, entry_hash)
        VALUES (ids[i], {chain_values}last_number, (body->>'at')::timestamptz, body->>'kind',
                body->>'action', body->>'outcome', body->>'actor', body->>'role',
                canonical_text, last_hash, digest);
        last_hash := digest;
    END LOOP;
    RETURN last_number;
END $$
"""
APPEND_TO_CLINIC = APPEND.format(
    function="append_access_log",
    chain_parameter="of_clinic uuid, ",
    chain="of_clinic::text",
    table="clinics_accesslogentry",
    of_chain="WHERE clinic_id = of_clinic",
    chain_column="clinic_id, patient_id, ",
    chain_values="of_clinic, (body->>'patient')::uuid, ",
)
APPEND_TO_PLATFORM = APPEND.format(
    function="append_platform_log",
    chain_parameter="",
    chain="'platform'",
    table="clinics_platformlogentry",
    of_chain="",
    chain_column="",
    chain_values="",
)


# Every entry would lock its clinic's row for a moment, and four writers at once make that dear. The policy
# holds clinic_id to the clinic that was entered, and a clinic with a log is never deleted.
FREE_OF_CLINIC = """
DO $$
DECLARE found text;
BEGIN
    SELECT conname INTO STRICT found FROM pg_constraint
        WHERE conrelid = 'clinics_accesslogentry'::regclass AND confrelid = 'clinics_clinic'::regclass;
    EXECUTE format('ALTER TABLE clinics_accesslogentry DROP CONSTRAINT %I', found);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("clinics", "0021_erasing")]

    operations = [
        migrations.AddField("accesslogentry", "kind", models.CharField(default="", max_length=12)),
        migrations.AddField("accesslogentry", "role", models.CharField(default="", max_length=20)),
        migrations.AddIndex(
            "accesslogentry", models.Index(fields=["clinic", "actor", "number"], name="log_by_actor")
        ),
        migrations.AddIndex("accesslogentry", BrinIndex(fields=["clinic", "at"], name="log_by_time")),
        migrations.RunSQL(FREE_OF_CLINIC, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="PlatformLogEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(default="", max_length=12)),
                ("action", models.CharField(max_length=60)),
                ("outcome", models.CharField(max_length=10)),
                ("actor", models.CharField(max_length=60)),
                ("role", models.CharField(default="", max_length=20)),
                ("canonical", models.TextField()),
                ("previous_hash", models.CharField(max_length=64)),
                ("entry_hash", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("number",), name="platform_log_numbers_have_no_double")
                ]
            },
        ),
        *(
            migrations.RunSQL(statement, migrations.RunSQL.noop)
            for statement in append_only("clinics_platformlogentry")
        ),
        migrations.RunSQL(APPEND_TO_CLINIC, "DROP FUNCTION append_access_log(uuid, uuid[], text[])"),
        migrations.RunSQL(APPEND_TO_PLATFORM, "DROP FUNCTION append_platform_log(uuid[], text[])"),
    ]
