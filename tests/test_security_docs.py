"""The security papers against the code: what they name exists, and no requirement is left out."""

import re

import pytest
from django.conf import settings

DOCS = settings.BASE_DIR / "docs"
A_FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.\w+)`")
A_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
A_RULE = re.compile(r"`scan/rules\.yaml`: ([\w-]+)")
A_NUMBER = re.compile(r"\d+\.\d+\.\d+")
STATES = {"done", "partly", "open", "operator", "n/a"}

# Levels 1 and 2 of ASVS 5.0.0, by section: the numbers that the standard's own table lists under it.
SECTIONS = {
    "1.1": "1-2", "1.2": "1-9", "1.3": "1-11", "1.4": "1-3", "1.5": "1-2",
    "2.1": "1-3", "2.2": "1-3", "2.3": "1-4", "2.4": "1-1",
    "3.2": "1-2", "3.3": "1-4", "3.4": "1-6", "3.5": "1-5", "3.7": "1-2",
    "4.1": "1-3", "4.2": "1-1", "4.3": "1-2", "4.4": "1-4",
    "5.1": "1-1", "5.2": "1-3", "5.3": "1-2", "5.4": "1-3",
    "6.1": "1-3", "6.2": "1-12", "6.3": "1-4", "6.4": "1-4", "6.5": "1-5", "6.6": "1-3", "6.8": "1-4",
    "7.1": "1-3", "7.2": "1-4", "7.3": "1-2", "7.4": "1-5", "7.5": "1-2", "7.6": "1-2",
    "8.1": "1-2", "8.2": "1-3", "8.3": "1-1", "8.4": "1-1",
    "9.1": "1-3", "9.2": "1-4",
    "11.1": "1-2", "11.2": "1-3", "11.3": "1-3", "11.4": "1-4", "11.5": "1-1", "11.6": "1-1",
    "12.1": "1-3", "12.2": "1-2", "12.3": "1-4",
    "13.1": "1-1", "13.2": "1-5", "13.3": "1-2", "13.4": "1-5",
    "14.1": "1-2", "14.2": "1-4", "14.3": "1-3",
    "15.1": "1-3", "15.2": "1-3", "15.3": "1-7",
    "16.1": "1-1", "16.2": "1-5", "16.3": "1-4", "16.4": "1-3", "16.5": "1-3",
}  # fmt: skip


def wanted() -> list[str]:
    bounds = {section: numbers.split("-") for section, numbers in SECTIONS.items()}
    return [
        f"{section}.{number}"
        for section, (first, last) in bounds.items()
        for number in range(int(first), int(last) + 1)
    ]


def rows() -> list[list[str]]:
    lines = (DOCS / "asvs.md").read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| \d+\.", line)
    ]


@pytest.mark.parametrize("name", ["asvs.md", "threats.md", "safety.md"])
def test_every_file_that_is_named_exists(name: str) -> None:
    named = A_FILE.findall((DOCS / name).read_text(encoding="utf-8"))
    assert named
    assert [path for path in named if not (settings.BASE_DIR / path).is_file()] == []


def test_no_requirement_of_levels_1_and_2_is_missing_or_there_twice() -> None:
    found = [number for row in rows() for number in A_NUMBER.findall(row[0])]
    assert sorted(found) == sorted(wanted())


def proofs_of(cell: str) -> list[str]:
    """The tests and scan rules that a cell names and that are there; AssertionError names one that is not."""
    for path, test in A_TEST.findall(cell):
        text = (settings.BASE_DIR / path).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {test}\(", text, re.MULTILINE), f"{path}::{test} is not there"
    rules = (settings.BASE_DIR / "scan" / "rules.yaml").read_text(encoding="utf-8")
    for rule in A_RULE.findall(cell):
        assert re.search(rf"^  - id: {rule}$", rules, re.MULTILINE), f"the rule {rule} is not there"
    return [*(test for _path, test in A_TEST.findall(cell)), *A_RULE.findall(cell)]


def without_proof(table: list[list[str]]) -> list[str]:
    proven = {numbers: proofs_of(proof) for numbers, _state, _code, proof in table}
    return [numbers for numbers, state, _code, _proof in table if state == "done" and not proven[numbers]]


def test_what_is_done_names_the_test_or_rule_that_would_fail_without_it() -> None:
    assert without_proof(rows()) == []


@pytest.mark.parametrize(
    "claim",
    ["", "`tests/test_access.py`", "mypy strict"],
)
def test_a_claim_without_a_test_is_caught(claim: str) -> None:
    assert without_proof([["1.1.1", "done", "code", claim]]) == ["1.1.1"]


@pytest.mark.parametrize(
    "claim", ["`tests/test_access.py::test_that_nobody_wrote`", "`scan/rules.yaml`: rule-that-nobody-wrote"]
)
def test_a_test_or_rule_that_is_not_there_is_caught(claim: str) -> None:
    with pytest.raises(AssertionError, match="nobody"):
        without_proof([["1.1.1", "done", "code", claim]])


def test_what_is_done_names_its_code_and_what_is_not_says_what_is_missing() -> None:
    for numbers, state, code, missing in rows():
        assert state in STATES, numbers
        if state == "done":
            assert code, numbers
        if state in {"partly", "open"}:
            assert code or missing, numbers
        if state == "partly":
            assert missing, numbers
