"""The jobs that sign every chain's head, and send the signatures to those who keep them elsewhere."""

import json
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics import access_log, anchors, tenancy, verification
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import Clinic, PlatformLogEntry
from clinics.verify_log import Anchor, Finding, Verdict, check_chain

logger = logging.getLogger(__name__)

REFUSAL = "access_log.not_signed"
SAID_AGAIN = timedelta(days=1)


def anchor_all() -> list[Verdict]:
    """Signs every chain's head. One with a finding is not signed on, and named to the operator."""
    broken = []
    for chain in _chains():
        with _held(chain):
            verdict = _anchor(chain)
        if not verdict.is_sound:
            logger.error("Access log not signed: %s", verdict)
            _tell(verdict)
            broken.append(verdict)
    return broken


def resume(chain: str, *, reason: str) -> Verdict:
    """Signs on after a person looked into a finding, as after the restore of an older dump.

    The former file is kept beside the new one, whose first line says why. A chain that is not whole in itself
    is never signed.
    """
    with _held(chain):
        start = verification.start_of(chain)
        verdict = check_chain(chain, verification.rows_of(chain, after=start[0]), start=start)
        if not verdict.is_sound:
            raise DomainError("chain_broken", str(verdict))
        if not verdict.rows:
            raise DomainError("chain_empty", gettext_lazy("There is nothing to sign."))
        anchors.set_aside(chain)
        anchors.append(chain, number=verdict.last, digest=verdict.last_hash, resumes=reason)
    access_log.record_on_platform("access_log.resumed", by=System("operator"), chain=chain, last=verdict.last)
    return verdict


def mail_newest() -> int:
    """Sends each chain's newest anchor, and what is not signed any more; nothing of a patient."""
    lines = [lines[-1] for chain in _chains() if (lines := anchors.lines_of(chain))]
    refused = [str(said["finding"]) for said in _recently_refused()]
    if not settings.ANCHOR_MAIL_TO or not lines + refused:
        return 0
    warning = [_("Not signed any more, and to be looked into at once:"), *refused, ""] if refused else []
    keep = _("Keep this mail: these signatures show later whether an access log was changed.")
    body = "\n".join([*warning, keep, "", *lines])
    return send_mail(_("MoodVision: signed heads of the access logs"), body, None, settings.ANCHOR_MAIL_TO)


def _chains() -> list[str]:
    clinics = Clinic.objects.order_by("slug").values_list("pk", flat=True)
    return [*map(str, clinics), verification.PLATFORM]


@contextmanager
def _held(chain: str) -> Iterator[None]:
    """A transaction, inside the clinic whose chain it is, that nobody else signs this chain in."""
    place = transaction.atomic() if chain == verification.PLATFORM else tenancy.enter(uuid.UUID(chain))
    with place:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"anchors:{chain}"])
        yield


def _anchor(chain: str) -> Verdict:
    known = anchors.load(chain, is_quick=True)
    start = verification.start_of(chain)
    last = max(known.anchors, key=lambda anchor: anchor.number, default=None)
    found = known.findings + (_since(chain, last) if last and last.number > start[0] else [])
    if found:
        return Verdict(chain, findings=found)
    if last and last.number >= start[0]:
        start = last.number, last.digest
    verdict = check_chain(chain, verification.rows_of(chain, after=start[0]), start=start)
    if verdict.is_sound and verdict.rows:
        if last is None:
            logger.warning("First anchor of chain %s: rows %d..%d", chain, verdict.first, verdict.last)
        anchors.append(chain, number=verdict.last, digest=verdict.last_hash)
    return verdict


def _since(chain: str, last: Anchor) -> list[Finding]:
    """Whether the row that was signed last is still there, and the same."""
    entries = verification.entries_of(chain)
    digest = entries.filter(number=last.number).values_list("entry_hash", flat=True).first()
    if digest == last.digest:
        return []
    if digest is None:
        newest = entries.order_by("-number").values_list("number", flat=True).first() or 0
        return [Finding(newest + 1, "cut", "signed once, and cut off since", until=last.number)]
    return [Finding(last.number, "rebuilt", "rewritten since it was signed")]


def _tell(verdict: Verdict) -> None:
    """The platform's chain: once a day for each chain, so that the chain does not fill with it."""
    if verdict.chain not in {said["chain"] for said in _recently_refused()}:
        access_log.record_on_platform(
            REFUSAL, by=System("anchors"), outcome="failed", chain=verdict.chain, finding=str(verdict)
        )


def _recently_refused() -> list[dict[str, Any]]:
    texts = PlatformLogEntry.objects.filter(action=REFUSAL, at__gte=timezone.now() - SAID_AGAIN)
    return [
        json.loads(text)["detail"] for text in texts.order_by("number").values_list("canonical", flat=True)
    ]
