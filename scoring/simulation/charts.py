"""Small line charts as SVG, readable on light and on dark pages; every chart has its table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 56, 190, 60, 48
DASHES = ("", "8 4", "2 4", "10 3 2 3", "5 2", "12 4")
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2937}.title{font-weight:600;font-size:15px}"
    ".page{fill:#fff}.axis{stroke:#6b7280}.grid{stroke:#e5e7eb}.aim{stroke:#b91c1c;stroke-dasharray:1 5}"
    ".line{fill:none;stroke-width:2.2}.s0{stroke:#1d4ed8}.s1{stroke:#b45309}.s2{stroke:#047857}"
    ".s3{stroke:#7e22ce}.s4{stroke:#be123c}.s5{stroke:#475569}"
    "@media(prefers-color-scheme:dark){text{fill:#e5e7eb}.page{fill:#111827}.axis{stroke:#9ca3af}"
    ".grid{stroke:#374151}.aim{stroke:#fca5a5}.s0{stroke:#93c5fd}.s1{stroke:#fbbf24}.s2{stroke:#6ee7b7}"
    ".s3{stroke:#d8b4fe}.s4{stroke:#fda4af}.s5{stroke:#cbd5e1}}"
)


@dataclass(frozen=True)
class Chart:
    """`series`: by name, one value or None (a gap) for each of `xs`. `aim`: a line that values should stay
    under."""

    title: str
    x_label: str
    y_label: str
    xs: Sequence[float]
    series: dict[str, Sequence[float | None]]
    aim: float | None = None


def draw(chart: Chart) -> str:
    """The whole SVG file. Series differ by dashes and by name as well as by colour."""
    known = [value for values in chart.series.values() for value in values if value is not None]
    step = _step(max([*known, chart.aim or 0.0, 1e-9]))
    top = step * (int(max([*known, chart.aim or 0.0]) / step) + 1)
    place = _Places(chart.xs, top)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(chart.title)}</title><style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
        _text(LEFT, 24, chart.title, extra=' class="title"'),
        *_axes(chart, place, step, top),
    ]
    if chart.aim is not None:
        y = place.y(chart.aim)
        parts.append(f'<line class="aim" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        words = f"aim: at most {chart.aim:g}"
        parts.append(_text(WIDTH - RIGHT - 4, y - 5, words, extra=' text-anchor="end"'))
    parts += _lines(chart, place)
    return "\n".join([*parts, "</svg>\n"])


@dataclass(frozen=True)
class _Places:
    xs: Sequence[float]
    top: float

    def x(self, value: float) -> float:
        span = max(self.xs) - min(self.xs) or 1.0
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (value - min(self.xs)) / span, 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.top, 1)


def _step(top: float) -> float:
    return next((step for step in (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0) if top / step <= 7), 10.0)


def _text(x: float, y: float, words: str, *, extra: str = "") -> str:
    return f'<text x="{x}" y="{y}"{extra}>{escape(words)}</text>'


def _axes(chart: Chart, place: _Places, step: float, top: float) -> list[str]:
    end, floor = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = []
    for number in range(round(top / step) + 1):
        y = place.y(number * step)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{end}" y1="{y}" y2="{y}"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{number * step:g}", extra=' text-anchor="end"'))
    parts += [_text(place.x(x), floor + 18, f"{x:g}", extra=' text-anchor="middle"') for x in chart.xs]
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{end}" y1="{floor}" y2="{floor}"/>')
    parts.append(_text((LEFT + end) / 2, floor + 38, chart.x_label, extra=' text-anchor="middle"'))
    parts.append(_text(LEFT - 44, TOP - 10, chart.y_label))
    return parts


def _lines(chart: Chart, place: _Places) -> list[str]:
    """Each series, and its name beside a sample of its line at the right."""
    parts = []
    for number, (name, values) in enumerate(chart.series.items()):
        points = [(place.x(x), place.y(y)) for x, y in zip(chart.xs, values, strict=True) if y is not None]
        key = TOP + 8 + 22 * number
        sample = [(WIDTH - RIGHT + 10, key), (WIDTH - RIGHT + 38, key)]
        look = number % len(DASHES)
        dash = f' stroke-dasharray="{DASHES[look]}"' if DASHES[look] else ""
        for line in (points, sample):
            path = " ".join(f"{x},{y}" for x, y in line)
            parts.append(f'<polyline class="line s{look}"{dash} points="{path}"/>')
        parts.append(_text(WIDTH - RIGHT + 44, key + 4, name))
    return parts
