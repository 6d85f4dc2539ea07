"""Pictures that are no readable face: drawn noise, hands, cars, drawings, backs of heads; covered faces.

Everything is drawn anew from a generator, so that nobody's pictures are needed and the amount is free. A
picture is uint8 [side, side], grey; shapes are drawn in coordinates 0..1 of the side.
"""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Draw = np.random.Generator
Points = list[tuple[float, float]]


def _canvas(side: int, draw: Draw) -> Bytes:
    """A background: plain, shaded or blotchy."""
    low, high = sorted(draw.uniform(0, 255, 2))
    rows, columns = np.mgrid[0:side, 0:side] / side
    angle = draw.uniform(0, 2 * np.pi)
    shade = rows * np.sin(angle) + columns * np.cos(angle)
    shade = (shade - shade.min()) / (np.ptp(shade) + 1e-9)
    blotches = _smooth(side, draw, draw.uniform(0.05, 0.3))
    mixed = low + (high - low) * (0.6 * shade + 0.4 * blotches)
    return np.asarray(mixed.clip(0, 255).astype(np.uint8))


def _smooth(side: int, draw: Draw, grain: float) -> npt.NDArray[np.float64]:
    """Noise 0..1 with spots of about `grain` of the side."""
    coarse = draw.random((max(2, round(1 / grain)),) * 2)
    smooth = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray((smooth - smooth.min()) / (np.ptp(smooth) + 1e-9))


def _polygon(image: Bytes, points: Points, grey: float) -> None:
    corners = (np.array(points) * image.shape[0]).round().astype(np.int32)
    cv2.fillPoly(image, [corners], (float(grey),), cv2.LINE_AA)


def _ellipse(
    image: Bytes, centre: tuple[float, float], half: tuple[float, float], grey: float, angle: float = 0
) -> None:
    side = image.shape[0]
    place = (round(centre[0] * side), round(centre[1] * side))
    axes = (max(1, round(half[0] * side)), max(1, round(half[1] * side)))
    cv2.ellipse(image, place, axes, angle, 0, 360, (float(grey),), -1, cv2.LINE_AA)


def _line(
    image: Bytes, start: tuple[float, float], end: tuple[float, float], grey: float, wide: float
) -> None:
    side = image.shape[0]
    ends = [(round(x * side), round(y * side)) for x, y in (start, end)]
    cv2.line(image, ends[0], ends[1], (float(grey),), max(1, round(wide * side)), cv2.LINE_AA)


def _finished(image: Bytes, draw: Draw) -> Bytes:
    """A little blur and sensor noise, as of a camera."""
    blurred = cv2.GaussianBlur(image, (0, 0), 0.003 * image.shape[0] + draw.uniform(0, 0.6))
    noisy = blurred + draw.normal(0, draw.uniform(0, 8), image.shape)
    return np.asarray(noisy.clip(0, 255).astype(np.uint8))


def noise(side: int, draw: Draw) -> Bytes:
    """White noise, coarse noise or clouds of several grains."""
    kind = draw.integers(3)
    if kind == 0:
        return draw.integers(0, 256, (side, side), dtype=np.uint8)
    grains = (0.03, 0.1, 0.3) if kind == 1 else (draw.uniform(0.02, 0.2),)
    mixed = sum(_smooth(side, draw, grain) * grain for grain in grains) / sum(grains)
    return np.asarray((np.asarray(mixed) * 255).astype(np.uint8))


def hand(side: int, draw: Draw) -> Bytes:
    """A palm with fingers, somehow turned."""
    image = _canvas(side, draw)
    skin = draw.uniform(70, 240)
    turn = draw.uniform(-0.7, 0.7)
    centre = np.array([0.5, 0.62]) + draw.uniform(-0.08, 0.08, 2)
    size = draw.uniform(0.75, 1.25)
    _line(image, (float(centre[0]), float(centre[1])), (0.5 - turn, 1.3), skin, 0.26 * size)
    for finger in range(5):
        angle = turn + (finger - 2) * draw.uniform(0.2, 0.36) + (0.45 if finger == 4 else 0)
        long = size * (0.3 if finger == 4 else draw.uniform(0.36, 0.48))
        tip = centre + long * np.array([np.sin(angle), -np.cos(angle)])
        _line(
            image,
            (float(centre[0]), float(centre[1])),
            (float(tip[0]), float(tip[1])),
            skin * 0.8,
            0.115 * size,
        )
        _line(image, (float(centre[0]), float(centre[1])), (float(tip[0]), float(tip[1])), skin, 0.09 * size)
    _ellipse(image, (float(centre[0]), float(centre[1])), (0.17 * size, 0.19 * size), skin)
    for _ in range(3):
        crease = centre + draw.uniform(-0.1, 0.1, 2)
        _line(image, tuple(crease - 0.07), tuple(crease + 0.07), skin * 0.75, 0.012)
    return _finished(image, draw)


