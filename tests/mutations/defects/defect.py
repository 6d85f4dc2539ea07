"""A guard that must not be lost: how to remove it, and the tests that must then fail."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Defect:
    """`old` stands once in `file`; with `new` in its place at least one of `tests` must fail.

    Defects of one `kind` are of one net; continuous integration plants the first of each.
    """

    kind: str
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def is_in_schema(self) -> bool:
        """Whether only a database migrated by its copy shows it."""
        return "migration" in self.file or self.file.startswith("moodvision/embedded/")
