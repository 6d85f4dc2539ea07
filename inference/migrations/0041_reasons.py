from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0042_one_switch"),
        ("inference", "0040_no_reading_of_a_programme"),
        ("patients", "0042_standing"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="reading",
            name="scored_with_all_seven_or_reason",
        ),
        migrations.AlterField(
            model_name="reading",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_face", "no face found"),
                    ("several_faces", "more than one face"),
                    ("blurred", "blurred"),
                    ("too_dark", "too dark"),
                    ("too_bright", "too bright"),
                    ("tilted", "the head is tilted too far"),
                    ("face_too_small", "the face is too small"),
                    ("uncertain", "too uncertain"),
                    ("unreadable", "the file could not be read"),
                    ("consent_missing", "not read: consent was missing"),
                    ("not_allowed", "not read: this clinic does not analyse photos"),
                    ("notice_missing", "not read: the notice about the program was not read yet"),
                    ("face_off", "not read: photos of this patient are not read at present"),
                    ("closed", "not read: the record is closed"),
                    ("too_old", "not read: too old"),
                    ("dead", "reading it failed"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("is_scored", True),
                        ("reason", ""),
                        ("angry__gte", 0),
                        ("angry__isnull", False),
                        ("disgust__gte", 0),
                        ("disgust__isnull", False),
                        ("fear__gte", 0),
                        ("fear__isnull", False),
                        ("happy__gte", 0),
                        ("happy__isnull", False),
                        ("neutral__gte", 0),
                        ("neutral__isnull", False),
                        ("sad__gte", 0),
                        ("sad__isnull", False),
                        ("surprise__gte", 0),
                        ("surprise__isnull", False),
                    ),
                    models.Q(
                        ("is_scored", False),
                        (
                            "reason__in",
                            [
                                "no_face",
                                "several_faces",
                                "blurred",
                                "too_dark",
                                "too_bright",
                                "tilted",
                                "face_too_small",
                                "uncertain",
                                "unreadable",
                                "consent_missing",
                                "not_allowed",
                                "notice_missing",
                                "face_off",
                                "closed",
                                "too_old",
                                "dead",
                            ],
                        ),
                        ("angry", None),
                        ("disgust", None),
                        ("fear", None),
                        ("happy", None),
                        ("neutral", None),
                        ("sad", None),
                        ("surprise", None),
                    ),
                    _connector="OR",
                ),
                name="scored_with_all_seven_or_reason",
            ),
        ),
    ]
