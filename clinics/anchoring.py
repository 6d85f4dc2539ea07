"""The jobs that sign every chain's head, and send the signatures to those who keep them elsewhere."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from clinics import anchors, tenancy, verification
from clinics.models import Clinic
from clinics.verify_log import Verdict, check_chain

logger = logging.getLogger(__name__)


def anchor_all() -> list[Verdict]:
    """Signs every chain's head. A chain that is broken since its last anchor is not signed, and named."""
    broken = []
    for clinic_id in Clinic.objects.order_by("slug").values_list("pk", flat=True):
        with tenancy.enter(clinic_id):
            broken += _anchor(str(clinic_id))
    with transaction.atomic():
        broken += _anchor(verification.PLATFORM)
    for verdict in broken:
        logger.error("Access log not signed: %s", verdict)
    return broken


def _anchor(chain: str) -> list[Verdict]:
    last = max(anchors.load(chain).anchors, key=lambda anchor: anchor.number, default=None)
    start = (last.number, last.digest) if last else verification.start_of(chain)
    verdict = check_chain(chain, verification.rows_of(chain, after=start[0]), start=start)
    if not verdict.is_sound:
        return [verdict]
    if verdict.rows:
        anchors.append(chain, number=verdict.last, digest=verdict.last_hash)
    return []


def mail_newest() -> int:
    """Sends each chain's newest anchor; ids and hashes, nothing of a patient."""
    chains = [*map(str, Clinic.objects.order_by("slug").values_list("pk", flat=True)), verification.PLATFORM]
    lines = [lines[-1] for chain in chains if (lines := anchors.lines_of(chain))]
    if not lines or not settings.ANCHOR_MAIL_TO:
        return 0
    body = "\n".join(
        [_("Keep this mail: these signatures show later whether an access log was changed."), "", *lines]
    )
    return send_mail(_("MoodVision: signed heads of the access logs"), body, None, settings.ANCHOR_MAIL_TO)
