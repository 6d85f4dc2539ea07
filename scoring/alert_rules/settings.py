"""What a clinic may choose of a rule: on or off, how severe, and its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scoring.alert_rules.findings import Severity

Value = float | str


@dataclass(frozen=True)
class Number:
    """One number of a rule, from `low` to `high`."""

    name: str
    default: float
    low: float
    high: float
    is_whole: bool = True

    def error(self, value: Any) -> str:
        """A code, or nothing where the value will do."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "not_a_number"
        if not self.low <= value <= self.high:  # false for NaN, too
            return "out_of_range"
        return "not_whole" if self.is_whole and value != int(value) else ""


@dataclass(frozen=True)
class Choice:
    """One choice of a rule among codes."""

    name: str
    default: str
    options: tuple[str, ...]

    def error(self, value: Any) -> str:
        return "" if value in self.options else "unknown_choice"


Parameter = Number | Choice


@dataclass(frozen=True)
class RuleSettings:
    """A rule as a clinic wants it. Raises KeyError for a parameter that the rule does not have."""

    is_on: bool
    severity: Severity
    values: Mapping[str, Value] = field(default_factory=dict)

    def number(self, name: str) -> float:
        return float(self.values[name])

    def whole(self, name: str) -> int:
        return int(self.values[name])

    def choice(self, name: str) -> str:
        return str(self.values[name])


def errors_of(parameters: tuple[Parameter, ...], values: Mapping[str, Any]) -> dict[str, str]:
    """By parameter: the code of what is wrong with its value. A name nobody knows is wrong as well."""
    wrong = {one.name: one.error(values.get(one.name)) for one in parameters}
    unknown = dict.fromkeys(set(values) - set(wrong), "unknown_parameter")
    return {name: code for name, code in {**wrong, **unknown}.items() if code}
