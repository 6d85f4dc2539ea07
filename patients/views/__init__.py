from patients.views.admission import admit, invite
from patients.views.check_ins import check_in
from patients.views.consents import consents
from patients.views.joining import join
from patients.views.notices import notices
from patients.views.policies import policy
from patients.views.programmes import close_programme, own_programmes, programmes
from patients.views.standing import closed_records, standing

__all__ = [
    "admit",
    "check_in",
    "close_programme",
    "closed_records",
    "consents",
    "invite",
    "join",
    "notices",
    "own_programmes",
    "policy",
    "programmes",
    "standing",
]
