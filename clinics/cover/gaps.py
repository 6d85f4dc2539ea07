"""What administrators are told about cover on each of their pages: who is missing, nothing of any patient."""

from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics.cover import hours
from clinics.cover.readiness import is_clinician
from clinics.cover.snapshot import Snapshot, read
from clinics.models import Clinic, Lane, Shift

SOON = timedelta(hours=24)
NO_LEAD = _("There is no clinical lead: alerts that nobody takes have one rung less to go to.")
NO_DEPUTY = _("The clinical lead has no deputy.")
EMPTY = _("The rota is empty: nobody is on duty and nobody on call.")
NO_PHONE = _(
    "A night shift of the next 24 hours covers nothing: no test alert by phone was confirmed for it."
)
NO_NIGHT = _(
    "Hours by night are declared, and no phone holds for them now: nobody is promised by night. A test alert "
    "by phone, confirmed, opens them again for a week."
)


def gaps(clinic: Clinic, now: datetime) -> list["str | Promise"]:
    """Each as a sentence. Inside the clinic. In shadow too, once hours of an urgent lane are declared: item 9
    and calls are live from then on, whatever is still recorded only."""
    found = read(clinic, now)
    is_watching = any(lane.is_urgent and found.weekly.get(lane) for lane in Lane)
    if found.safety.live_since is None and not is_watching:
        return []
    said = {
        NO_LEAD: not is_clinician(found.safety.lead),
        NO_DEPUTY: not is_clinician(found.safety.deputy),
        EMPTY: _is_empty_now(found, now),
        NO_PHONE: _lacks_phone(found, now),
        NO_NIGHT: _are_nights_closed(found, now),
    }
    return [sentence for sentence, is_so in said.items() if is_so]


def _is_empty_now(found: Snapshot, now: datetime) -> bool:
    return any(
        hours.is_open(found.schedule(lane), now) and found.is_rota_empty(lane, now)
        for lane in Lane
        if lane.is_urgent
    )


def _lacks_phone(found: Snapshot, now: datetime) -> bool:
    """Some night shift of the next day that cannot be counted on."""
    if not found.safety.has_night_cover:
        return False
    covered = {(entry.member_id, entry.span) for entry, _span in found.nights}
    return any(
        (row.member_id, row.span) not in covered
        for row in found.shifts
        if row.kind == Shift.Kind.NIGHT and row.span.end > now and row.span.start < now + SOON
    )


def _are_nights_closed(found: Snapshot, now: datetime) -> bool:
    """Hours by night that nothing opens at this moment, and what they hang on."""
    weeks = [found.week(lane) for lane in Lane if lane.is_urgent]
    return any(
        week.by_night is not None and not any(span.holds(now) for span in week.by_night) for week in weeks
    )
