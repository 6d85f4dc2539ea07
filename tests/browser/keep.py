"""Copies the screenshots of the last browser tests into docs/, with a palette so that they stay small."""

from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
TAKEN, KEPT = ROOT / "var" / "screenshots", ROOT / "docs" / "screenshots"
COLOURS = 96


def main() -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob("*.png"):
        old.unlink()
    for path in sorted(TAKEN.glob("*.png")):
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(COLOURS).save(KEPT / path.name, optimize=True)


if __name__ == "__main__":
    main()
