"""The published words stand as they were locked; an edited one stops the start."""

import shutil
from pathlib import Path

import pytest

from patients.checks import questionnaires_are_as_published
from patients.questionnaires import published
from patients.questionnaires.published import FormChanged, read_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(published.HOME / "definitions", tmp_path / "definitions")
    shutil.copy(published.HOME / "locks.toml", tmp_path / "locks.toml")
    return tmp_path


def read(folder: Path) -> dict[str, published.Questionnaire]:
    return read_folder(folder / "definitions", folder / "locks.toml")


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))


def test_the_forms_are_as_they_were_locked(folder: Path) -> None:
    assert set(read(folder)) == {"phq9", "phq8", "phq4", "gad7", "ons4"}
    assert questionnaires_are_as_published() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("better off dead", "better off elsewhere"),
        ('never_imputed = ["9"]', "never_imputed = []"),
        ("missing_allowed = 2", "missing_allowed = 3"),
        ("from_age = 18", "from_age = 12"),
    ],
)
def test_an_edited_word_or_rule_is_refused(folder: Path, before: str, after: str) -> None:
    edit(folder / "definitions" / "phq9.toml", before, after)
    with pytest.raises(FormChanged, match=r"phq9\.toml"):
        read(folder)


def test_a_form_without_a_lock_and_a_lock_without_a_form_are_refused(folder: Path) -> None:
    (folder / "definitions" / "ons4.toml").unlink()
    with pytest.raises(FormChanged, match="ons4"):
        read(folder)


def test_a_comment_may_change(folder: Path) -> None:
    edit(folder / "definitions" / "phq9.toml", "# Patient Health", "# The Patient Health")
    assert "phq9" in read(folder)


def test_the_start_check_names_the_form(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(folder / "definitions" / "gad7.toml", "Trouble relaxing", "Cannot relax")
    monkeypatch.setattr(published, "HOME", folder)
    published.questionnaires.cache_clear()
    try:
        (error,) = questionnaires_are_as_published()
        assert error.id == "patients.E003"
        assert "gad7" in error.msg
    finally:
        monkeypatch.undo()
        published.questionnaires.cache_clear()


def test_the_phq8_is_the_phq9_without_its_last_questions() -> None:
    nine, eight = published.get("phq9").text, published.get("phq8").text
    assert [item.text for item in eight.items] == [item.text for item in nine.items[:8]]
    assert not published.get("phq8").item_nine


def test_item_nine_belongs_to_the_phq9_alone_and_the_difficulty_counts_nothing() -> None:
    with_nine = [name for name, form in published.questionnaires().items() if form.item_nine]
    assert with_nine == ["phq9"]
    (unscored,) = [item.number for item in published.get("phq9").text.items if not item.is_scored]
    assert unscored == "difficulty"


def test_nothing_is_offered_in_a_language_without_a_published_form() -> None:
    for form in published.questionnaires().values():
        assert form.is_published_in("en-gb")
        assert not form.is_published_in("de")


def test_nobody_is_labelled_low_medium_or_high_risk() -> None:
    root = published.HOME.parents[1]
    texts = [*root.glob("patients/**/*.py"), *root.glob("templates/patients/questionnaire*.html")]
    for path in texts:
        words = path.read_text().lower()
        assert not any(f"{level} risk" in words for level in ("low", "medium", "moderate", "high")), path
