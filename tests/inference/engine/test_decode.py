import io
import os
import signal
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from inference.engine.decode import Decoder
from inference.engine.errors import Unreadable
from tests.patients import image_files


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder() as one:
        yield one


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_each_format_decodes_to_rgb(decoder: Decoder, file_format: str) -> None:
    image = decoder.decode(image_files.still(file_format))
    assert image.pixels.shape == (48, 64, 3)
    assert (image.original_width, image.original_height, image.scale) == (64, 48, 1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_each_mode_of_png_decodes_to_its_colours(decoder: Decoder, mode: str) -> None:
    grey = np.full((20, 30), 128 if mode != "1" else 255, dtype=np.uint8)
    image = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(grey)
    data = image_files.encoded(image if mode == "I;16" else image.convert(mode), "PNG")
    assert decoder.decode(data).pixels == pytest.approx(np.repeat(grey[..., None], 3, axis=2), abs=1)


def test_lossless_pixels_arrive_unchanged(decoder: Decoder) -> None:
    assert (decoder.decode(image_files.still("PNG")).pixels == np.asarray(image_files.picture())).all()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 5), (64, 48)])
def test_an_interlaced_png_decodes(decoder: Decoder, width: int, height: int) -> None:
    assert decoder.decode(image_files.interlaced_png(width, height)).pixels.shape == (height, width, 3)


def test_a_large_image_is_scaled_down(decoder: Decoder) -> None:
    image = decoder.decode(image_files.encoded(image_files.picture(3000, 4000), "JPEG"))
    assert image.pixels.shape == (1280, 960, 3)
    assert image.scale == pytest.approx(3.125)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_once(decoder: Decoder, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = image_files.encoded(image_files.picture(), "PNG", exif=exif)
    upright = Image.open(io.BytesIO(data))
    turn = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}.get(orientation)
    expected = upright if turn is None else upright.transpose(Image.Transpose(turn))
    image = decoder.decode(data)
    assert (image.pixels == np.asarray(expected)).all()
    assert (image.original_width, image.original_height) == expected.size


def test_broken_exif_does_not_cost_the_photo(decoder: Decoder) -> None:
    data = image_files.still("JPEG", exif=b"Exif\0\0" + b"II*\0\xff\xff\xff\xff" * 9)
    assert decoder.decode(data).pixels.shape == (48, 64, 3)


def test_a_clean_jpeg_has_no_metadata_and_no_tail(decoder: Decoder) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "a phone of mine"
    dirty = image_files.encoded(image_files.picture(), "JPEG", exif=exif, comment=b"a secret") + b"<script>"
    clean = decoder.clean_jpeg(dirty)
    image = Image.open(io.BytesIO(clean))
    assert (image.format, image.size) == ("JPEG", (48, 64))
    assert not image.getexif()
    for word in (b"Exif", b"phone", b"secret", b"script"):
        assert word not in clean


def noisy_jpeg_cut_short() -> bytes:
    return image_files.encoded(image_files.picture(400, 300), "JPEG")[:20_000]


def png_with_flipped_bytes() -> bytes:
    data = bytearray(image_files.still("PNG"))
    data[60:80] = bytes(20)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no image",
        image_files.still("GIF"),
        noisy_jpeg_cut_short(),
        png_with_flipped_bytes(),
        image_files.still("WEBP")[:100],
        image_files.png_claiming(7_000, 7_000, rows=10),
        image_files.jpeg_claiming(7_000, 7_000),
        image_files.png_claiming(12_000, 12_000, rows=1),
    ],
    ids=["empty", "text", "gif", "cut", "corrupt", "cut webp", "short png", "lying jpeg", "144 Mpx"],
)
def test_what_cannot_be_decoded_is_unreadable_and_the_child_lives(decoder: Decoder, data: bytes) -> None:
    decoder.decode(image_files.still("PNG"))
    before = decoder.starts
    with pytest.raises(Unreadable):
        decoder.decode(data)
    assert decoder.decode(image_files.still("PNG")).pixels.shape == (48, 64, 3)
    assert decoder.starts == before


def test_a_bomb_under_the_door_s_limit_stays_within_the_child(decoder: Decoder) -> None:
    """49 megapixels in 48 KB: decoded within the limits, and the parent holds only the small copy."""
    image = decoder.decode(image_files.png_claiming(7_000, 7_000))
    assert image.pixels.shape == (1280, 1280, 3)


def test_a_killed_child_is_replaced(decoder: Decoder) -> None:
    decoder.decode(image_files.still("PNG"))
    pid, before = decoder.child_pid, decoder.starts
    assert pid
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert decoder.decode(image_files.still("PNG")).pixels.shape == (48, 64, 3)
    assert decoder.starts == before + 1
    assert decoder.child_pid != pid


def test_a_child_that_hangs_is_killed_and_replaced() -> None:
    with Decoder() as decoder:
        decoder.decode(image_files.still("PNG"))
        pid = decoder.child_pid
        assert pid
        os.kill(pid, signal.SIGSTOP)
        decoder.timeout_seconds = 0.3
        with pytest.raises(Unreadable):
            decoder.decode(image_files.still("PNG"))
        decoder.timeout_seconds = 20
        assert decoder.decode(image_files.still("PNG")).pixels.shape == (48, 64, 3)
        assert decoder.starts == 2


def test_threads_take_turns(decoder: Decoder) -> None:
    sizes: list[int] = []
    widths = range(40, 60)

    def decode(width: int) -> None:
        sizes.append(
            decoder.decode(image_files.encoded(image_files.picture(width, 20), "PNG")).pixels.shape[1]
        )

    threads = [threading.Thread(target=decode, args=(width,)) for width in widths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sizes) == list(widths)


def test_the_child_gets_no_secret(decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELD_ENCRYPTION_KEY", "a secret of the parent")
    with Decoder() as fresh:
        fresh.decode(image_files.still("PNG"))
        with open(f"/proc/{fresh.child_pid}/environ", "rb") as environ:  # noqa: PTH123
            assert b"FIELD_ENCRYPTION_KEY" not in environ.read()


def test_closing_twice_and_before_use_is_fine() -> None:
    decoder = Decoder()
    decoder.close()
    decoder.decode(image_files.still("PNG"))
    decoder.close()
    decoder.close()
    assert decoder.child_pid is None
