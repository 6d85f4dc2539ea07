from django.db import migrations

from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("scoring", "0065_alert_rules")]

    operations = [
        IsolateTable("RuleSetting"),
        IsolateTable("RuleMemory"),
        IsolateTable("AlertBudget", append_only=True),
        IsolateTable("FaceSilence"),
    ]