def car(side: int, draw: Draw) -> Bytes:
    """A car from the side or, with two lamps and a grille, from the front."""
    image = _canvas(side, draw)
    paint, glass, dark = draw.uniform(60, 250), draw.uniform(20, 120), draw.uniform(0, 50)
    low, width = draw.uniform(0.65, 0.85), draw.uniform(0.36, 0.46)
    _polygon(
        image,
        [(0.5 - width, low), (0.5 - width, low - 0.2), (0.5 + width, low - 0.2), (0.5 + width, low)],
        paint,
    )
    roof = width * draw.uniform(0.5, 0.75)
    top = low - draw.uniform(0.36, 0.46)
    _polygon(
        image,
        [
            (0.5 - width * 0.85, low - 0.2),
            (0.5 - roof, top),
            (0.5 + roof, top),
            (0.5 + width * 0.85, low - 0.2),
        ],
        paint,
    )
    _polygon(
        image,
        [
            (0.5 - width * 0.72, low - 0.21),
            (0.5 - roof * 0.9, top + 0.03),
            (0.5 + roof * 0.9, top + 0.03),
            (0.5 + width * 0.72, low - 0.21),
        ],
        glass,
    )
    if draw.random() < 0.5:
        _line(image, (0.5, top), (0.5, low - 0.2), paint, 0.03)
        _wheels(image, width, low, dark)
    else:
        _lamps_and_grille(image, width, low, dark, draw)
    return _finished(image, draw)


def _wheels(image: Bytes, width: float, low: float, dark: float) -> None:
    for x in (0.5 - width * 0.6, 0.5 + width * 0.6):
        _ellipse(image, (x, low), (0.11, 0.11), dark)
        _ellipse(image, (x, low), (0.05, 0.05), 170)


def _lamps_and_grille(image: Bytes, width: float, low: float, dark: float, draw: Draw) -> None:
    for x in (0.5 - width * 0.75, 0.5 + width * 0.75):
        _ellipse(image, (x, low - 0.12), (0.07, 0.045), draw.uniform(200, 255))
        _polygon(
            image, [(x - 0.06, low), (x + 0.06, low), (x + 0.06, low + 0.1), (x - 0.06, low + 0.1)], dark
        )
    for bar in range(3):
        height = low - 0.14 + 0.04 * bar
        _line(image, (0.5 - width * 0.4, height), (0.5 + width * 0.4, height), dark, 0.015)


def drawing(side: int, draw: Draw) -> Bytes:
    """Pen strokes, circles and boxes on paper: line art of nothing in particular."""
    paper, ink = draw.uniform(200, 255), draw.uniform(0, 90)
    image = np.full((side, side), paper, dtype=np.uint8)
    for _ in range(draw.integers(4, 14)):
        wide = draw.uniform(0.01, 0.03)
        start, end = draw.uniform(0, 1, 2), draw.uniform(0, 1, 2)
        kind = draw.integers(3)
        if kind == 0:
            _line(image, tuple(start), tuple(end), ink, wide)
        elif kind == 1:
            place = (round(start[0] * side), round(start[1] * side))
            cv2.circle(
                image,
                place,
                max(2, round(draw.uniform(0.04, 0.3) * side)),
                (ink,),
                max(1, round(wide * side)),
                cv2.LINE_AA,
            )
        else:
            corners = (np.array([start, end]) * side).astype(int)
            cv2.rectangle(
                image,
                tuple(map(int, corners[0])),
                tuple(map(int, corners[1])),
                (ink,),
                max(1, round(wide * side)),
                cv2.LINE_AA,
            )
    return image


def back_of_head(side: int, draw: Draw) -> Bytes:
    """Hair from behind over neck and shoulders, with ears and strands, and no feature of a face."""
    image = _canvas(side, draw)
    skin, hair, cloth = draw.uniform(60, 230), draw.uniform(10, 200), draw.uniform(10, 240)
    x, y = 0.5 + draw.uniform(-0.06, 0.06), draw.uniform(0.4, 0.5)
    wide, high = draw.uniform(0.27, 0.38), draw.uniform(0.36, 0.46)
    _ellipse(image, (x, 1.15), (0.6, 0.3), cloth)
    _polygon(image, [(x - 0.16, y), (x + 0.16, y), (x + 0.18, 1), (x - 0.18, 1)], skin)
    for ear in (x - wide, x + wide):
        _ellipse(image, (ear, y + 0.05), (0.045, 0.09), skin * 0.95)
    _ellipse(image, (x, y), (wide, high), hair)
    if draw.random() < 0.5:
        _polygon(image, [(x - wide, y), (x + wide, y), (x + wide * 0.9, 1), (x - wide * 0.9, 1)], hair)
    for _ in range(draw.integers(10, 40)):
        root = (x + draw.uniform(-0.5, 0.5) * wide, y - draw.uniform(0.3, 0.9) * high)
        tip = (root[0] + draw.uniform(-0.12, 0.12), root[1] + draw.uniform(0.2, 0.6))
        _line(image, root, tip, np.clip(hair + draw.normal(0, 25), 0, 255), 0.01)
    return _finished(image, draw)


