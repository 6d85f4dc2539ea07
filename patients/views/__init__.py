from patients.views.access_log import access_log, export_log, log_reviews_page, sign_review, verify_log
from patients.views.admission import admit, invite
from patients.views.check_ins import check_in
from patients.views.consents import consents
from patients.views.emergencies import edit_emergency_card, emergency_card
from patients.views.joining import join
from patients.views.notices import notices
from patients.views.policies import policy
from patients.views.programmes import close_programme, own_programmes, programmes
from patients.views.standing import closed_records, standing

__all__ = [
    "access_log",
    "admit",
    "check_in",
    "close_programme",
    "closed_records",
    "consents",
    "edit_emergency_card",
    "emergency_card",
    "export_log",
    "invite",
    "join",
    "log_reviews_page",
    "notices",
    "own_programmes",
    "policy",
    "programmes",
    "sign_review",
    "standing",
    "verify_log",
]
