from patients.views.access_log import (
    access_log,
    export_log,
    log_reviews_page,
    sign_review,
    unusual_access,
    verify_log,
)
from patients.views.admission import admit, invite
from patients.views.break_glass import break_glass, break_glass_reviews, review_break_glass
from patients.views.check_ins import check_in
from patients.views.consents import consents
from patients.views.emergencies import edit_emergency_card, emergency_card
from patients.views.joining import join
from patients.views.notices import notices
from patients.views.policies import policy
from patients.views.programmes import close_programme, own_programmes, programmes
from patients.views.standing import closed_records, standing
from patients.views.who_looked import who_looked

__all__ = [
    "access_log",
    "admit",
    "break_glass",
    "break_glass_reviews",
    "check_in",
    "close_programme",
    "closed_records",
    "consents",
    "edit_emergency_card",
    "emergency_card",
    "export_log",
    "find",
    "invite",
    "join",
    "log_reviews_page",
    "notices",
    "own_programmes",
    "policy",
    "programmes",
    "review_break_glass",
    "sign_review",
    "standing",
    "unusual_access",
    "verify_log",
    "who_looked",
]
