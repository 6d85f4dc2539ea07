from django.db import migrations

from clinics.migration_operations import IsolateTable

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("clinics", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION refuse_change()"),
        IsolateTable("ClinicSettings"),
        IsolateTable("DataKey"),
        IsolateTable("Membership", found_by_person=True),
        IsolateTable("CareTeam"),
        IsolateTable("CareTeamMember"),
        IsolateTable("AccessLogEntry", append_only=True),
    ]
