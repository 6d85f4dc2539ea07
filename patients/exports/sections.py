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
class Exporter:
    """What one app adds. `covers`: the models whose rows go out; `leaves_out`: those that do not, and why."""

    covers: frozenset[str]
    sections: Callable[[Patient], Iterable[Section]]
    images: Callable[[Patient], Iterable[Image]] = lambda patient: ()
    leaves_out: Mapping[str, str] = field(default_factory=dict)


_registered: dict[str, Exporter] = {}


def register(app: str, exporter: Exporter) -> None:
    """Called by the pipeline, once for each app, in the order in which the sections shall stand."""
    _registered[app] = exporter


def exporters() -> tuple[Exporter, ...]:
    return tuple(_registered.values())


def left_out() -> dict[str, str]:
    return {model: reason for exporter in exporters() for model, reason in exporter.leaves_out.items()}
