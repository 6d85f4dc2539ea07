from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinics", "0042_one_switch"), ("patients", "0031_break_glass")]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="text_language",
            field=models.CharField(default="en", max_length=10),
        ),
        migrations.AddField(
            model_name="consent",
            name="text_sha256",
            field=models.CharField(
                blank=True, default="", help_text="Empty in rows from before hashes.", max_length=64
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="consent",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("facial_analysis", "A program may guess expressions from my photos"),
                    ("image_retention", "My clinic may keep my photos for a while"),
                    ("live_session", "A program may guess expressions while I talk by video"),
                    ("research_export", "My data may be used for research, without my name"),
                    ("emergency_contact", "My clinic may call the person I named, in an emergency"),
                    ("programme", "I take part in a wellbeing programme of my employer"),
                ],
                max_length=30,
            ),
        ),
    ]
