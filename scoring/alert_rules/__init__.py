"""The rules that raise alerts, as pure judgement: no Django, no database, no clock.

Reading is `scoring.queries.rule_facts`, writing is `scoring.services.judging`; docs/rules.md tells of each
rule. A new rule is one file here, a line in the registry, and its words in `scoring.rule_wording`.
"""

from scoring.alert_rules.facts import (
    Answered,
    Closed,
    Crossing,
    FaceWindow,
    PatientFacts,
    Seen,
    UnreadNote,
)
from scoring.alert_rules.findings import (
    SEVERITIES,
    Finding,
    LaneName,
    Memory,
    Scalar,
    Severity,
    is_news,
    remembered,
)
from scoring.alert_rules.registry import BY_CODE, RULES, Choices, findings, rule_named
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Choice, Number, Parameter, RuleSettings, Value, errors_of

__all__ = [
    "BY_CODE",
    "RULES",
    "SEVERITIES",
    "Answered",
    "Choice",
    "Choices",
    "Closed",
    "Crossing",
    "FaceWindow",
    "Finding",
    "LaneName",
    "Memory",
    "Number",
    "Parameter",
    "PatientFacts",
    "Rule",
    "RuleSettings",
    "Scalar",
    "Seen",
    "Severity",
    "UnreadNote",
    "Value",
    "errors_of",
    "findings",
    "is_news",
    "remembered",
    "rule_named",
]
