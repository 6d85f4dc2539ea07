"""The policy is the only switch of photos: `allows_facial_analysis` moved into it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clinics", "0041_first_policies")]

    operations = [migrations.RemoveField(model_name="clinicsettings", name="allows_facial_analysis")]
