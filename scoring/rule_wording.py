"""The rules for people: what each is called, what it looks at, its numbers, and what an alert of it says."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scoring.wording import EMOTION_NAMES

Words = str | Promise

TITLES: dict[str, Words] = {
    "call_wanted": gettext_lazy("Please call me"),
    "low_mood": gettext_lazy("Own mood low"),
    "mood_rise": gettext_lazy("Mood rises with little sleep"),
    "band": gettext_lazy("Questionnaire enters a high band"),
    "worsening": gettext_lazy("Questionnaire clearly worse"),
    "unread_note": gettext_lazy("Unread note"),
    "no_check_in": gettext_lazy("No check-in"),
    "not_enough_data": gettext_lazy("Not enough data"),
    "score_line": gettext_lazy("Score over a line"),
    "sustained_emotion": gettext_lazy("One emotion most of the time"),
    "emotion_count": gettext_lazy("One emotion again and again"),
    "happy_fall": gettext_lazy("Less happiness than before"),
    "disagreement": gettext_lazy("Face and words disagree"),
    "analysis_failed": gettext_lazy("Analysis failed"),
    "reading_contested": gettext_lazy("Reading contested"),
}
ABOUT: dict[str, Words] = {
    "call_wanted": gettext_lazy(
        "The patient asked for a call. This is never off, never muted and never waits behind another alert."
    ),
    "low_mood": gettext_lazy(
        "What patients say of themselves: a low number several times in a few days, or far below their own "
        "median of the four weeks before. No face has a say in it."
    ),
    "mood_rise": gettext_lazy(
        "A mood far above the patient's own median, with short nights: mania can begin like this, and a face "
        "shows it as doing well. Needs the hours slept of the check-in."
    ),
    "band": gettext_lazy(
        "A total reaches a band that begins here or higher. On entry only: who stays in it raises nothing."
    ),
    "worsening": gettext_lazy("A total is this much higher than the one before it."),
    "unread_note": gettext_lazy("The oldest note that nobody has read waits longer than this."),
    "no_check_in": gettext_lazy(
        "Nothing was heard for so many days; told again after as many more. Silence never counts as calm."
    ),
    "not_enough_data": gettext_lazy(
        "Check-ins come, and hold too few answers and usable photos to say anything. That is not calm either."
    ),
    "score_line": gettext_lazy(
        "The score from photos crosses the warning or the intervention line. Lines and window are set with "
        "the matrix."
    ),
    "sustained_emotion": gettext_lazy(
        "One emotion holds at least this share of what the photos of the newest window are estimated to show."
    ),
    "emotion_count": gettext_lazy("One emotion is the likeliest one so many times in the newest photos."),
    "happy_fall": gettext_lazy(
        "The share of “happy” falls against the patient's own earlier weeks. Needs weeks with enough photos."
    ),
    "disagreement": gettext_lazy(
        "The face looks calm and the patient says they are low, or the other way round. One of the two is a "
        "poor witness: a person must find out which."
    ),
    "analysis_failed": gettext_lazy(
        "A photo broke the analysis several times: somebody must look themselves."
    ),
    "reading_contested": gettext_lazy("The patient says that what the program guessed is not right."),
}
PARAMETERS: dict[str, Words] = {
    "low_mood.low": gettext_lazy("A low mood is this or less (of 10)"),
    "low_mood.times": gettext_lazy("How many low moods"),
    "low_mood.days": gettext_lazy("Within how many days"),
    "low_mood.drop": gettext_lazy("Or this far below their own median"),
    "mood_rise.rise": gettext_lazy("How far above their own median"),
    "mood_rise.hours": gettext_lazy("A short night is this many hours or less"),
    "mood_rise.nights": gettext_lazy("How many short nights"),
    "mood_rise.days": gettext_lazy("Within how many days"),
    "band.phq9_from": gettext_lazy("PHQ-9: from a total of"),
    "band.phq8_from": gettext_lazy("PHQ-8: from a total of"),
    "band.gad7_from": gettext_lazy("GAD-7: from a total of"),
    "band.phq4_from": gettext_lazy("PHQ-4: from a total of"),
    "band.days": gettext_lazy("Closed within how many days"),
    "worsening.phq_rise": gettext_lazy("PHQ-9 and PHQ-8: higher by"),
    "worsening.gad7_rise": gettext_lazy("GAD-7: higher by"),
    "worsening.days": gettext_lazy("Closed within how many days"),
    "unread_note.hours": gettext_lazy("Hours a note may wait"),
    "no_check_in.days": gettext_lazy("Days without a check-in"),
    "not_enough_data.days": gettext_lazy("Within how many days"),
    "not_enough_data.answers": gettext_lazy("Fewer usable answers or photos than"),
    "sustained_emotion.emotion": gettext_lazy("Emotion"),
    "sustained_emotion.percent": gettext_lazy("At least this share (per cent)"),
    "emotion_count.emotion": gettext_lazy("Emotion"),
    "emotion_count.times": gettext_lazy("How many times"),
    "emotion_count.check_ins": gettext_lazy("In how many of the newest scored photos"),
    "emotion_count.days": gettext_lazy("None older than (days)"),
    "happy_fall.percent": gettext_lazy("Fallen by (per cent)"),
    "happy_fall.weeks": gettext_lazy("Earlier weeks it needs"),
    "disagreement.low": gettext_lazy("Low: a median mood of this or less"),
    "disagreement.well": gettext_lazy("Well: a median mood of this or more"),
    "disagreement.answers": gettext_lazy("How many answers it needs"),
    "disagreement.days": gettext_lazy("Within how many days"),
    "reading_contested.days": gettext_lazy("Within how many days"),
}
QUESTIONNAIRES: dict[str, str] = {"phq9": "PHQ-9", "phq8": "PHQ-8", "gad7": "GAD-7", "phq4": "PHQ-4"}


def title_of(name: str) -> str:
    """Of a rule, or of one of its parts: "Questionnaire clearly worse: GAD-7"."""
    code, _colon, part = name.partition(":")
    title = str(TITLES.get(code, code))
    return f"{title}: {QUESTIONNAIRES.get(part, part)}" if part else title


def sentence_of(name: str, facts: Mapping[str, Any]) -> str:
    """Why an alert of this rule was raised, from its plain facts; "" where the rule's name says it all."""
    make = SENTENCES.get(name.partition(":")[0])
    try:
        return make(facts) if make is not None else ""
    except KeyError:  # an alert of an earlier version of the rule: its title still stands
        return ""


