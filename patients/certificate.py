"""The words of an erasure certificate: what is gone, what a dropped key does and what it does not."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patients.models import Erasure


def text(wish: Erasure) -> str:
    """Holds ids and numbers alone: it names nobody."""
    assert wish.finished_at is not None  # written when it is finished
    paragraphs = [
        _("Certificate of erasure"),
        _("Certificate %(id)s\nRecord %(patient)s\nErased on %(day)s (UTC)")
        % {"id": wish.pk, "patient": wish.patient_id, "day": wish.finished_at.strftime("%Y-%m-%d %H:%M")},
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


def _what(wish: Erasure) -> str:
    if wish.extent == Erasure.Extent.EVERYTHING:
        return _("Everything of this record was erased, its key included.")
    return _(
        "Images, readings and the app's data were erased. The clinical record is kept by law until "
        "%(day)s, out of sight of the pages of the clinic, under a new key; then it is erased too."
    ) % {"day": wish.kept_until}


def _rows(wish: Erasure) -> str:
    counted = sorted((name, count) for name, count in wish.counts.items() if count)
    return "\n".join(f"  {name}: {count}" for name, count in counted) or _("  no row")
