"""`python -m bench.compare`: a row of docs/models.md is what the report says."""

import json
from pathlib import Path

import pytest

from bench import compare


def test_row_of_a_report_has_its_figures_in_the_order_of_the_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = {column: number / 10 for number, column in enumerate(compare.COLUMNS)}
    report = {
        "recipe": {"name": "baseline_cnn"},
        "parameters": 1_199_495,
        "metrics": {"PublicTest": figures},
    }
    (tmp_path / "report.json").write_text(json.dumps(report))
    for name in ("peer", "ours"):
        monkeypatch.setattr(compare, name, lambda name=name: (name, 7, figures))
    compare.main([str(tmp_path / "report.json")])
    rows = capsys.readouterr().out.splitlines()[2:]
    cells = "0.0000 | 0.1000 | 0.2000 | 0.3000 | 0.4000 | 0.5000 |"
    assert rows == [f"| baseline_cnn | 1,199,495 | {cells}", f"| peer | 7 | {cells}", f"| ours | 7 | {cells}"]
