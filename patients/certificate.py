"""An erasure certificate: what is gone, what a dropped key does and what it does not; and its signature."""

import json
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinics import signing
from clinics.verify_certificate import VERSION
from clinics.verify_log import Type
from patients.models import Erasure


def text(wish: Erasure) -> str:
    """Holds ids and numbers alone: it names nobody."""
    assert wish.finished_at is not None  # written when it is finished
    paragraphs = [
        _("Certificate of erasure"),
        _("Certificate %(id)s\nRecord %(patient)s\nErased on %(day)s (UTC)")
        % {"id": wish.pk, "patient": wish.patient_id, "day": wish.finished_at.strftime("%Y-%m-%d %H:%M")},
        *_asked(wish),
        _what(wish),
        _("What was erased from the database:\n%(rows)s") % {"rows": _rows(wish)},
        _(
            "Every table was then searched for the record's id. It was found only where it must stay: in the "
            "access log, which says who looked at and who erased the record and holds no content, and in the "
            "list of erased records, to which this certificate belongs."
        ),
        _(
            "Encrypted fields and images: their keys were destroyed. They cannot be read any more, in older "
            "dumps either."
        ),
        ngettext(
            "Plain rows in older dumps (scores, readings, the address used to sign in) have no name beside "
            "them; they age out with the dumps, after %(days)d day at most.",
            "Plain rows in older dumps (scores, readings, the address used to sign in) have no name beside "
            "them; they age out with the dumps, after %(days)d days at most.",
            settings.DUMP_DAYS,
        )
        % {"days": settings.DUMP_DAYS},
        _(
            "The list of erased records lies beside the backup of the keys. Whoever restores an older dump "
            "replays it, and erases this record again."
        ),
        _(
            "Physical copies of the database hold the keys too, and live no longer than the backup of the "
            "keys."
        ),
    ]
    return "\n\n".join(str(paragraph) for paragraph in paragraphs) + "\n"


def content(wish: Erasure) -> dict[str, Any]:
    """What is signed: the words, and the same facts for programs."""
    assert wish.finished_at is not None  # written when it is finished
    return {
        "version": VERSION,
        "certificate": str(wish.pk),
        "clinic": str(wish.clinic_id),
        "record": str(wish.patient_id),
        "requested_at": wish.requested_at.isoformat(),
        "identity_check": wish.identity_check,
        "finished_at": wish.finished_at.isoformat(),
        "extent": str(wish.extent),
        "kept_until": wish.kept_until.isoformat() if wish.kept_until else None,
        "rows": {name: count for name, count in sorted(wish.counts.items()) if count},
        "words": wish.certificate,
    }


def signed(wish: Erasure) -> str:
    """As the file says it, and as `python -m clinics.verify_certificate` reads it."""
    return json.dumps(signing.signed(Type.CERTIFICATE, content(wish)), indent=1) + "\n"


def unsigned(wish: Erasure) -> str:
    """Of an erasure from before certificates were signed: it verifies as what it is, unsigned."""
    return json.dumps({"text": json.dumps(content(wish), sort_keys=True), "signature": None}, indent=1) + "\n"


def mail(wish: Erasure) -> tuple[str, str]:
    """To the address by which the patient signed in: subject and body."""
    gone = (
        _("Your account is gone as well, and this address is not kept: this is the last message you get.")
        if wish.counts.get("clinics.user")
        else _("You can no longer sign in there.")
    )
    body = _(
        "What you asked to be erased has been erased. %(gone)s\n\n"
        "The number of your certificate: %(number)s\n\n"
        "Please keep it. With this number the place that held your data can hand you the certificate at any "
        "time; it says what was erased and when."
    )
    return _("Your data were erased"), body % {"gone": gone, "number": wish.pk} + "\n"


def _asked(wish: Erasure) -> list[str]:
    """How the desk knew who asked, where it was the desk that wrote it down."""
    if not wish.identity_check:
        return []
    said = _("Asked for across the clinic's desk. How it was made sure who asked: %(check)s.") % {
        "check": wish.get_identity_check_display()
    }
    if wish.confirmed_by.startswith("membership:"):
        said += " " + _("One member of the clinic recorded it, another confirmed it.")
    return [said]


def _what(wish: Erasure) -> str:
    if wish.extent == Erasure.Extent.EVERYTHING:
        return _("Everything of this record was erased, its key included.")
    return _(
        "Images, readings and the app's data were erased. The clinical record is kept by law until "
        "%(day)s, out of sight of the pages of the clinic, under a new key; then it is erased too."
    ) % {"day": wish.kept_until}


def _rows(wish: Erasure) -> str:
    counted = sorted((name, count) for name, count in wish.counts.items() if count)
    return "\n".join(f"  {_named(name)}{name}: {count}" for name, count in counted) or _("  no row")


def _named(table: str) -> str:
    """What such rows are in words, where the table still exists."""
    try:
        return f"{apps.get_model(table)._meta.verbose_name_plural}, "
    except LookupError:
        return ""
