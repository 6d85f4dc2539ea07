import django.db.models.deletion
from django.db import migrations, models

import clinics.models.tenant


class Migration(migrations.Migration):
    """A draft without a member is the patient's own."""

    dependencies = [
        ("clinics", "0072_heartbeat_alone"),
        ("patients", "0076_note_drafts"),
        ("patients", "0091_on_call_grants"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="notedraft", name="one_draft_per_field"),
        migrations.AlterField(
            model_name="notedraft",
            name="membership",
            field=clinics.models.tenant.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="notedraft",
            constraint=models.UniqueConstraint(
                fields=("clinic", "membership", "patient", "place", "field"),
                name="one_draft_per_field",
                nulls_distinct=False,
            ),
        ),
    ]
