from tests.isolation import report


def test_the_report_says_what_is_tried_today() -> None:
    assert report.DOCUMENT.read_text() == report.render(), "run `python -m tests.isolation.report`"
