"""What the engine raises; everything else about a bad image is an answer, not an error."""


class ModelPackageError(Exception):
    """The model's files are missing, altered or of another layout. The text is one line for the operator."""


class Unreadable(Exception):
    """The image could not be decoded: truncated, corrupt, lying about itself, or over the child's limits."""


class NotScored(Exception):
    """There is no single usable face to explain; `reason` is one of `NOT_SCORED_REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
