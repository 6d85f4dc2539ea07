from django.db import migrations

from clinics.migration_operations import IsolateTable

IN_RANGE = """
ALTER TABLE scoring_scoreprofile
    ADD CONSTRAINT scores_are_0_to_10 CHECK (0 <= ALL (scores) AND 10 >= ALL (scores)),
    ADD CONSTRAINT weights_are_0_to_1 CHECK (0 <= ALL (weights) AND 1 >= ALL (weights))
"""
NOT_IN_RANGE = """
ALTER TABLE scoring_scoreprofile DROP CONSTRAINT scores_are_0_to_10, DROP CONSTRAINT weights_are_0_to_1
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial"), ("patients", "0002_isolation")]

    operations = [
        IsolateTable("ScoreProfile", append_only=True),
        IsolateTable("ModelReference"),
        IsolateTable("PeriodScore"),
        IsolateTable("PatientStanding"),
        IsolateTable("AlertSequence"),
        IsolateTable("Alert"),
        IsolateTable("AlertEvent", append_only=True),
        IsolateTable("PatientNote"),
        migrations.RunSQL(IN_RANGE, NOT_IN_RANGE),
    ]
