"""The time zones there are."""

import zoneinfo
from functools import cache


@cache
def known() -> frozenset[str]:
    """Names of the IANA list; read once, since each look opens some six hundred files."""
    return frozenset(zoneinfo.available_timezones())
