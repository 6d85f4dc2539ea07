from clinics.views.joining import join
from clinics.views.members import change_role, members, sign_out, switch, withdraw
from clinics.views.roles import roles
from clinics.views.thresholds import locked, second_factor

__all__ = [
    "change_role",
    "join",
    "locked",
    "members",
    "roles",
    "second_factor",
    "sign_out",
    "switch",
    "withdraw",
]
