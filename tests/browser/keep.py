"""Copies screenshots of the last browser tests into docs/, with a palette so that they stay small.

Of each page the wide look in light and the narrow one in dark colours.
"""

from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
TAKEN, KEPT = ROOT / "var" / "screenshots", ROOT / "docs" / "screenshots"
COLOURS = 96
LEFT_OUT = ("-1440-dark", "-390-light")


def main() -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob("*.png"):
        old.unlink()
    for path in sorted(TAKEN.glob("*.png")):
        if path.stem.endswith(LEFT_OUT):
            continue
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(COLOURS).save(KEPT / path.name, optimize=True)


if __name__ == "__main__":
    main()
