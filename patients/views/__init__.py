from patients.views.admission import admit, invite
from patients.views.check_ins import check_in
from patients.views.consents import consents
from patients.views.desk import (
    close_request,
    correct_requested,
    desk,
    desk_request,
    export_requested,
    restrict_requested,
)
from patients.views.joining import join
from patients.views.own_data import (
    ask,
    change_contact,
    correct_check_in,
    export_own_data,
    own_data,
    restrict,
)
from patients.views.retention import privacy, retention_settings

__all__ = [
    "admit",
    "ask",
    "change_contact",
    "check_in",
    "close_request",
    "consents",
    "correct_check_in",
    "correct_requested",
    "desk",
    "desk_request",
    "export_own_data",
    "export_requested",
    "invite",
    "join",
    "own_data",
    "privacy",
    "restrict",
    "restrict_requested",
    "retention_settings",
]
