"""What a page may ask of the browser: nothing, unless its view says otherwise."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

HEADER = "Permissions-Policy"
FEATURES = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)


class BrowserHeadersMiddleware:
    """Every answer: no device, and no other site may load it. The strict CSP comes from django-csp."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, policy())
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


def policy(*allowed: str) -> str:
    """All features off, but for this site's own use of those named."""
    return ", ".join(f"{name}=({'self' if name in allowed else ''})" for name in FEATURES)


def uses_camera(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the one page that takes photos."""

    @wraps(view)
    def with_camera(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response[HEADER] = policy("camera")
        return response

    return with_camera
