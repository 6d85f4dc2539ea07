"""The patient checks in, and still too little can be used to say how they are. That is never calm either."""

from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Number, RuleSettings


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    """Too few answers and readings that count, or photos of which hardly any could be scored.

    Where nothing came at all it is silence, and the rule of no check-in tells of it. Who was followed for a
    shorter time than the window cannot have filled it. A face that says nothing, or that nobody may read, is
    not missed.
    """
    days, needed = settings.number("days"), settings.whole("answers")
    recent = facts.recent(days)
    if not recent or (facts.now - facts.since).days < days:
        return None
    start = facts.now.timestamp() - days * 86400
    scored = [row for row in facts.seen if start < row.at.timestamp() <= facts.now.timestamp()]
    scored = scored if facts.counts_face else []
    photos = sum(row.has_photo for row in recent) if facts.counts_face else 0
    said = sum(row.mood is not None for row in recent)
    is_thin = max(said, len(scored)) < needed
    is_unreadable = photos >= needed and len(scored) < needed
    if not (is_thin or is_unreadable):
        return None
    return Finding(
        {
            "which": "thin" if is_thin else "photos",
            "check_ins": len(recent),
            "said": said,
            "photos": photos,
            "scored": len(scored),
        }
    )


RULE = Rule(
    "not_enough_data",
    judge,
    parameters=(Number("days", 14, 7, 28), Number("answers", 3, 1, 14)),
    severity="notice",
)
