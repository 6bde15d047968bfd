"""The page that takes a file: what became of it, what to compare with the paper, a receipt.

The file is read in memory, judged and forgotten: it is never written to a disk of ours, and no log
line has anything of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from sogoc.credentials.verify import api as verify
from sogoc.kernel.errors import Error
from sogoc.web import clock, errors
from sogoc.web.doors import public
from sogoc.web.public.check_words import check_word
from sogoc.web.public.forms import FileForm, ReceiptForm
from sogoc.web.showing import Word, show_date, show_moment
from sogoc.web.templatetags.sogoc_web import in_words

_FORM_ROOM: Final = 64 * 1024
"""Bytes of a request beside its file."""

VERDICTS: Final = {
    "valid": Word(gettext_lazy("Khớp với sổ gốc"), "ok"),
    "invalid": Word(gettext_lazy("Không hợp lệ"), "bad"),
    "unknown": Word(gettext_lazy("Chưa kết luận được"), "warn"),
}
RECEIPT_VERDICTS: Final = {
    "valid": Word(gettext_lazy("Biên nhận thật"), "ok"),
    "invalid": Word(gettext_lazy("Biên nhận bị sửa hoặc không phải của sổ gốc này"), "bad"),
    "unknown": Word(gettext_lazy("Chưa kết luận được"), "warn"),
}
RESULTS: Final = {
    "pass": Word(gettext_lazy("Đạt"), "ok"),
    "fail": Word(gettext_lazy("Không đạt"), "bad"),
    "unknown": Word(gettext_lazy("Thiếu căn cứ"), "warn"),
}
_WORST_FIRST: Final = {"fail": 0, "unknown": 1, "pass": 2}
FACTS: Final[dict[str, str | Promise]] = {
    "full_name": gettext_lazy("Họ và tên"),
    "birth": gettext_lazy("Ngày sinh"),
    "credential_name": gettext_lazy("Loại văn bằng, chứng chỉ"),
    "serial": gettext_lazy("Số hiệu"),
    "entry_number": gettext_lazy("Số vào sổ gốc"),
    "issued_on": gettext_lazy("Ngày cấp"),
    "issuer_name": gettext_lazy("Nơi cấp"),
    "code": gettext_lazy("Mã tra cứu"),
}
"""What the file shows and the paper must show too, in the order of a paper."""


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """One check as the page shows it; `name` is what other programs call it."""

    name: str
    what: str | Promise
    result: Word
    why: str


@dataclass(frozen=True, slots=True)
class OfReceipt:
    """What a true receipt says of its file."""

    word: Word
    sha256: str
    checked_at: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says of a file."""

    kind: str
    verdict: str
    word: Word
    checks: list[ShownCheck]
    compare: list[tuple[str | Promise, str]]
    checked_at: str
    as_of: str
    sha256: str
    is_development: bool
    is_superseded: bool
    is_sheet: bool
    of_receipt: OfReceipt | None


class _InMemory(MemoryFileUploadHandler):
    """Keeps a file in memory whatever the settings say, and stops at the longest we judge."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - Django's
        """Take every file, not only those Django calls small."""
        self.activated = True
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Stop reading once the file is too long."""
        self.taken += len(raw_data)
        if self.taken > verify.LARGEST:
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)


@csrf_exempt  # only until the handler of uploads is ours: the view itself is protected
@public
@require_http_methods(["GET", "HEAD", "POST"])
def check_file(request: HttpRequest) -> HttpResponse:
    """Ask for a file, or judge the one sent."""
    if request.method == "POST":
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if not 0 <= length <= verify.LARGEST + _FORM_ROOM:
            form = FileForm({}, {})
            form.errors.clear()
            form.add_error("file", gettext("Tệp quá lớn: nhiều nhất 5 MB."))
            return render(request, "public/check_file.html", {"form": form}, status=413)
        request.upload_handlers = [_InMemory(request)]
    answer: HttpResponse = _check_file(request)
    return answer


@csrf_protect
def _check_file(request: HttpRequest) -> HttpResponse:
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method != "POST" or not form.is_valid():
        return render(request, "public/check_file.html", {"form": form})
    data: bytes = form.cleaned_data["file"].read()
    home, at = settings.SOGOC_ENVIRONMENT, clock.now()
    path, base, is_playground = home.home, home.log_origin, home.is_playground
    try:
        report = verify.check_file(data, home=path, base=base, at=at, is_playground=is_playground)
    except (verify.NotJudged, verify.IssuerRefused) as error:
        form.add_error(None, in_words(error.message))
        return render(request, "public/check_file.html", {"form": form}, status=503)
    receipt, no_receipt = None, ""
    if report.kind != "receipt":
        try:
            prepared = verify.prepare_receipt(
                report, data, home=path, base=base, at=at, is_playground=is_playground
            )
            receipt = ReceiptForm(initial={"token": prepared.token})
        except Error as error:  # no key of the operator here
            no_receipt = in_words(error.message)
    context = {
        "shown": _shown(report, data, show_moment(at)),
        "receipt": receipt,
        "no_receipt": no_receipt,
        "keys": "/".join(["", *base.split("/")[1:], "receipts", "keys"]),
    }
    return render(request, "public/file_result.html", context)


@public
@require_POST
def receipt(request: HttpRequest) -> HttpResponse:
    """Sign the receipt prepared with an answer, and hand it over as a file."""
    form = ReceiptForm(request.POST)
    home = settings.SOGOC_ENVIRONMENT
    token = form.cleaned_data["token"] if form.is_valid() else ""
    try:
        data = verify.sign_receipt(
            token,
            home=home.home,
            base=home.log_origin,
            at=clock.now(),
            is_playground=home.is_playground,
        )
    except Error as error:
        return errors.cannot(request, error)
    response = HttpResponse(data, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="bien-nhan-so-goc.txt"'
    return response


def _shown(report: verify.Report, data: bytes, checked_at: str) -> Shown:
    verdict = report.verdict.value
    is_receipt = report.kind == "receipt"
    words = RECEIPT_VERDICTS if is_receipt else VERDICTS
    said = {name: str(report.facts[name]) for name in FACTS if report.facts.get(name)}
    for name in ("birth", "issued_on"):
        if name in said:
            said[name] = _day(said[name])
    return Shown(
        kind=report.kind,
        verdict=verdict,
        word=words[verdict],
        checks=[
            ShownCheck(
                each.name, check_word(each.name), RESULTS[each.result.value], in_words(each.why)
            )
            for each in sorted(report.checks, key=lambda each: _WORST_FIRST[each.result.value])
        ],
        compare=[] if verdict == "invalid" else [(FACTS[name], said[name]) for name in said],
        checked_at=checked_at,
        as_of=show_moment(report.as_of),
        sha256=sha256(data).hexdigest(),
        is_development=report.is_development,
        is_superseded=bool(report.facts.get("superseded")),
        is_sheet=report.kind == "pdf" and verdict != "invalid" and "code" not in report.facts,
        of_receipt=_of_receipt(report) if is_receipt and verdict == "valid" else None,
    )


def _of_receipt(report: verify.Report) -> OfReceipt:
    facts = report.facts
    return OfReceipt(
        VERDICTS[facts["file_verdict"]],
        facts["file_sha256"],
        show_moment(datetime.fromisoformat(facts["checked"])),
    )


def _day(text: str) -> str:
    """Write a whole day as papers do; what the register knows only in part stays as it is."""
    try:
        return show_date(date.fromisoformat(text))
    except ValueError:
        return text
