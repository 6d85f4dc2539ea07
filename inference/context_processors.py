from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from inference.models import WatchNotice


def watch(request: HttpRequest) -> dict[str, Any]:
    """What an administrator's pages say: how many notices of the watch nobody has looked into."""
    membership = getattr(request, "membership", None)
    return {
        "open_watch_notices": SimpleLazyObject(
            lambda: (
                WatchNotice.objects.filter(clinic_id=membership.clinic_id, seen_at=None).count()
                if membership and membership.administers
                else 0
            )
        )
    }
