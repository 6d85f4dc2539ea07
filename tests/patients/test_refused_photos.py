import pytest

from patients.image_header import MAX_BYTES
from patients.models import Patient
from tests.patients import check_in_page as page
from tests.patients import image_files

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'
REFUSED = {
    "empty": ("empty", b""),
    "text": ("not_an_image", b"hello, I am no picture at all"),
    "tiff": ("unsupported_format", image_files.still("TIFF")),
    "gif": ("unsupported_format", image_files.still("GIF")),
    "svg": ("unsupported_format", SVG),
    "over 10 MB": ("too_large", image_files.still("JPEG") + bytes(MAX_BYTES)),
    "over 50 megapixels": ("too_many_pixels", image_files.png_claiming(10_000, 5_001, rows=1)),
    "animated png": ("animated", image_files.animated("PNG")),
    "animated webp": ("animated", image_files.animated("WEBP")),
    "heic": ("heic", image_files.heic()),
}
TAKEN = {
    "jpeg": image_files.still("JPEG"),
    "png": image_files.still("PNG"),
    "webp": image_files.still("WEBP"),
    "a phone's multi-picture file": image_files.animated("MPO"),
    "polyglot": image_files.still("JPEG") + b"<script>alert(1)</script>",
}


@pytest.mark.parametrize(("code", "image"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_photo_is_a_400_with_its_code_and_nothing_is_stored(
    pat: Patient, code: str, image: bytes
) -> None:
    response = page.post(pat, image=image, mood="5", note="my words stay")
    assert (response.status_code, page.codes(response)) == (400, [code])
    assert "my words stay" in response.text
    assert not page.kept(pat)
    assert page.photos_kept(pat) == 0


@pytest.mark.parametrize("image", TAKEN.values(), ids=TAKEN.keys())
def test_a_still_picture_is_taken_whatever_hangs_on_it(pat: Patient, image: bytes) -> None:
    assert page.post(pat, image=image).status_code == 302
    assert page.photos_kept(pat) == 1
