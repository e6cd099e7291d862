"""Dates are read once while they are met again and again; what a sender makes up at length is not kept."""

from wutong.record.searching import dates


def test_a_long_text_is_read_and_not_kept() -> None:
    short, long = "2026-01-31T08:00:00.5Z", f"2026-01-31T08:00:00.5{'0' * 60}Z"
    assert dates.instant(long) == dates.instant(short)
    kept = [each.cache_info().currsize for each in (dates._kept_instant, dates._kept_period)]
    assert dates.period(long) is not None
    assert dates.period("x" * 100_000) is None
    assert [each.cache_info().currsize for each in (dates._kept_instant, dates._kept_period)] == kept
    dates.period("1931-01-31T08:00:00.25Z")
    assert dates._kept_period.cache_info().currsize == kept[1] + 1
