from pathlib import Path

import pytest

from clinics import jurisdictions
from patients import checks, texts
from patients.models import Purpose

VERSION = """
[[versions]]
name = "{name}"
is_major = {is_major}
[versions.wording.en]
title = "{title}"
paragraphs = []
sha256 = "{sha256}"
"""


def version(name: str, *, is_major: bool, title: str = "A title", said: str | None = None) -> str:
    """One version of a file; `said` is the title its hash was made of."""
    sha256 = texts.hash_of({"title": said or title, "paragraphs": []})
    return VERSION.format(name=name, is_major=str(is_major).lower(), title=title, sha256=sha256)


def read(folder: Path, *versions: str) -> texts.Text:
    path = folder / "a.toml"
    path.write_text("".join(versions))
    return texts.read(path)


def test_every_purpose_has_a_text() -> None:
    assert set(texts.consent_texts()) == set(Purpose.values)


def test_a_minor_version_asks_nobody_again_and_a_major_one_asks_everybody(tmp_path: Path) -> None:
    first, mended = version("1", is_major=True), version("2", is_major=False, title="A better title")
    assert read(tmp_path, first, mended).names_in_force == {"1", "2"}
    changed = version("3", is_major=True, title="Another thing")
    assert read(tmp_path, first, mended, changed).names_in_force == {"3"}


def test_an_edited_text_is_caught(tmp_path: Path) -> None:
    with pytest.raises(texts.TextChanged, match="version 1"):
        read(tmp_path, version("1", is_major=True, title="Edited", said="Published"))


def test_two_versions_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name of its own"):
        read(tmp_path, version("1", is_major=True), version("1", is_major=False))
    with pytest.raises(ValueError, match="first version is major"):
        read(tmp_path, version("1", is_major=False))


def test_a_start_with_an_edited_or_missing_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.texts_are_whole() == []
    monkeypatch.setattr(texts, "consent_texts", dict)
    assert len(checks.texts_are_whole()) == len(Purpose)

    def edited() -> dict[str, texts.Text]:
        raise texts.TextChanged("ai.toml")

    monkeypatch.setattr(texts, "notice_texts", edited)
    assert [error.id for error in checks.texts_are_whole()] == ["patients.E001"]


def test_a_rule_about_an_unknown_purpose_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.policies_are_whole() == []
    typing_error = jurisdictions.Rule("facial_analisys", is_allowed=True, source="x", because="y")
    place = jurisdictions.Jurisdiction("x", "X", "1", 18, "y", {"facial_analisys": typing_error})
    monkeypatch.setattr(checks, "jurisdictions", lambda: {"x": place})
    assert [error.id for error in checks.policies_are_whole()] == ["patients.E002"]
