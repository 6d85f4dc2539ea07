"""What beat rings, and when. A task that is rung often expires before its next turn: two are no use."""

from celery.schedules import crontab

Entry = dict[str, object]
DAY = 24 * 3600


def tasks(*, readings: int, timers: int, anchors: int, rules: int, messages: int) -> dict[str, Entry]:
    """By name. The seconds between two rounds are settings; times of day are UTC."""
    often = {
        "inference.tasks.sweep": readings,
        "scoring.tasks.judge_timers": timers,
        "scoring.tasks.judge_rules": rules,
        "scoring.tasks.send_digests": 600,
        "clinics.tasks.send_messages": messages,
        "clinics.tasks.anchor_access_logs": anchors,
        "clinics.tasks.replay_spooled_entries": 60,
        "patients.tasks.queue_reminders": 60,
        "patients.tasks.turn_questionnaires": 600,
        "patients.tasks.erase_due": 600,
    }
    at_times = {
        "clinics.tasks.mail_anchors": DAY,
        "clinics.tasks.remove_retired_keys": DAY,
        "clinics.tasks.remove_unconfirmed_accounts": crontab(hour=3, minute=47),
        "clinics.tasks.report_swallowed_denials": crontab(minute=5),
        "clinics.tasks.check_crisis_numbers": crontab(hour=6, minute=23),
        "patients.tasks.ask_to_confirm_contacts": crontab(hour=10, minute=7),
        "patients.tasks.enforce_retention": crontab(hour=3, minute=17),
        "inference.tasks.watch_classifiers": crontab(hour=4, minute=37),
    }
    return {
        **{
            task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
            for task, seconds in often.items()
        },
        **{task: {"task": task, "schedule": when} for task, when in at_times.items()},
    }
