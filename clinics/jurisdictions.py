"""What the law of a place allows, by purpose: data with a source for each rule, in `clinics/policies/`.

Default deny: a purpose without a rule is not allowed, nor is anything in a clinic without a jurisdiction.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "policies"


@dataclass(frozen=True)
class Rule:
    """One purpose in one place: whether it may be done at all, by which source, and why in plain words."""

    purpose: str
    is_allowed: bool
    source: str
    because: str

    def __post_init__(self) -> None:
        if not (self.source.strip() and self.because.strip()):
            raise ValueError(f"The rule about {self.purpose} names no source or no reason.")


@dataclass(frozen=True)
class Jurisdiction:
    """A template. `own_consent_from_age`: younger patients need a guardian's consent."""

    code: str
    name: str
    version: str
    own_consent_from_age: int
    own_consent_source: str
    rules: dict[str, Rule]

    def allows(self, purpose: str) -> bool:
        rule = self.rules.get(purpose)
        return rule is not None and rule.is_allowed


@cache
def jurisdictions() -> dict[str, Jurisdiction]:
    """All templates by their code, which is the name of the file."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def _read(path: Path) -> Jurisdiction:
    data = tomllib.loads(path.read_text("utf-8"))
    rules = [Rule(**rule) for rule in data["rules"]]
    by_purpose = {rule.purpose: rule for rule in rules}
    if len(by_purpose) != len(rules):
        raise ValueError(f"{path.name} has two rules about one purpose.")
    return Jurisdiction(
        code=path.stem,
        name=data["name"],
        version=data["version"],
        own_consent_from_age=data["own_consent"]["from_age"],
        own_consent_source=data["own_consent"]["source"],
        rules=by_purpose,
    )
