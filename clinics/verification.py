"""Verifies chains in the database, streamed: a million rows need neither memory nor many seconds."""

from collections.abc import Iterator

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg import sql

from clinics import anchors, signing, tenancy
from clinics.models import AccessLogEntry, AccessLogSegment, Clinic
from clinics.verify_log import FIRST_HASH, BadSignatureError, Row, Verdict, check_chain, open_signed

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


def verify_clinic(clinic: Clinic) -> Verdict:
    with tenancy.enter(clinic.pk):
        return _verify(str(clinic.pk))


def verify_platform() -> Verdict:
    with transaction.atomic():
        return _verify(PLATFORM)


def _verify(chain: str) -> Verdict:
    known = anchors.load(chain)
    start = start_of(chain)
    verdict = check_chain(chain, rows_of(chain, after=start[0]), anchors=known.anchors, start=start)
    verdict.findings += known.findings
    return verdict


def start_of(chain: str) -> tuple[int, str]:
    """Number and hash of the row before the first that is kept.

    That is the chain's beginning, or where a signed closing record ends. Who deletes rows without one is
    found, for the chain then lacks its beginning.
    """
    if chain != PLATFORM:
        first = AccessLogEntry.objects.order_by("number").values_list("number", flat=True).first() or 1
        for segment in AccessLogSegment.objects.filter(last_number=first - 1):
            try:
                content = open_signed(segment.closing, signing.trusted())
            except BadSignatureError:
                continue
            if (content["chain"], content["number"]) == (chain, first - 1) and "newest_entry_at" in content:
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
