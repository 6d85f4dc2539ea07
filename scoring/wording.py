"""The names of emotions, for people."""

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