def _low_mood(facts: Mapping[str, Any]) -> str:
    if facts["below"] == "own":
        return _("Says mood %(mood)d of 10, far below their own median.") % facts
    return _("Says mood %(mood)d of 10; low %(times)d times within %(days)d days.") % facts


def _mood_rise(facts: Mapping[str, Any]) -> str:
    words = {**facts, "hours": f"{facts['hours']:g}"}
    return (
        _("Says mood %(mood)d of 10, far above their own median; %(nights)d nights as short as %(hours)s h.")
        % words
    )


def _band(facts: Mapping[str, Any]) -> str:
    words = {"form": QUESTIONNAIRES.get(facts["questionnaire"], ""), "total": facts["total"]}
    return _("%(form)s: a total of %(total)d has entered a high band.") % words


def _worsening(facts: Mapping[str, Any]) -> str:
    form = QUESTIONNAIRES.get(facts["questionnaire"], "")
    return _("%(form)s: from %(before)d to %(total)d.") % {**facts, "form": form}


def _unread_note(facts: Mapping[str, Any]) -> str:
    return (
        ngettext(
            "A note has waited for %(hours)d hour.", "A note has waited for %(hours)d hours.", facts["hours"]
        )
        % facts
    )


def _no_check_in(facts: Mapping[str, Any]) -> str:
    if not facts["ever"]:
        return _("Never checked in, for %(days)d days now.") % facts
    return _("No check-in for %(days)d days.") % facts


def _not_enough_data(facts: Mapping[str, Any]) -> str:
    if facts["which"] == "photos":
        return _("%(photos)d photos came, and only %(scored)d could be scored.") % facts
    return _("%(check_ins)d check-ins with %(said)d moods and %(scored)d scored photos: too little.") % facts


def _sustained_emotion(facts: Mapping[str, Any]) -> str:
    words = {**facts, "emotion": EMOTION_NAMES[facts["emotion"]]}
    return (
        _("“%(emotion)s” holds %(percent)d %% of the estimated share, on %(readings)d scored photos.") % words
    )


def _emotion_count(facts: Mapping[str, Any]) -> str:
    words = {**facts, "emotion": EMOTION_NAMES[facts["emotion"]]}
    return _("“%(emotion)s” %(times)d times in the newest %(check_ins)d scored photos.") % words


def _happy_fall(facts: Mapping[str, Any]) -> str:
    return _("The share of “happy” fell from %(before)d %% to %(now)d %%.") % facts


def _disagreement(facts: Mapping[str, Any]) -> str:
    words = {"mood": f"{facts['mood']:g}", "score": f"{facts['score']:g}"}
    if facts["which"] == "words_low":
        return _("The face looks calm (score %(score)s), and the patient says mood %(mood)s of 10.") % words
    return _("The score is %(score)s, and the patient says mood %(mood)s of 10.") % words


SENTENCES = {
    "low_mood": _low_mood,
    "mood_rise": _mood_rise,
    "band": _band,
    "worsening": _worsening,
    "unread_note": _unread_note,
    "no_check_in": _no_check_in,
    "not_enough_data": _not_enough_data,
    "sustained_emotion": _sustained_emotion,
    "emotion_count": _emotion_count,
    "happy_fall": _happy_fall,
    "disagreement": _disagreement,
}
