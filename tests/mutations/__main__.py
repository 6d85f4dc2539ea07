"""`python -m tests.mutations [--one-of-each] [KIND...]`: plants each defect in a copy and runs its tests.

Ends with 1 when a defect went unnoticed, or when its place in the code is no longer found.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django

from tests import template
from tests.mutations.defects import DEFECTS, Defect

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = ("docs/screenshots/",)
TESTS_FAILED = 1  # pytest's status when tests ran and failed; any other is no proof


class Lost(Exception):
    """The guard is no longer where the defect expects it."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="only defects of these kinds")
    parser.add_argument("--one-of-each", action="store_true", help="the first defect of each kind")
    parser.add_argument("--at-once", type=int, default=2, help="so many copies are tested side by side")
    options = parser.parse_args()
    chosen = [defect for defect in DEFECTS if not options.kinds or defect.kind in options.kinds]
    if options.one_of_each:
        chosen = list({defect.kind: defect for defect in reversed(chosen)}.values())[::-1]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moodvision.settings")
    django.setup()
    with template.migrated(), ThreadPoolExecutor(options.at_once) as pool:
        noticed = sum(pool.map(report, chosen))
    print(f"{noticed} of {len(chosen)} planted defects were noticed")
    return 0 if chosen and noticed == len(chosen) else 1


def report(defect: Defect) -> bool:
    try:
        is_noticed = plant_and_test(defect)
    except Lost as error:
        print(f"LOST      {defect.kind}: {defect.name}: {error}", flush=True)
        return False
    print(f"{'noticed' if is_noticed else 'UNNOTICED':10}{defect.kind}: {defect.name}", flush=True)
    return is_noticed


def plant_and_test(defect: Defect) -> bool:
    with tempfile.TemporaryDirectory(prefix="moodvision-mutation-") as folder:
        copy = Path(folder) / "main"
        copy_tree(copy)
        plant(copy / defect.file, defect)
        kept_out = {template.VARIABLE} if defect.is_in_schema else set()
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *defect.tests],
            cwd=copy,
            env={"MOODVISION_VAR": str(ROOT / "var")}
            | {name: value for name, value in os.environ.items() if name not in kept_out},
            capture_output=True,
            text=True,
            check=False,
        )
    if ended.returncode not in (0, TESTS_FAILED):
        print(ended.stdout[-3000:], ended.stderr[-3000:], flush=True)
    return ended.returncode == TESTS_FAILED


def copy_tree(copy: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file() and not name.startswith(LEFT_OUT):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    if (ROOT.parent / "shared").is_dir():
        (copy.parent / "shared").symlink_to((ROOT.parent / "shared").resolve())


def plant(path: Path, defect: Defect) -> None:
    text = path.read_text()
    if text.count(defect.old) != 1:
        raise Lost(f"{defect.file} holds its place {text.count(defect.old)} times")
    path.write_text(text.replace(defect.old, defect.new))


if __name__ == "__main__":
    sys.exit(main())
