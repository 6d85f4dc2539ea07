from patients.views.access_log import (
    access_log,
    export_log,
    log_reviews_page,
    sign_review,
    verify_log,
)
from patients.views.admission import admit, invite
from patients.views.check_ins import check_in
from patients.views.consents import consents
from patients.views.emergencies import edit_emergency_card, emergency_card
from patients.views.joining import join

__all__ = [
    "access_log",
    "admit",
    "check_in",
    "consents",
    "edit_emergency_card",
    "emergency_card",
    "export_log",
    "invite",
    "join",
    "log_reviews_page",
    "sign_review",
    "verify_log",
]
