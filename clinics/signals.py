"""News of this app for the apps above; receivers are connected in moodvision/pipeline.py."""

from django.dispatch import Signal

sign_ins_changed = Signal()
"""A person's session was locked, unlocked or ended. `user_id`."""

sessions_ended = Signal()
"""Somebody ended sessions of a person from a list. `user_id`, `count`."""

message_dead = Signal()
"""A message was given up; inside the transaction that says so. `clinic_id`, `message` (a Message)."""

clinic_went_live = Signal()
"""A clinic left shadow; inside the transaction that says so. `clinic_id`."""
