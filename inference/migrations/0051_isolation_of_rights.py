from django.db import migrations

from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("inference", "0050_contests")]

    operations = [
        IsolateTable("ReadingContest"),
    ]
