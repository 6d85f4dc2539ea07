from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0061_acknowledged_is_taken")]

    operations = [
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "resolved"), _negated=True),
                fields=("clinic", "patient", "rule", "is_shadow"),
                name="one_open_alert_per_patient_and_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("owner__isnull", True), ("taken_at__isnull", True)),
                        models.Q(
                            ("note__isnull", True),
                            ("outcome", ""),
                            ("resolved_at__isnull", True),
                            ("resolved_by__isnull", True),
                        ),
                        ("state__in", ["open", "shadow"]),
                    ),
                    models.Q(
                        models.Q(("owner__isnull", False), ("taken_at__isnull", False)),
                        models.Q(
                            ("note__isnull", True),
                            ("outcome", ""),
                            ("resolved_at__isnull", True),
                            ("resolved_by__isnull", True),
                        ),
                        ("state__in", ["taken", "not_reached", "reached"]),
                    ),
                    models.Q(
                        models.Q(
                            models.Q(("owner__isnull", False), ("taken_at__isnull", False)),
                            models.Q(("owner__isnull", True), ("taken_at__isnull", True)),
                            _connector="OR",
                        ),
                        models.Q(
                            ("note__isnull", False),
                            ("resolved_at__isnull", False),
                            ("resolved_by__isnull", False),
                            models.Q(("outcome", ""), _negated=True),
                        ),
                        ("state", "resolved"),
                    ),
                    _connector="OR",
                ),
                name="an_alert_says_who_has_and_resolved_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_shadow", True), ("state", "shadow")),
                    models.Q(("is_shadow", False), models.Q(("state", "shadow"), _negated=True)),
                    _connector="OR",
                ),
                name="a_shadow_is_nobodys_duty",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("offered_at__isnull", True), ("offered_to__isnull", True)),
                    models.Q(
                        models.Q(("owner__isnull", False), ("taken_at__isnull", False)),
                        ("offered_at__isnull", False),
                        ("offered_to__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="only_an_owner_offers_an_alert",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("snoozed_until__isnull", True),
                    models.Q(
                        models.Q(("owner__isnull", False), ("taken_at__isnull", False)),
                        ("state__in", ["taken", "not_reached"]),
                        models.Q(("lane__in", ["item_9", "call"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="urgent_alerts_never_sleep",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome__in", ["spoken", "not_reached", "noted", "no_contact"]),
                        ("rule", "item_9"),
                        _negated=True,
                    ),
                    models.Q(
                        ("next_date__isnull", False),
                        ("outcome", "spoken"),
                        ("spoken_at__isnull", False),
                        ("spoken_by__isnull", False),
                        ("spoken_with__isnull", False),
                    ),
                    models.Q(
                        ("next_date__isnull", False),
                        ("outcome", "not_reached"),
                        ("unreached_by__isnull", False),
                        models.Q(("unreached_by", models.F("resolved_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="item_9_says_who_spoke_or_who_else_looked",
            ),
        ),
    ]
