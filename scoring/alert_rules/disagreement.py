"""Face and self-report disagree: one of them is a poor witness, and a person must find out which."""

from statistics import median

from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Number, RuleSettings


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    face = facts.face
    moods = [row.mood for row in facts.recent(settings.number("days")) if row.mood is not None]
    if face is None or not face.is_current or len(moods) < settings.whole("answers"):
        return None
    middle = median(moods)
    says_low, says_well = middle <= settings.number("low"), middle >= settings.number("well")
    if says_low and face.score < face.warning_line:
        which = "words_low"
    elif says_well and not says_low and face.score >= face.warning_line:
        which = "face_low"
    else:
        return None
    return Finding(
        {"which": which, "mood": round(middle, 1), "answers": len(moods), "score": round(face.score, 1)}
    )


RULE = Rule(
    "disagreement",
    judge,
    lane="face",
    parameters=(
        Number("low", 3, 0, 5),
        Number("well", 7, 5, 10),
        Number("answers", 3, 1, 30),
        Number("days", 7, 1, 28),
    ),
    severity="notice",
    is_on=False,
    reads_face=True,
)
