"""What is measured with: portraits from ../shared where it is, else one photo in the public domain."""

from bench.harness import SHARED
from moodvision.demo import photo


def portraits(count: int) -> tuple[str, list[bytes]]:
    """Where they come from, and at most `count` of them, spread over the whole set."""
    files = sorted((SHARED / "data" / "london_faces").glob("*/*.jpg"))
    if not files:
        return "scikit-image's astronaut, 512 x 512", [photo.astronaut()]
    step = max(len(files) // count, 1)
    chosen = files[::step][:count]
    return f"Face Research Lab London Set, {len(chosen)} portraits", [file.read_bytes() for file in chosen]
