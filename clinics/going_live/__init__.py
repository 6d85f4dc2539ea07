"""Shadow, and the way out of it: a checklist, four weeks of figures looked at, and a decision.

`is_live` is what other apps ask. What alerts a week in shadow would have raised is told by whoever registers
with `register_figures` (`moodvision/pipeline.py`): record numbers and rules, never a name.
"""

from clinics.going_live.checklist import Item, checklist
from clinics.going_live.figures import ShadowAlert, register_figures
from clinics.going_live.state import is_live

__all__ = ["Item", "ShadowAlert", "checklist", "is_live", "register_figures"]
