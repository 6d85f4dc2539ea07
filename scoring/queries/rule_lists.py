"""The clinic's rules as an administrator reads them."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise

from clinics.models import Clinic
from scoring import rule_wording
from scoring.alert_rules import RULES, Rule, RuleSettings
from scoring.models import Alert, RuleSetting
from scoring.queries.helpfulness import Helpfulness, helpfulness
from scoring.services import rule_settings

DAYS = 30


@dataclass(frozen=True)
class RuleRow:
    """`alerts`: raised in the last DAYS days, those of a clinic in shadow too."""

    rule: Rule
    title: str | Promise
    about: str | Promise
    settings: RuleSettings
    version: int
    alerts: int
    helpful: Helpfulness

    @property
    def severity_label(self) -> str:
        return "" if not self.rule.severities else str(Alert.Severity(self.settings.severity).label)


def rows(clinic: Clinic) -> list[RuleRow]:
    in_force = {row.rule: row for row in RuleSetting.objects.in_force()}
    counted, judged = _counted(clinic), helpfulness()
    return [
        RuleRow(
            rule=rule,
            title=rule_wording.TITLES[rule.code],
            about=rule_wording.ABOUT[rule.code],
            settings=rule_settings.settings_of(rule, in_force.get(rule.code)),
            version=in_force[rule.code].version if rule.code in in_force else 0,
            alerts=counted.get(rule.code, 0),
            helpful=judged.get(rule.code, Helpfulness(0, 0)),
        )
        for rule in RULES
    ]


def _counted(clinic: Clinic) -> dict[str, int]:
    since = timezone.now() - timedelta(days=DAYS)
    raised = Alert.objects.filter(clinic=clinic, opened_at__gt=since).values("rule").annotate(n=Count("pk"))
    counted: dict[str, int] = {}
    for row in raised:
        code = row["rule"].partition(":")[0]
        counted[code] = counted.get(code, 0) + row["n"]
    return counted


def versions(code: str, count: int = 10) -> list[RuleSetting]:
    """The newest versions of one rule, newest first, with who saved each."""
    found = RuleSetting.objects.filter(rule=code).select_related("created_by")
    return list(found.order_by("-version")[:count])
