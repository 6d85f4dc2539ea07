from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler


class BoundedMemoryUploadHandler(MemoryFileUploadHandler):
    """Keeps uploads in memory, so that no photo ever lies in a temporary file in plain.

    Bytes above the limit are counted and thrown away: the form then says that the file is too large.
    """

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.kept = 0
        super().new_file(*args, **kwargs)  # raises StopFutureHandlers: this is the only handler

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        room = settings.UPLOAD_LIMIT_BYTES + 1 - self.kept
        if room <= 0:
            return None
        self.kept += len(raw_data[:room])
        self.file.write(raw_data[:room])
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        return super().file_complete(self.kept)
