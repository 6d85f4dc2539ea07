"""One rule: what it is called, whom it rings, what may be chosen, and how it judges."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding, LaneName, Severity
from scoring.alert_rules.settings import Parameter, RuleSettings, Value

Judge = Callable[[PatientFacts, RuleSettings], Finding | None]


@dataclass(frozen=True)
class Rule:
    """`judge` is pure: the same facts and settings give the same finding, and nothing else is looked at.

    `reads_face`: silenced for a patient whose face says nothing, or who paused the analysis of it.
    `may_be_off`: a patient's own wish is never switched off. `severities`: what a clinic may choose; none
    where the finding says it. `by_event`: its alerts come from the event itself, so that periodic judging
    only knows it for the preview. `parts`: the questionnaires that are judged apart, each with an alert of
    its own.
    """

    code: str
    judge: Judge
    lane: LaneName = "routine"
    parameters: tuple[Parameter, ...] = ()
    severity: Severity = "warning"
    severities: tuple[Severity, ...] = ("intervention", "warning", "notice")
    is_on: bool = True
    may_be_off: bool = True
    reads_face: bool = False
    by_event: bool = False
    parts: tuple[str, ...] = ()

    @cached_property
    def defaults(self) -> RuleSettings:
        """Before a clinic has chosen."""
        return RuleSettings(self.is_on, self.severity, {one.name: one.default for one in self.parameters})

    def settings(self, *, is_on: bool, severity: Severity, values: Mapping[str, Value]) -> RuleSettings:
        """A clinic's choice over the defaults; what the rule no longer knows is left out."""
        known = {one.name: values.get(one.name, one.default) for one in self.parameters}
        chosen = severity if severity in self.severities else self.severity
        return RuleSettings(is_on or not self.may_be_off, chosen, known)

    @property
    def names(self) -> tuple[str, ...]:
        """What its alerts are called: the code, or the code and a part."""
        return tuple(f"{self.code}:{part}" for part in self.parts) or (self.code,)

    def find_all(self, facts: PatientFacts, settings: RuleSettings) -> dict[str, Finding]:
        """By name: what holds, each part looked at for itself."""
        if not self.parts:
            found = self.find(facts, settings)
            return {} if found is None else {self.code: found}
        if not facts.questionnaires:
            return {}
        narrowed = {part: facts.about(part) for part in self.parts}
        results = {f"{self.code}:{part}": self.find(of, settings) for part, of in narrowed.items()}
        return {name: finding for name, finding in results.items() if finding is not None}

    def find(self, facts: PatientFacts, settings: RuleSettings) -> Finding | None:
        """The finding, if this rule may speak of this patient at all."""
        if not settings.is_on or not facts.is_followed:
            return None
        if self.reads_face and not facts.counts_face:
            return None
        return self.judge(facts, settings)
