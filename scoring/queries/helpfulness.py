"""Which rules help: what clinicians said when they closed an alert. Flagged, never switched off by itself."""

from dataclasses import dataclass

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from scoring.models import Alert

JUDGED = 30
"""So many of the newest alerts that somebody judged; fewer say nothing yet."""

LEAST_HELPFUL = 0.2


@dataclass(frozen=True)
class Helpfulness:
    """Of the newest alerts that were judged: how many, and how many of them helped."""

    judged: int
    helped: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.helped / self.judged) if self.judged else None

    @property
    def is_flagged(self) -> bool:
        """Judged often enough, and helpful in under a fifth: a person should look at the rule."""
        return self.judged >= JUDGED and self.helped / self.judged < LEAST_HELPFUL


def helpfulness() -> dict[str, Helpfulness]:
    """By rule, its parts together; rules of which nobody said anything are absent."""
    judged = Alert.objects.of_duty().filter(was_helpful__isnull=False)
    numbered = judged.annotate(
        number=Window(RowNumber(), partition_by=F("rule"), order_by=F("resolved_at").desc(nulls_last=True))
    )
    newest: dict[str, list[tuple[object, bool]]] = {}
    for rule, at, helped in numbered.filter(number__lte=JUDGED).values_list(
        "rule", "resolved_at", "was_helpful"
    ):
        newest.setdefault(rule.partition(":")[0], []).append((at, bool(helped)))
    return {code: _of(found) for code, found in newest.items()}


def _of(found: list[tuple[object, bool]]) -> Helpfulness:
    newest = sorted(found, key=lambda row: str(row[0]), reverse=True)[:JUDGED]
    return Helpfulness(len(newest), sum(helped for _at, helped in newest))
