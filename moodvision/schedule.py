"""What beat rings, and when. A task that is rung often expires before its next turn: two are no use."""

from celery.schedules import crontab

Entry = dict[str, object]


def tasks(*, readings: int, timers: int, anchors: int, rules: int, messages: int) -> dict[str, Entry]:
    """By name. The seconds between two rounds are settings; times of day are UTC."""
    return {
        "sweep": {
            "task": "inference.tasks.sweep",
            "schedule": readings,
            "options": {"expires": readings},
        },
        "judge_timers": {
            "task": "scoring.tasks.judge_timers",
            "schedule": timers,
            "options": {"expires": timers},
        },
        "send_digests": {"task": "scoring.tasks.send_digests", "schedule": 600, "options": {"expires": 600}},
        "remove-retired-keys": {"task": "clinics.tasks.remove_retired_keys", "schedule": 24 * 3600},
        "erase-due": {"task": "patients.tasks.erase_due", "schedule": 600, "options": {"expires": 600}},
        "turn-questionnaires": {
            "task": "patients.tasks.turn_questionnaires",
            "schedule": 600,
            "options": {"expires": 600},
        },
        "anchor_access_logs": {
            "task": "clinics.tasks.anchor_access_logs",
            "schedule": anchors,
            "options": {"expires": anchors},
        },
        "mail_anchors": {"task": "clinics.tasks.mail_anchors", "schedule": 24 * 3600},
        "replay_spooled_entries": {
            "task": "clinics.tasks.replay_spooled_entries",
            "schedule": 60,
            "options": {"expires": 60},
        },
        "remove_unconfirmed_accounts": {
            "task": "clinics.tasks.remove_unconfirmed_accounts",
            "schedule": crontab(hour=3, minute=47),
        },
        "report_swallowed_denials": {
            "task": "clinics.tasks.report_swallowed_denials",
            "schedule": crontab(minute=5),
        },
        "watch_classifiers": {
            "task": "inference.tasks.watch_classifiers",
            "schedule": crontab(hour=4, minute=37),
        },
        "queue_reminders": {
            "task": "patients.tasks.queue_reminders",
            "schedule": 60,
            "options": {"expires": 60},
        },
        "ask_to_confirm_contacts": {
            "task": "patients.tasks.ask_to_confirm_contacts",
            "schedule": crontab(hour=10, minute=7),
        },
        "judge_rules": {
            "task": "scoring.tasks.judge_rules",
            "schedule": rules,
            "options": {"expires": rules},
        },
        "check_crisis_numbers": {
            "task": "clinics.tasks.check_crisis_numbers",
            "schedule": crontab(hour=6, minute=23),
        },
        "send_messages": {
            "task": "clinics.tasks.send_messages",
            "schedule": messages,
            "options": {"expires": messages},
        },
        "retention": {"task": "patients.tasks.enforce_retention", "schedule": crontab(hour=3, minute=17)},
    }
