"""What an explanation says in words: where the program looked and what else it thought of. Never a cause."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from inference.emotions import EMOTIONS
from inference.models import Explanation, Reading

REGION_NAMES: dict[str, str | Promise] = {
    "forehead": gettext_lazy("the forehead"),
    "brows": gettext_lazy("the brows"),
    "eyes": gettext_lazy("the eyes"),
    "nose": gettext_lazy("the nose"),
    "left_cheek": gettext_lazy("the cheek on the left"),
    "right_cheek": gettext_lazy("the cheek on the right"),
    "mouth": gettext_lazy("the mouth"),
    "chin": gettext_lazy("the chin"),
}
LEAST_SHARE = 0.10
RUNNERS_UP = 2
LEAST_RUNNER_UP = 0.05


@dataclass(frozen=True)
class Described:
    """Sentences in plain words; empty where there is nothing to say."""

    guess: str
    places: str = ""
    faithfulness: str = ""


def described(reading: Reading, explanation: Explanation | None) -> Described:
    guess = _guess(reading)
    if explanation is None or explanation.figures is None:
        return Described(guess)
    figures = explanation.figures
    return Described(
        guess, _places(figures["regions"]), _faithfulness(figures["deletion"], figures["insertion"])
    )


def _guess(reading: Reading) -> str:
    """The most probable expression and the runners-up."""
    if not reading.probabilities:
        return ""
    ranked = sorted(zip(reading.probabilities, EMOTIONS, strict=True), reverse=True)
    first = _("The program's guess was %(name)s, %(share)d of 100.") % _shown(ranked[0])
    others = [one for one in ranked[1 : RUNNERS_UP + 1] if one[0] >= LEAST_RUNNER_UP]
    if not others:
        return first
    names = ", ".join(_("%(name)s %(share)d") % _shown(one) for one in others)
    return f"{first} " + ngettext("Next came %(names)s.", "Next came %(names)s.", len(others)) % {
        "names": names
    }


def _shown(ranked: tuple[float, str]) -> dict[str, object]:
    return {"name": ranked[1], "share": round(ranked[0] * 100)}


def _places(regions: dict[str, float]) -> str:
    ranked = sorted(regions.items(), key=lambda item: -item[1])  # jsonb keeps no order
    named = [REGION_NAMES[name] for name, share in ranked if share >= LEAST_SHARE and name in REGION_NAMES]
    if not named:
        return _("No part of the face stood out.")
    if len(named) == 1:
        return _("What counted most for it lies around %(place)s.") % {"place": named[0]}
    return _("What counted most for it lies around %(place)s and %(other)s.") % {
        "place": named[0],
        "other": named[1],
    }


def _faithfulness(deletion: float, insertion: float) -> str:
    return _(
        "Blurring these places first leaves %(left)d of 100 of the guess on average; showing them first "
        "brings back %(back)d."
    ) % {"left": round(deletion * 100), "back": round(insertion * 100)}
