"""What an export is made of: sections of rows, and images. Higher apps register theirs (decision 26)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from patients.models import Patient

Value = str | int | float | bool | datetime | date | list[float] | None

Row = Mapping[str, Value]


@dataclass(frozen=True)
class Section:
    """One table: its name in files, its title and column headings for people, its rows."""

    name: str
    title: str
    columns: Mapping[str, str]
    rows: Sequence[Row]
    hint: str = ""


@dataclass(frozen=True)
class Image:
    """A photo the clinic still keeps. `read` decrypts it when its turn has come, so one is held at a time."""

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Columns:
    """Where a model's fields go: columns of `section`, by the same name or another; or out, with a reason."""

    section: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


LEFT_OUT_EVERYWHERE = {
    "id": "a random number of ours; it stands where another row refers to it",
    "clinic": "the whole file is of one clinic, which its page names",
    "patient": "the whole file is of one person",
    "patient_id": "the whole file is of one person",
}
STAFF = "a member of staff: “who looked at my data” says who, as far as the clinic names its staff"
MACHINERY = "how far the program got with its work; it says nothing about the person"


@dataclass(frozen=True)
class Exporter:
    """What one app adds. `covers`: the models whose rows go out; `leaves_out`: those that do not, and why.

    `columns` says of each covered model where its fields stand; a test asks about every one.
    """

    covers: frozenset[str]
    sections: Callable[[Patient], Iterable[Section]]
    columns: Mapping[str, Columns] = field(default_factory=dict)
    images: Callable[[Patient], Iterable[Image]] = lambda patient: ()
    leaves_out: Mapping[str, str] = field(default_factory=dict)


def by_whom(actor: str, patient: Patient) -> str:
    """Whether they wrote it down themselves."""
    return "you" if actor == patient.actor_label else "your clinic"


_registered: dict[str, Exporter] = {}


def register(app: str, exporter: Exporter) -> None:
    """Called by the pipeline, once for each app, in the order in which the sections shall stand."""
    _registered[app] = exporter


def exporters() -> tuple[Exporter, ...]:
    return tuple(_registered.values())


def left_out() -> dict[str, str]:
    return {model: reason for exporter in exporters() for model, reason in exporter.leaves_out.items()}
