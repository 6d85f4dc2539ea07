"""New versions of data keys: what lies under the old one is sealed again, in batches, while work goes on.

1. A new version is made. From its commit on it writes; both read.
2. What lies under an older version is sealed again: values by `sealed_columns`, keys wrapped by it, and
   whatever else was derived from it (the blind indexes).
3. When nothing is left, and nobody is still writing under it, the older version is retired. Dumps made before
   may need it; it is removed when they have aged out, or at once where it must not open them.

Every batch is a transaction of its own that skips rows others hold, and each step can be told from the rows:
a rotation killed anywhere goes on where it was.
"""

from clinics.rotation.report import BATCH, Report, register_derived_from_index
from clinics.rotation.retirement import remove_retired
from clinics.rotation.runs import rotate

__all__ = ["BATCH", "Report", "register_derived_from_index", "remove_retired", "rotate"]
