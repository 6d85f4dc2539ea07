from clinics.views.cover import cover_page
from clinics.views.crisis import crisis_of_clinic, crisis_page, service_worker
from clinics.views.going_live import going_live_page, shadow_week
from clinics.views.joining import join
from clinics.views.members import change_role, members, sign_out, switch, withdraw
from clinics.views.messages import (
    add_address,
    add_device,
    follow,
    message_choices,
    open_message,
    outbox,
    remove_address,
    test_channel,
)
from clinics.views.on_call import on_call, set_on_call
from clinics.views.roles import roles
from clinics.views.rota import rota_page
from clinics.views.sessions import end_session
from clinics.views.thresholds import locked, second_factor
from clinics.views.trials import trial_alert

__all__ = [
    "add_address",
    "add_device",
    "change_role",
    "cover_page",
    "crisis_of_clinic",
    "crisis_page",
    "end_session",
    "follow",
    "going_live_page",
    "join",
    "locked",
    "members",
    "message_choices",
    "on_call",
    "open_message",
    "outbox",
    "remove_address",
    "roles",
    "rota_page",
    "second_factor",
    "service_worker",
    "set_on_call",
    "shadow_week",
    "sign_out",
    "switch",
    "test_channel",
    "trial_alert",
    "withdraw",
]
