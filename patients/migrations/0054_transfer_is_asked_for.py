from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patients", "0053_holds_bind")]

    operations = [
        migrations.AlterField(
            model_name="rightsrequest",
            name="kind",
            field=models.CharField(
                choices=[
                    ("export", "a copy of my data"),
                    ("correct", "something is wrong: please correct it"),
                    ("restrict", "please stop using my data for now"),
                    ("erase", "please erase my data"),
                    ("object", "I object to how my data are used"),
                    ("transfer", "I am moving to another clinic: please close my record here"),
                ],
                max_length=10,
            ),
        ),
    ]
