"""What every answer must tell the browser."""

from django.http.response import HttpResponseBase


def wrong_with(response: HttpResponseBase, *, may_use_camera: bool = False) -> list[str]:
    """What is missing from, or too weak in, one answer."""
    policy = response.headers.get("Content-Security-Policy", "")
    permissions = response.headers.get("Permissions-Policy", "")
    checks = {
        "no policy": "default-src 'none'" in policy or policy == "sandbox",
        "unsafe": "unsafe-" not in policy and "*" not in policy,
        "framing": policy == "sandbox" or "frame-ancestors 'none'" in policy,
        "x-frame-options": response.headers.get("X-Frame-Options") == "DENY",
        "sniffing": response.headers.get("X-Content-Type-Options") == "nosniff",
        "referrer": response.headers.get("Referrer-Policy") == "same-origin",
        "opener": response.headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "resource": response.headers.get("Cross-Origin-Resource-Policy") == "same-origin",
        "camera": ("camera=(self)" if may_use_camera else "camera=()") in permissions,
        "microphone": "microphone=()" in permissions,
    }
    return [name for name, is_right in checks.items() if not is_right]
