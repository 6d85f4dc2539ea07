"""What a clinic chooses of its rules and its budget: checked, appended as a version, written to the log."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.errors import DomainError
from clinics.models import Membership
from scoring.alert_rules import BY_CODE, Choices, Rule, RuleSettings, errors_of
from scoring.models import AlertBudget, RuleSetting
from scoring.models.alert_rules import DEFAULT_BUDGET
from scoring.queries import rule_facts
from scoring.services.locks import ALONE

TEXT_LIMIT = 500
MOST_ALERTS = 200


@dataclass(frozen=True)
class RuleDraft:
    """A rule as somebody would have it. `text`: the clinic's own words, shown with each alert."""

    rule: str
    is_on: bool
    severity: str
    values: Mapping[str, Any]
    text: str = ""


class RuleRefused(DomainError):
    """`errors`: by field of the draft, the code of what is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("rule_refused", _("Please correct the marked fields."), field=next(iter(errors)))
        self.errors = dict(errors)


def choices_in_force() -> Choices:
    """Of the entered clinic: by rule what it changed; all others go by their defaults."""
    rows = RuleSetting.objects.in_force()
    return {row.rule: settings_of(BY_CODE[row.rule], row) for row in rows if row.rule in BY_CODE}


def settings_of(rule: Rule, row: RuleSetting | None) -> RuleSettings:
    if row is None:
        return rule.defaults
    return rule.settings(is_on=row.is_on, severity=row.severity, values=row.values)  # type: ignore[arg-type]


def is_rule_on(code: str) -> bool:
    """Whether the entered clinic wants alerts of this rule."""
    rule = BY_CODE[code]
    return settings_of(rule, RuleSetting.objects.in_force().filter(rule=code).first()).is_on


def without_lines(patient_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Of these, the patients whose score crosses no line: their face says nothing, or the rule is off. What
    the lines remember of them stays, so that a crossing is told once they speak again."""
    if not is_rule_on("score_line"):
        return frozenset(patient_ids)
    return frozenset(rule_facts.silent_faces(patient_ids))


def check_draft(draft: RuleDraft) -> RuleSettings:
    """The draft as the rules read it. Raises RuleRefused with everything that is wrong."""
    rule = BY_CODE.get(draft.rule)
    if rule is None:
        raise DomainError("unknown_rule", _("There is no such rule."))
    errors = errors_of(rule.parameters, draft.values)
    if rule.severities and draft.severity not in rule.severities:
        errors["severity"] = "unknown_severity"
    if not draft.is_on and not rule.may_be_off:
        errors["is_on"] = "never_off"
    if len(draft.text) > TEXT_LIMIT:
        errors["text"] = "text_too_long"
    if errors:
        raise RuleRefused(errors)
    return rule.settings(is_on=draft.is_on, severity=draft.severity, values=draft.values)  # type: ignore[arg-type]


@transaction.atomic
def save_rule(*, draft: RuleDraft, by: Membership, base_version: int) -> RuleSetting | None:
    """Appends the draft as the version in force; None where it changes nothing.

    `base_version`: what was edited, 0 before the first. Raises RuleRefused; DomainError `rule_outdated` when
    somebody saved another meanwhile.
    """
    if not by.administers:
        raise DomainError("may_not_administer", _("Only an administrator may change the rules."))
    settings = check_draft(draft)
    _lock(f"rule:{by.clinic_id}:{draft.rule}")
    before = RuleSetting.objects.in_force().filter(rule=draft.rule).first()
    version = before.version if before is not None else 0
    text = draft.text.strip()
    if settings == settings_of(BY_CODE[draft.rule], before) and text == str((before and before.text) or ""):
        return None
    if base_version != version:
        message = _("Somebody else changed this rule meanwhile. Please look at it and save again.")
        raise DomainError("rule_outdated", message)
    row = RuleSetting(
        clinic_id=by.clinic_id,
        rule=draft.rule,
        version=version + 1,
        is_on=settings.is_on,
        severity=settings.severity,
        values=dict(settings.values),
        text=text or None,
        created_by=by,
    )
    row.save(force_insert=True)
    access_log.record(
        "rule.saved",
        by=by,
        objects=[row.pk],
        rule=draft.rule,
        version=row.version,
        state="on" if row.is_on else "off",
    )
    return row


@transaction.atomic
def save_budget(*, per_day: int, by: Membership) -> int:
    """How many alerts a clinician can look into on one day. It warns and never holds an alert back."""
    if not by.administers:
        raise DomainError("may_not_administer", _("Only an administrator may change the budget."))
    if not 1 <= per_day <= MOST_ALERTS:
        message = _("Please give a number from 1 to %(most)d.") % {"most": MOST_ALERTS}
        raise DomainError("budget_out_of_range", message, field="per_day")
    _lock(f"alert_budget:{by.clinic_id}")
    before = AlertBudget.objects.order_by("-version").first()
    if before is not None and before.per_day == per_day:
        return per_day
    version = before.version + 1 if before is not None else 1
    row = AlertBudget(clinic_id=by.clinic_id, version=version, per_day=per_day, created_by=by)
    row.save(force_insert=True)
    access_log.record("rule.budget_saved", by=by, objects=[row.pk], version=version, per_day=per_day)
    return per_day


def budget_in_force() -> int:
    newest = AlertBudget.objects.order_by("-version").first()
    return newest.per_day if newest is not None else DEFAULT_BUDGET


def _lock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [name])
