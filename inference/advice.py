"""What a patient reads about a photo that was not scored: it is about the photo, never about them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ADVICE: dict[str, Promise] = {
    "no_face": _("No face was found in it. Next time, hold the camera at eye level, face inside the oval."),
    "several_faces": _(
        "There was more than one face in it. Next time, take it with nobody else in the picture."
    ),
    "blurred": _("It is about the focus, not you. Next time, hold still for a moment, or wipe the lens."),
    "too_dark": _("It is about the light, not you. Next time, face a window or a lamp."),
    "too_bright": _("It is about the light, not you. Next time, turn away from the bright light."),
    "tilted": _("The face was tilted. Next time, hold the phone upright and look straight ahead."),
    "face_too_small": _("The face was too small in it. Next time, come closer, until the oval is filled."),
    "uncertain": _("The program could not tell. That happens, and says nothing about you."),
    "unreadable": _("The file could not be opened. Next time, take a new photo instead of choosing one."),
    "consent_missing": _("You have not agreed that photos are read, so it was dropped unread."),
    "not_allowed": _("This clinic does not analyse photos, so it was dropped unread."),
    "too_old": _("It was older than seven days, so it was dropped unread."),
    "notice_missing": _(
        "Before the first photo you are told what the program does, and that was not yet so. It was not kept."
    ),
    "face_off": _(
        "No program looks at photos of you at present, so it was dropped unread. "
        "Your words and numbers work just the same; your care team can tell you more."
    ),
    "closed": _("Your record at this clinic is closed, so it was dropped unread."),
    "programme": _(
        "It came with a programme of your employer. No photo is ever read there, so it was not kept."
    ),
    "restricted": _(
        "You asked us to pause the analysis, so it was dropped unread. Your answers still count."
    ),
    "dead": _(
        "Our program failed on it, several times. Your care team is told. It has nothing to do with you."
    ),
}
