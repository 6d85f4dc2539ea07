from patients.views.admission import admit, invite
from patients.views.check_ins import check_in
from patients.views.consents import consents
from patients.views.joining import join
from patients.views.pins import choose_pin, unlock

__all__ = ["admit", "check_in", "choose_pin", "consents", "invite", "join", "unlock"]
