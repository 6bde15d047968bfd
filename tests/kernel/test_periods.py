from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel.periods import ALWAYS, Period, PeriodError, local_day

FIRST, LAST = date(2024, 1, 1), date(2024, 1, 20)
days = st.dates(FIRST, LAST)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start, until = draw(st.none() | days), draw(st.none() | days)
    if start is not None and until is not None and start >= until:
        until = None
    return Period(start, until)


def all_days() -> list[date]:
    return [date.fromordinal(day) for day in range(FIRST.toordinal(), LAST.toordinal() + 1)]


def test_until_is_outside_and_start_inside() -> None:
    period = Period(date(2020, 1, 15), date(2025, 7, 1))
    assert period.contains(date(2020, 1, 15))
    assert not period.contains(date(2020, 1, 14))
    assert period.contains(date(2025, 6, 30))
    assert not period.contains(date(2025, 7, 1))
    assert period.last_day == date(2025, 6, 30)


def test_through_includes_the_last_day() -> None:
    assert Period.through(FIRST, LAST) == Period(FIRST, date(2024, 1, 21))
    assert Period.through(FIRST, None) == Period(FIRST, None)
    assert Period.through(None, date.max).until is None


def test_adjacent_periods_do_not_overlap() -> None:
    before, after = Period(None, LAST), Period(LAST, None)
    assert not before.overlaps(after)
    assert before.intersect(after) is None
    assert ALWAYS.overlaps(before)


@pytest.mark.parametrize(("start", "until"), [(LAST, FIRST), (LAST, LAST)])
def test_no_day_raises(start: date, until: date) -> None:
    with pytest.raises(PeriodError) as caught:
        Period(start, until)
    assert caught.value.code == "period_empty"


def test_datetime_is_refused() -> None:
    with pytest.raises(PeriodError):
        Period(datetime(2024, 1, 1), None)  # noqa: DTZ001 — refused whatever its zone


@given(periods(), periods())
def test_set_operations_agree_with_day_by_day(a: Period, b: Period) -> None:
    # Unbounded sides meet outside the window, so probe a day on either side too.
    probes = [date(1900, 1, 1), *all_days(), date(2100, 1, 1)]
    common = [day for day in probes if a.contains(day) and b.contains(day)]
    assert a.overlaps(b) == b.overlaps(a) == bool(common)
    both = a.intersect(b)
    assert [day for day in probes if both is not None and both.contains(day)] == common
    inside = all(a.contains(day) for day in probes if b.contains(day))
    assert a.covers(b) == inside


def test_the_day_of_a_time_is_that_in_viet_nam() -> None:
    assert local_day(datetime(2025, 6, 30, 16, 59, 59, tzinfo=UTC)) == date(2025, 6, 30)
    assert local_day(datetime(2025, 6, 30, 17, tzinfo=UTC)) == date(2025, 7, 1)
    with pytest.raises(ValueError, match="zone"):
        local_day(datetime(2025, 6, 30, 17))  # noqa: DTZ001 - refused because of that
