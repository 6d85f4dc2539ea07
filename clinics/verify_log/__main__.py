"""The command: exit 0 where all is proved, 1 at a finding, 2 where it could not be read or not be proved."""

import argparse
import base64
import sys
from itertools import chain as chain_of
from pathlib import Path

import clinics.verify_log
from clinics.verify_log.anchor_lines import Given, read_given
from clinics.verify_log.chain import Verdict
from clinics.verify_log.exports import check_export, read_export
from clinics.verify_log.signatures import key_id


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        keys = [base64.b64decode(text, validate=True) for text in options.public_key]
        verdict = _verdict(options.file, {key_id(key): key for key in keys}, options.anchor)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{options.file}: cannot be verified: {error}", file=sys.stderr)  # noqa: T201
        return 2
    print(verdict)  # noqa: T201
    for finding in verdict.findings[1:]:
        print(f"  also {finding}")  # noqa: T201
    if verdict.findings:
        return 1
    return 0 if verdict.is_origin_known else 2


def _parser() -> argparse.ArgumentParser:
    said = (clinics.verify_log.__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="python -m clinics.verify_log", description=said)
    parser.add_argument("file", type=Path, help="an export of an access log (JSON lines)")
    parser.add_argument(
        "--public-key", action="append", default=[], help="base64; whose signatures to believe (repeatable)"
    )
    parser.add_argument(
        "--anchor",
        action="append",
        default=[],
        type=Path,
        help="a file of anchor lines you kept (repeatable)",
    )
    return parser


def _verdict(file: Path, trusted: dict[str, bytes], anchor_files: list[Path]) -> Verdict:
    if anchor_files and not trusted:
        raise ValueError("the anchors are signed: name the key you trust with --public-key")
    given = _given(anchor_files, trusted)
    with file.open(encoding="utf-8") as lines:
        export = read_export(lines)
        if anchor_files and not given.findings and not given.of(export.chain):
            raise ValueError("none of the given anchors is of this chain")
        return check_export(export, trusted, given)


def _given(files: list[Path], trusted: dict[str, bytes]) -> Given:
    texts = [file.read_text(encoding="utf-8").splitlines() for file in files]
    return read_given(chain_of.from_iterable(texts), trusted) if texts else Given()


if __name__ == "__main__":
    sys.exit(main())
