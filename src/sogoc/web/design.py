"""The living page of the design system; only where data are not real, or when debugging."""

from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from sogoc.policy.api import load_law
from sogoc.web import clock
from sogoc.web.forms import DayField, PlainForm, RadioField
from sogoc.web.law import changes, kinds
from sogoc.web.office.book_forms import USUAL_COLUMNS, ColumnsForm, LineForm
from sogoc.web.public.growth import draw

SWATCHES = (
    ("ink", gettext_lazy("Mực: chữ")),
    ("cham", gettext_lazy("Chàm: liên kết, nút")),
    ("son", gettext_lazy("Son: dấu, vạch đầu trang")),
    ("vang", gettext_lazy("Vàng quỳ: tiêu điểm, thông báo")),
    ("ok", gettext_lazy("Lục: được")),
    ("warn", gettext_lazy("Hổ phách: cần xem")),
    ("bad", gettext_lazy("Son nhạt: không được")),
    ("info", gettext_lazy("Chàm nhạt: để biết")),
)


class SpecimenForm(PlainForm):
    """One field of each kind, to be shown empty and with errors."""

    name = forms.CharField(
        label=gettext_lazy("Họ và tên"), help_text=gettext_lazy("Viết đủ dấu, đúng như in.")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Loại"),
        choices=[("", "—"), ("a", gettext_lazy("Chứng chỉ")), ("b", gettext_lazy("Văn bằng"))],
    )
    born = DayField(label=gettext_lazy("Ngày sinh"), help_text=gettext_lazy("Ví dụ: 7 7 2001"))
    answer = RadioField(
        label=gettext_lazy("Ký thay?"),
        choices=[("yes", gettext_lazy("Có")), ("no", gettext_lazy("Không"))],
    )
    file = forms.FileField(
        label=gettext_lazy("Tệp danh sách"), help_text=".xlsx, .ods, .xls, .csv", required=False
    )


class RowForm(PlainForm):
    """Two fields that stand side by side where there is room."""

    first = DayField(label=gettext_lazy("Ngày quyết định"))
    second = forms.CharField(
        label=gettext_lazy("Nơi ra quyết định"), widget=forms.TextInput({"list": "bodies"})
    )


def design(request: HttpRequest) -> HttpResponse:
    """Show every component in its states."""
    if not (settings.DEBUG or clock.is_playground()):
        raise Http404
    context = {
        "form": SpecimenForm(prefix="empty"),
        "wrong": SpecimenForm({"wrong-name": "Nguyễn Thị Ánh"}, prefix="wrong"),
        "more": RowForm(prefix="more"),
        "bodies": ["Sở GDĐT Đắk Nông", "Sở GDĐT Lâm Đồng"],
        "swatches": SWATCHES,
        "line": LineForm(prefix="sheet", columns=USUAL_COLUMNS),
        "ticks": ColumnsForm(prefix="ticks"),
        "growth": draw(
            [(datetime(2026, 1, 5 + day, 8, tzinfo=UTC), 40 * day * day) for day in range(1, 20)],
            datetime(2026, 1, 25, tzinfo=UTC),
            id="growth",
        ),
        **_law(),
    }
    return render(request, "design/design.html", context)


def _law() -> dict[str, object]:
    """Specimens for the components of the law: one kind's real rules."""
    law = load_law()
    kind = kinds.page(law, law.kinds["cc_cntt_co_ban"])
    changed = changes.page(law, *changes.default_days(law)).groups
    return {
        "changes": changed[0].changes[:1],
        "drawing": kind.drawing,
        "told": kind.authority,
        "topics": kind.own[:1],
        "links": kind.authority[0].basis,
    }
