"""One emotion holds most of the newest window: "sad at least 60 % of the estimated share"."""

from inference.emotions import EMOTIONS
from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Choice, Number, RuleSettings


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    face, emotion = facts.face, settings.choice("emotion")
    if face is None or not face.is_current:
        return None
    percent = 100 * face.shares[EMOTIONS.index(emotion)]
    if percent < settings.number("percent"):
        return None
    return Finding({"emotion": emotion, "percent": round(percent), "readings": face.readings})


RULE = Rule(
    "sustained_emotion",
    judge,
    lane="face",
    parameters=(Choice("emotion", "sad", tuple(EMOTIONS)), Number("percent", 60, 10, 100)),
    is_on=False,
    reads_face=True,
)
