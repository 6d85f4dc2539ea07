"""Emotions and probabilities, for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EMOTION_NAMES: dict[str, Promise] = {
    "angry": _("angry"),
    "disgust": _("disgust"),
    "fear": _("fear"),
    "happy": _("happy"),
    "sad": _("sad"),
    "surprise": _("surprise"),
    "neutral": _("neutral"),
}


def percent(probability: float) -> str:
    """Never certain: an estimate says neither 0 nor 100 %."""
    if probability > 0.99:
        return str(_("over 99 %"))
    if probability < 0.01:
        return str(_("under 1 %"))
    return str(_("%(n)d %%") % {"n": round(100 * probability)})
