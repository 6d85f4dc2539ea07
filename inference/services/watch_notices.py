"""An administrator looked into a notice of the watch."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.errors import DomainError
from clinics.models import Membership
from inference.models import WatchNotice


@transaction.atomic
def close_watch_notice(*, notice_id: uuid.UUID, by: Membership) -> WatchNotice:
    """Once; a second click changes nothing."""
    notices = WatchNotice.objects.select_for_update(of=("self",))
    notice = notices.filter(clinic=by.clinic_id, pk=notice_id).first()
    if notice is None:
        raise DomainError("no_such_notice", _("This notice does not exist."))
    if notice.seen_at is None:
        notice.seen_at, notice.seen_by = timezone.now(), by
        notice.save(update_fields=["seen_at", "seen_by"])
        access_log.record("watch.notice_closed", by=by, objects=[notice.pk])
    return notice