def pattern(side: int, draw: Draw) -> Bytes:
    """Stripes, checks or a plain shaded wall."""
    rows, columns = np.mgrid[0:side, 0:side] / side
    angle, waves = draw.uniform(0, np.pi), draw.uniform(1, 12)
    along = rows * np.sin(angle) + columns * np.cos(angle)
    across = rows * np.cos(angle) - columns * np.sin(angle)
    stripes = np.sin(2 * np.pi * waves * along)
    kind = draw.integers(3)
    if kind == 1:
        stripes = np.sign(stripes * np.sin(2 * np.pi * waves * across))
    image = _canvas(side, draw) if kind == 2 else 127 + stripes * draw.uniform(20, 120)
    return _finished(np.asarray(image.clip(0, 255).astype(np.uint8)), draw)


def house(side: int, draw: Draw) -> Bytes:
    """A gable with a door and rows of windows, some of which look like eyes over a mouth."""
    image = _canvas(side, draw)
    wall, glass, roof = draw.uniform(60, 250), draw.uniform(0, 130), draw.uniform(20, 200)
    left, right = draw.uniform(0.08, 0.22), draw.uniform(0.78, 0.92)
    eaves = draw.uniform(0.25, 0.42)
    _polygon(image, [(left, 1), (left, eaves), (right, eaves), (right, 1)], wall)
    _polygon(
        image, [(left - 0.05, eaves), (0.5, eaves - draw.uniform(0.15, 0.3)), (right + 0.05, eaves)], roof
    )
    columns, rows = draw.integers(2, 5), draw.integers(1, 4)
    half = 0.22 * (right - left) / columns
    for x in np.linspace(left, right, columns + 2)[1:-1]:
        for y in np.linspace(eaves, 0.8, rows + 2)[1:-1]:
            _polygon(
                image,
                [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)],
                glass,
            )
    door = draw.uniform(left + 0.1, right - 0.1)
    _polygon(image, [(door - 0.07, 1), (door - 0.07, 0.82), (door + 0.07, 0.82), (door + 0.07, 1)], glass)
    return _finished(image, draw)


def written_page(side: int, draw: Draw) -> Bytes:
    """Lines of words on paper, a little turned."""
    paper, ink = draw.uniform(170, 255), draw.uniform(0, 110)
    image = np.full((side, side), paper, dtype=np.uint8)
    tilt, apart = draw.uniform(-0.15, 0.15), draw.uniform(0.05, 0.14)
    for y in np.arange(-0.1, 1.1, apart):
        x = draw.uniform(0.02, 0.12)
        while x < 0.95:
            long = draw.uniform(0.03, 0.16)
            _line(image, (x, y + tilt * x), (x + long, y + tilt * (x + long)), ink, 0.35 * apart)
            x += long + draw.uniform(0.03, 0.06)
    return _finished(image, draw)


NON_FACES: dict[str, Callable[[int, Draw], Bytes]] = {
    "noise": noise,
    "hand": hand,
    "car": car,
    "drawing": drawing,
    "back_of_head": back_of_head,
    "pattern": pattern,
    "house": house,
    "written_page": written_page,
}


def non_faces(kind: str, count: int, side: int, *, seed: int) -> Bytes:
    """uint8 [count, side, side] of one kind, drawn at four times the side at most and shrunk."""
    draw = np.random.default_rng(seed)
    large = max(side, min(4 * side, 192))
    pictures = (NON_FACES[kind](large, draw) for _ in range(count))
    return np.stack([cv2.resize(one, (side, side), interpolation=cv2.INTER_AREA) for one in pictures])


def scrambled(faces: Bytes, *, seed: int) -> Bytes:
    """Faces [N, 48, 48] whose sixteen tiles are dealt anew: their greys and edges without their order."""
    draw = np.random.default_rng(seed)
    count, side = len(faces), faces.shape[1]
    tile = side // 4
    tiles = faces.reshape(count, 4, tile, 4, tile).transpose(0, 1, 3, 2, 4).reshape(count, 16, tile, tile)
    dealt = draw.permuted(np.tile(np.arange(16), (count, 1)), axis=1)
    tiles = tiles[np.arange(count)[:, None], dealt].reshape(count, 4, 4, tile, tile)
    return np.ascontiguousarray(tiles.transpose(0, 1, 3, 2, 4).reshape(count, side, side))
