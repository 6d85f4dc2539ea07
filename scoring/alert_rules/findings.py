"""What a rule found, and when that is news."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["urgent", "intervention", "warning", "notice"]
LaneName = Literal["item_9", "call", "face", "routine"]
Scalar = int | float | str
SEVERITIES: tuple[Severity, ...] = ("urgent", "intervention", "warning", "notice")


@dataclass(frozen=True)
class Finding:
    """A rule's condition holds.

    `facts`: plain numbers, dates and codes for the alert's words. `episode` tells one occurrence from the
    next while the condition holds on; "" where there is but one until it ends. `severity`: where it hangs on
    what was found and not on the clinic's setting.
    """

    facts: Mapping[str, Scalar] = field(default_factory=dict)
    episode: str = ""
    severity: Severity | None = None
    line: str = ""


@dataclass(frozen=True)
class Memory:
    """What a rule said of a patient when it was last judged."""

    is_firing: bool = False
    episode: str = ""


def is_news(memory: Memory, finding: Finding | None) -> bool:
    """On entry, and for each further occurrence; never twice for the same one."""
    if finding is None:
        return False
    if finding.episode:
        return finding.episode != memory.episode
    return not memory.is_firing


def remembered(memory: Memory, finding: Finding | None) -> Memory:
    """The memory after this judgement: what was told stays known after the condition has ended."""
    if finding is None:
        return Memory(is_firing=False, episode=memory.episode)
    return Memory(is_firing=True, episode=finding.episode)
