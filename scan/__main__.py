"""Semgrep with the house's rules, and bandit; `make scan`. Both live in an environment of their own.

First the planted defects: every rule must find its own, or the scanner proves nothing. Then the code, clean.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "scan" / "rules.yaml"
PLANTED = ROOT / "scan" / "planted"
TOOLS = ROOT / ".venv-scan" / "bin"
CODE = ("clinics", "patients", "inference", "scoring", "moodvision", "templates", "manage.py")


def main() -> int:
    problems = planted_that_were_missed() + found_in_code()
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    sys.stdout.write(f"{json.dumps({'rules': len(rule_ids()), 'problems': len(problems)})}\n")
    return 1 if problems else 0


def planted_that_were_missed() -> list[str]:
    found = {result["check_id"].rsplit(".", 1)[-1] for result in semgrep(["."], cwd=PLANTED)}
    missed = [f"planted, and not found by semgrep: {name}" for name in sorted(rule_ids() - found)]
    tests = {result["test_id"] for result in bandit([str(PLANTED)])}
    missed += [f"planted, and not found by bandit: {name}" for name in ("B324", "B602") if name not in tests]
    return missed


def found_in_code() -> list[str]:
    by_semgrep = [
        f"{hit['path']}:{hit['start']['line']}: {hit['extra']['message'].strip()}"
        for hit in semgrep(list(CODE), cwd=ROOT)
    ]
    by_bandit = [
        f"{hit['filename']}:{hit['line_number']}: {hit['test_id']} {hit['issue_text']}"
        for hit in bandit([name for name in CODE if name != "templates"])
    ]
    return by_semgrep + by_bandit


def rule_ids() -> set[str]:
    lines = RULES.read_text(encoding="utf-8").splitlines()
    return {line.split("id:")[1].strip() for line in lines if line.strip().startswith("- id:")}


def semgrep(targets: list[str], *, cwd: Path) -> list[dict[str, Any]]:
    options = ["--config", str(RULES), "--json", "--metrics=off", "--disable-version-check", "--jobs=1"]
    return _results([str(TOOLS / "semgrep"), "scan", *options, "--no-git-ignore", *targets], cwd)


def bandit(targets: list[str]) -> list[dict[str, Any]]:
    """Medium and high. Statements put together are left to ruff's S608, the same test."""
    options = ["--recursive", "--quiet", "--format", "json", "-ll", "--skip", "B608"]
    return _results([str(TOOLS / "bandit"), *options, *targets], ROOT)


def _results(command: list[str], cwd: Path) -> list[dict[str, Any]]:
    ended = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    try:
        report = json.loads(ended.stdout)
    except ValueError:
        sys.exit(f"{Path(command[0]).name} gave no report: {ended.stderr.strip()[-2000:]}")
    if errors := report.get("errors"):
        sys.exit(f"{Path(command[0]).name} could not read everything: {json.dumps(errors)[:2000]}")
    results: list[dict[str, Any]] = report["results"]
    return results


if __name__ == "__main__":
    sys.exit(main())
