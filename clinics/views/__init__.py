from clinics.views.crisis import crisis_of_clinic, crisis_page, service_worker
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

__all__ = [
    "add_address",
    "add_device",
    "change_role",
    "crisis_of_clinic",
    "crisis_page",
    "end_session",
    "follow",
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
    "sign_out",
    "switch",
    "test_channel",
    "withdraw",
]
