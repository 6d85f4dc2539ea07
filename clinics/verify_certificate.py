"""Verifies a certificate of erasure: `python -m clinics.verify_certificate FILE --public-key KEY`.

Needs Python's standard library and `cryptography` alone, so that whoever doubts us can read and run it.
Prints the words of the certificate and exits 0, or says what is wrong and exits 1.
"""

import argparse
import base64
import binascii
import json
import sys
from pathlib import Path
from typing import Any

from clinics.verify_log import BadSignatureError, Type, key_id, open_signed

VERSION = 1


def check(text: str, public_key: bytes) -> dict[str, Any]:
    """The signed content, or BadSignatureError or ValueError."""
    line = json.loads(text)
    if not isinstance(line, dict):
        raise ValueError("this is no certificate")
    return open_signed(line, {key_id(public_key): public_key}, Type.CERTIFICATE)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m clinics.verify_certificate", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("file", type=Path, help="the JSON file that the clinic handed out")
    parser.add_argument("--public-key", required=True, help="base64, as the clinic publishes it")
    options = parser.parse_args(arguments)
    try:
        key = base64.b64decode(options.public_key, validate=True)
        content = check(options.file.read_text(encoding="utf-8"), key)
    except (BadSignatureError, binascii.Error, ValueError, OSError) as error:
        print(f"NOT VALID: {error}", file=sys.stderr)  # noqa: T201
        return 1
    print(content["words"])  # noqa: T201
    print(f"The signature fits: certificate {content['certificate']}.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
