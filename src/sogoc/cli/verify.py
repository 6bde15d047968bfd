"""``sogoc verify``: is this file true? Needs no home and no network, given a trust bundle."""

from __future__ import annotations

import json
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import FILE
from sogoc.cli.output import FINDINGS, FINE, Output, command
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error
from sogoc.kernel.periods import VIET_NAM
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from sogoc.verifier.api import Bundle, Report

UNKNOWN: Final = 3
"""Exit code of the verdict `unknown`; 0 is valid, 1 invalid."""
_MARKS: Final = {"pass": "✓", "fail": "✗", "unknown": "?"}
_VERDICTS: Final = {
    "valid": Text("HỢP LỆ: khớp với sổ gốc", "VALID: it matches the register"),
    "invalid": Text("KHÔNG HỢP LỆ", "INVALID"),
    "unknown": Text("CHƯA KẾT LUẬN ĐƯỢC: thiếu căn cứ", "UNKNOWN: evidence is missing"),
}
_RECEIPTS: Final = {
    "valid": Text("BIÊN NHẬN THẬT", "A TRUE RECEIPT"),
    "invalid": Text("BIÊN NHẬN KHÔNG HỢP LỆ", "AN INVALID RECEIPT"),
    "unknown": _VERDICTS["unknown"],
}
_COMPARE: Final = {
    "full_name": Text("Họ và tên", "Name"),
    "birth": Text("Ngày sinh", "Born"),
    "credential_name": Text("Loại", "Kind"),
    "serial": Text("Số hiệu", "Serial"),
    "entry_number": Text("Số vào sổ", "Entry number"),
    "issued_on": Text("Ngày cấp", "Issued on"),
    "issuer_name": Text("Nơi cấp", "Issuer"),
    "code": Text("Mã tra cứu", "Look-up code"),
}


class WrongTime(Error):
    """A time that cannot be read."""


@click.command()
@click.argument("file", type=FILE)
@click.option("--bundle", type=FILE, help="Gói tin cậy (sogoc trust export). / A trust bundle.")
@click.option("--at", metavar="DATE", help="Kiểm như vào lúc này. / Judge as of this day or time.")
@click.pass_obj
@command
def verify(
    environment: Environment, *, file: Path, bundle: Path | None, at: str | None, output: Output
) -> None:
    """Kiểm một tệp do sổ gốc phát hành; có gói tin cậy thì không cần mạng hay kho dữ liệu.

    Không có gói tin cậy, không có --at: hỏi cả sổ gốc của kho dữ liệu ở đây.

    Mã thoát: 0 hợp lệ; 1 không hợp lệ; 3 chưa kết luận được vì thiếu căn cứ. Biên nhận kiểm tệp
    cũng kiểm được: hợp lệ nghĩa là biên nhận thật, kết luận về tệp thì đọc trong đó.

    / Judge a file of the register; with a bundle no network and no home are needed. With neither
    bundle nor --at the register of this home is asked too. Exit codes: 0 valid; 1 invalid; 3
    unknown, evidence is missing. A receipt of a check is judged too: valid means the receipt is
    true, what it says of its file stands in it.
    """
    from sogoc.verifier.api import LARGEST_OF_ONES_OWN, judge_apart

    when = environment.now() if at is None else _moment(at)
    trust = _trust(environment, bundle)
    with file.open("rb") as opened:
        data = opened.read(LARGEST_OF_ONES_OWN + 1)
    report = judge_apart(data, trust, when, is_ones_own=True)
    if bundle is None and at is None:
        from sogoc.credentials.verify import api as living

        living.ask(report, data, base=environment.log_origin, at=when)
    verdict = report.verdict.value
    codes = {"valid": FINE, "invalid": FINDINGS, "unknown": UNKNOWN}
    output.result(
        {
            "verdict": verdict,
            "checks": [
                {"name": each.name, "result": each.result.value, "why": each.why}
                for each in report.checks
            ],
            "kind": report.kind,
            "at": when,
            "as_of": report.as_of,
            "development": report.is_development,
            "facts": report.facts,
        },
        lines=_lines(report, verdict),
        code=codes[verdict],
    )


def _lines(report: Report, verdict: str) -> list[str]:
    from sogoc.verifier.api import DEVELOPMENT

    if report.kind == "receipt":
        return _receipt_lines(report, verdict)
    lines = [shown(_VERDICTS[verdict])]
    if report.facts.get("superseded"):
        lines.append(
            say(
                "Đã có bản mới hơn: hãy xin bản mới.",
                "There is a newer one: ask for it.",
            )
        )
    if report.is_development:
        lines.append(shown(DEVELOPMENT))
    lines += [f"  {_MARKS[each.result.value]} {shown(each.why)}" for each in report.checks]
    compared = [
        f"  {shown(label)}: {report.facts[name]}"
        for name, label in _COMPARE.items()
        if report.facts.get(name)
    ]
    if verdict != "invalid" and compared:
        lines += [say("Hãy đối chiếu với bản giấy:", "Compare with the paper:"), *compared]
    return lines


def _receipt_lines(report: Report, verdict: str) -> list[str]:
    """What a receipt is worth, and what it says of its file: of that moment only."""
    lines = [shown(_RECEIPTS[verdict])]
    lines += [f"  {_MARKS[each.result.value]} {shown(each.why)}" for each in report.checks]
    if verdict == "valid":
        facts = report.facts
        lines += [
            f"SHA-256 {facts['file_sha256']}",
            say(
                f"Kết luận về tệp lúc {facts['checked']}, không nói gì về sau đó:",
                f"Verdict on the file at {facts['checked']}, saying nothing of any later time:",
            ),
            f"  {shown(_VERDICTS[facts['file_verdict']])}",
        ]
    return lines


def _trust(environment: Environment, bundle: Path | None) -> Bundle:
    from sogoc.verifier.api import LONGEST_BUNDLE, Bundle

    if bundle is not None:
        with bundle.open("rb") as opened:
            return Bundle(opened.read(LONGEST_BUNDLE + 1))
    environment.start()
    from sogoc.credentials.trust import api as trust

    found = trust.export_trust(
        environment.home,
        base=environment.log_origin,
        at=environment.now(),
        is_playground=environment.is_playground,
        every_list=True,
    )
    return Bundle(json.dumps(found).encode())


def _moment(text: str) -> datetime:
    """Read a time, or a day as its last moment in Viet Nam."""
    try:
        if len(text) == len("2025-04-10"):
            return datetime.combine(datetime.fromisoformat(text).date(), time.max, VIET_NAM)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise WrongTime(
            "verify_time",
            Text(
                f"«{text}» không phải ngày giờ (2025-04-10 hoặc 2025-04-10T09:00:00+07:00).",
                f"{text!r} is no day or time (2025-04-10 or 2025-04-10T09:00:00+07:00).",
            ),
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=VIET_NAM)
