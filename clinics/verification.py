"""Verifies chains in the database, streamed: a million rows need neither memory nor many seconds."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import QuerySet
from django.utils import timezone
from psycopg import sql

from clinics import anchors, log_replay, signing, tenancy
from clinics.models import AccessLogEntry, AccessLogSegment, Clinic, PlatformLogEntry
from clinics.verify_log import (
    FIRST_HASH,
    BadSignatureError,
    Finding,
    Given,
    Row,
    Type,
    Verdict,
    check_chain,
    open_signed,
)

PLATFORM = "platform"
COLUMNS = """number, canonical, previous_hash, entry_hash, {chain},
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
    kind, action, outcome, actor, role, {patient}"""
OF_CLINIC = sql.SQL(
    "COPY (SELECT {columns} FROM clinics_accesslogentry WHERE clinic_id = {clinic} AND number > {after}"
    " ORDER BY number) TO STDOUT"
)
OF_PLATFORM = sql.SQL(
    "COPY (SELECT {columns} FROM clinics_platformlogentry WHERE number > {after} ORDER BY number) TO STDOUT"
)


def verify_clinic(clinic: Clinic, given: Given | None = None) -> Verdict:
    """`given`: anchors that somebody kept elsewhere."""
    with tenancy.enter(clinic.pk):
        return _verify(str(clinic.pk), given or Given())


def verify_platform(given: Given | None = None) -> Verdict:
    with transaction.atomic():
        verdict = _verify(PLATFORM, given or Given())
        verdict.findings += log_replay.gaps()
    return verdict


def _verify(chain: str, given: Given) -> Verdict:
    known, received = anchors.load(chain), given.of(chain)
    start = start_of(chain)
    rows = rows_of(chain, after=start[0])
    verdict = check_chain(chain, rows, anchors=[*known.anchors, *received], start=start)
    verdict.resumed = known.resumed
    verdict.uncompared = sum(anchor.number < start[0] for anchor in received)
    verdict.findings += known.findings + anchors.lost(chain, given) + given.findings
    if not known.anchors and not known.findings:
        verdict.findings += _unsigned(chain)
    return verdict


def _unsigned(chain: str) -> list[Finding]:
    """A chain that the job must have come to, and nothing signed."""
    since = entries_of(chain).order_by("number").values_list("at", flat=True).first()
    if since is None or timezone.now() - since <= timedelta(seconds=2 * settings.ANCHOR_SECONDS):
        return []
    text = f"no anchor, though it began at {since.isoformat()}: they were lost, or the job does not run"
    return [Finding(0, "anchors", text)]


def entries_of(chain: str) -> QuerySet[AccessLogEntry] | QuerySet[PlatformLogEntry]:
    return PlatformLogEntry.objects.all() if chain == PLATFORM else AccessLogEntry.objects.all()


def start_of(chain: str) -> tuple[int, str]:
    """Number and hash of the row before the first that is kept.

    That is the chain's beginning, or where a signed closing record ends. Who deletes rows without one is
    found, for the chain then lacks its beginning.
    """
    if chain != PLATFORM:
        first = AccessLogEntry.objects.order_by("number").values_list("number", flat=True).first() or 1
        for segment in AccessLogSegment.objects.filter(last_number=first - 1):
            try:
                content = open_signed(segment.closing, signing.trusted(), Type.SEGMENT)
            except BadSignatureError:
                continue
            if (content["chain"], content["number"]) == (chain, first - 1):
                return content["number"], content["hash"]
    return 0, FIRST_HASH


def rows_of(chain: str, *, after: int = 0) -> Iterator[Row]:
    """Inside the clinic whose chain it is."""
    if chain == PLATFORM:
        columns = sql.SQL(COLUMNS).format(chain=PLATFORM, patient=None)
        return _stream(OF_PLATFORM.format(columns=columns, after=after))
    columns = sql.SQL(COLUMNS).format(chain=sql.Identifier("clinic_id"), patient=sql.Identifier("patient_id"))
    return _stream(OF_CLINIC.format(columns=columns, clinic=chain, after=after))


def _stream(query: sql.Composed) -> Iterator[Row]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor, cursor.copy(query) as copy:
        for number, canonical, previous, digest, *columns in copy.rows():
            yield Row(int(number), canonical, previous, digest, tuple(columns))
