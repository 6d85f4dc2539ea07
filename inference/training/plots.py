"""The card's two plots as SVG: reliability diagram and risk-coverage curve; readable on light and dark."""

from html import escape

from inference.training.reliability import Bin, Coverage

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 360, 300, 52, 44, 28, 14
INK, GRID, LINE = "#6b7280", "#9ca3af", "#2563eb"

Point = tuple[float, float]


def reliability_diagram(bins: list[Bin], title: str) -> str:
    """Dots as large as their bins are full; on the diagonal a probability means what it says."""
    frame = _Frame((0.0, 1.0), (0.0, 1.0))
    total = sum(one["n"] for one in bins)
    dots = [
        frame.dot((one["confidence"], one["accuracy"]), 2.5 + 14 * (one["n"] / total) ** 0.5) for one in bins
    ]
    path = frame.line([(one["confidence"], one["accuracy"]) for one in bins], LINE)
    diagonal = frame.line([(0, 0), (1, 1)], GRID, dashed=True)
    return frame.render(title, "top probability", "share that was right", [diagonal, path, *dots])


def risk_coverage_curve(curve: list[Coverage], title: str) -> str:
    """Accuracy of what is kept against the share that is kept."""
    low = min(0.8, min(point["accuracy"] for point in curve) // 0.1 / 10)
    frame = _Frame((0.5, 1.0), (low, 1.0))
    points = [(point["coverage"], point["accuracy"]) for point in curve]
    parts = [frame.line(points, LINE), *(frame.dot(point, 3.5) for point in points)]
    return frame.render(title, "share of readings kept", "accuracy of those", parts)


class _Frame:
    """Axes over a range of x and one of y."""

    def __init__(self, across: Point, up: Point) -> None:
        self.across, self.up = across, up

    def place(self, point: Point) -> Point:
        x = LEFT + (point[0] - self.across[0]) / (self.across[1] - self.across[0]) * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - (point[1] - self.up[0]) / (self.up[1] - self.up[0]) * (HEIGHT - BOTTOM - TOP)
        return round(x, 1), round(y, 1)

    def line(self, points: list[Point], colour: str, *, dashed: bool = False) -> str:
        corners = " ".join(f"{x},{y}" for x, y in map(self.place, points))
        dashes = ' stroke-dasharray="4 4"' if dashed else ""
        return f'<polyline points="{corners}" fill="none" stroke="{colour}" stroke-width="1.5"{dashes}/>'

    def dot(self, point: Point, radius: float) -> str:
        x, y = self.place(point)
        return f'<circle cx="{x}" cy="{y}" r="{radius:.1f}" fill="{LINE}" fill-opacity=".55"/>'

    def render(self, title: str, across: str, up: str, parts: list[str]) -> str:
        middle = (TOP + HEIGHT - BOTTOM) / 2
        body = "\n".join([*self._grid(), *parts])
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="11" fill="{INK}">\n'
            f"<title>{escape(title)}</title>\n{body}\n"
            f'<text x="{LEFT}" y="16">{escape(title)}</text>\n'
            f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{across}</text>\n'
            f'<text x="14" y="{middle}" text-anchor="middle" '
            f'transform="rotate(-90 14 {middle})">{up}</text>\n</svg>\n'
        )

    def _grid(self) -> list[str]:
        parts = []
        for step in range(6):
            share = step / 5
            x_value = self.across[0] + share * (self.across[1] - self.across[0])
            y_value = self.up[0] + share * (self.up[1] - self.up[0])
            (x, low), (_, high) = (self.place((x_value, end)) for end in self.up)
            (left, y), (right, _) = (self.place((end, y_value)) for end in self.across)
            parts += [
                f'<path d="M{x} {low}V{high}M{left} {y}H{right}" stroke="{GRID}" stroke-opacity=".35"/>',
                f'<text x="{x}" y="{low + 15}" text-anchor="middle">{x_value:.2g}</text>',
                f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{y_value:.3g}</text>',
            ]
        return parts
