"""Text messages by an adapter that the operator names in SMS_ADAPTER (docs/messages.md); none, none offered.

Adapters for providers are written by whoever has an account there; this one writes to files, for development.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from clinics.messages.channels.base import Line, Parcel
from clinics.messages.outcomes import Accepted

LONGEST = 300


class SmsAdapter(Protocol):
    """What a provider's adapter offers."""

    def send(self, *, to: str, text: str, reference: str) -> None:
        """One text to one number in international form. `reference` is the same when a text is sent again,
        for providers that compare. Raises an outcome of clinics/messages/outcomes.py where it was not taken,
        and nothing else; ends within settings.MESSAGE_TIMEOUT_SECONDS."""
        ...


class FileAdapter:
    """Lines of JSON in a folder, one file a day."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or settings.SMS_FILE_DIR

    def send(self, *, to: str, text: str, reference: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC)
        line = json.dumps({"at": now.isoformat(), "to": to, "text": text, "reference": reference})
        with (self.folder / f"{now.date().isoformat()}.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")


class SmsLine(Line):
    def __init__(self) -> None:
        self._adapter = cast(SmsAdapter, import_string(settings.SMS_ADAPTER)())

    @classmethod
    def is_set_up(cls) -> bool:
        return bool(settings.SMS_ADAPTER)

    def send(self, parcel: Parcel) -> Accepted:
        self._adapter.send(to=parcel.address, text=parcel.words.short[:LONGEST], reference=parcel.id.hex)
        return Accepted()
