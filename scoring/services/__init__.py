from scoring.services.alerts import (
    raise_again,
    raise_alert,
    report_failed_analysis,
    settle_alerts,
    tell_new_team,
)
from scoring.services.calls import ask_for_call
from scoring.services.duties import (
    answer_offer,
    give_back,
    hand_over,
    note_attempt,
    offer,
    snooze,
    take,
)
from scoring.services.endings import (
    HandledAlert,
    Spoken,
    confirm_unreached,
    propose_unreached,
    resolve,
)
from scoring.services.faces import lift_silence, silence_face
from scoring.services.judging import judge_after, judge_clinic, judge_patients, tell_anew
from scoring.services.notes import answer_note
from scoring.services.profiles import ProfileRefused, check_profile, save_profile
from scoring.services.releases import release_of
from scoring.services.rule_settings import (
    RuleDraft,
    RuleRefused,
    is_rule_on,
    save_budget,
    save_rule,
)
from scoring.services.standings import (
    judge_readings,
    merge_scores,
    recut_periods,
    rescore_patient,
    rescore_readings,
)

__all__ = [
    "HandledAlert",
    "ProfileRefused",
    "RuleDraft",
    "RuleRefused",
    "Spoken",
    "answer_note",
    "answer_offer",
    "ask_for_call",
    "check_profile",
    "confirm_unreached",
    "give_back",
    "hand_over",
    "is_rule_on",
    "judge_after",
    "judge_clinic",
    "judge_patients",
    "judge_readings",
    "lift_silence",
    "merge_scores",
    "note_attempt",
    "offer",
    "propose_unreached",
    "raise_again",
    "raise_alert",
    "recut_periods",
    "release_of",
    "report_failed_analysis",
    "rescore_patient",
    "rescore_readings",
    "resolve",
    "save_budget",
    "save_profile",
    "save_rule",
    "settle_alerts",
    "silence_face",
    "snooze",
    "take",
    "tell_anew",
    "tell_new_team",
]
