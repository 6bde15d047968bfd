"""``sogoc demo``: the main job on the lists in ``examples/``, told step by step.

Runs the same domain calls as the single commands. Running it again finds everything done.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sogoc.cli.environment import Environment
from sogoc.cli.lookup import answer_lines
from sogoc.cli.output import FINDINGS, FINE, Output, command
from sogoc.cli.sequencing import audit, sequence
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from sogoc.credentials.issuing.api import CheckReport, ListFile, Prepared, Proposal
    from sogoc.people.api import Actor

SO: Final = "so-gddt-dak-nong"
CENTRE: Final = "tt-gdtx-nnth-dak-nong"
KIND: Final = "cc_cntt_co_ban"
DAY: Final = date(2025, 4, 10)
EXAM: Final = date(2025, 3, 15)
_WIDEST: Final = 160


class ExamplesMissing(Error):
    """The example lists are not where the demo looks."""


def examples_directory() -> Path:
    """The project's ``examples`` folder. Raises ``ExamplesMissing``."""
    for base in (Path.cwd(), *Path(__file__).parents):
        if (base / "examples" / "trung-tam-cntt-co-ban.xlsx").is_file():
            return base / "examples"
    raise ExamplesMissing(
        "examples-missing",
        Text(
            "Không thấy thư mục examples/; hãy chạy trong thư mục dự án.",
            "There is no examples/ folder; run this in the project's directory.",
        ),
    )


class _Story:
    """Says what happens, and how long each step took."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.number = 0
        self.data: dict[str, Any] = {}

    @contextmanager
    def step(self, vi: str, en: str) -> Iterator[None]:
        self.number += 1
        started = time.monotonic()
        click.secho(f"\n{self.number}. {say(vi, en)}", bold=True, err=True)
        yield
        click.echo(f"   ({time.monotonic() - started:.1f} s)", err=True)

    def tell(self, vi: str, en: str) -> None:
        for line in say(vi, en).splitlines():
            click.echo(f"   {line}", err=True)


@click.command()
@click.pass_obj
@command
def demo(environment: Environment, *, output: Output) -> None:
    """Chạy thử việc chính trên danh sách mẫu. / The main job on the example lists."""
    examples = examples_directory()
    story = _Story(output)
    with story.step("Tạo kho dữ liệu thử", "Make the demo home"):
        made = environment.initialise(demo=True, say=lambda text: story.tell(text, text))
        story.tell(
            f"Kho: {made['home']}; ngày nghiệp vụ {environment.today():%d/%m/%Y}",
            f"Home: {made['home']}; business date {environment.today().isoformat()}",
        )
    with story.step("Hai bên chứng kiến của nhật ký", "Two witnesses of the log"):
        environment.start_witnesses()
        story.tell(
            "Hai tiến trình riêng, khóa và bộ nhớ riêng: một của thanh tra, một của lưu trữ.\n"
            "Thiếu một bên thì không điểm kiểm nào được công bố.",
            "Two processes with keys and memories of their own: an inspectorate's, an archive's.\n"
            "Without both of them no checkpoint is published.",
        )
    _refuse_the_department(environment, story, examples / "so-gddt-cntt-co-ban.xlsx")
    token = _issue_the_centres_list(environment, story, examples / "trung-tam-cntt-co-ban.xlsx")
    _show_checkpoint(environment, story)
    _look_one_up(story, token)
    _sweep_old_data(environment, story, examples / "so-gddt-cntt-co-ban.xlsx")
    problems = _audit(environment, story)
    click.echo(
        "\n"
        + say(
            "Xem trên trang: make serve  →  http://127.0.0.1:8000/  (tra cứu), /office/ (nghiệp "
            "vụ; tài khoản registrar.tt-gdtx, mật khẩu so-goc-demo)",
            "See it on the web: make serve  →  http://127.0.0.1:8000/  (look-up), /office/ (work; "
            "account registrar.tt-gdtx, password so-goc-demo)",
        ),
        err=True,
    )
    output.result(story.data, code=FINDINGS if problems else FINE)


def _actor(permission: str, organisation: str = CENTRE) -> Actor:
    from sogoc.people import api as people

    return people.demo_actor(permission, organisation_code=organisation, on=DAY)


def _list(file: Path, issuer: str, signatory: str) -> tuple[ListFile, Proposal]:
    from sogoc.credentials.issuing.api import Decision, ListFile, Proposal

    return ListFile(data=file.read_bytes(), name=file.name), Proposal(
        kind=KIND,
        issuer=issuer,
        signatory=signatory,
        issued_on=DAY,
        exam_date=EXAM,
        learners_confirmed_on=date(2025, 4, 8),
        decision=Decision(number="35/QĐ-TTGDTX", date=date(2025, 4, 7), decided_by=CENTRE),
    )


def _refuse_the_department(environment: Environment, story: _Story, file: Path) -> None:
    from sogoc.credentials.issuing import api as issuing

    with story.step(
        "Sở GDĐT tự cấp chứng chỉ CNTT: bị từ chối",
        "The provincial department issues IT certificates itself: refused",
    ):
        listed, proposal = _list(file, SO, "KT. Giám đốc")
        try:
            issuing.prepare_batch(
                file=listed,
                proposal=proposal,
                by=_actor("batch.prepare", SO),
                at=environment.now(),
                today=environment.today(),
                allow_any_date=True,
            )
        except issuing.Refused as refused:
            for found in refused.blocking:
                story.tell(
                    f"✗ {found.message.vi}\n  [{found.citation}]\n  → {found.remedy.vi}",
                    f"✗ {found.message.en}\n  [{found.citation}]\n  → {found.remedy.en}",
                )
            story.tell("Không ghi gì.", "Nothing was written.")
            story.data["refused"] = [f.citation for f in refused.blocking]


def _issue_the_centres_list(environment: Environment, story: _Story, file: Path) -> str:
    from sogoc.credentials.issuing import api as issuing

    listed, proposal = _list(file, CENTRE, "Giám đốc")
    at = environment.now()
    with story.step("Trung tâm sát hạch: kiểm tra danh sách", "The test centre: check its list"):
        report = issuing.check_list(file=listed, proposal=proposal, by=_actor("batch.check"), at=at)
        _tell_findings(story, report)
    with story.step("Lập đợt cấp, giữ phôi", "Prepare the batch, reserve blanks"):
        prepared = issuing.prepare_batch(
            file=listed,
            proposal=proposal,
            by=_actor("batch.prepare"),
            at=at,
            today=environment.today(),
            allow_any_date=True,
        )
        story.tell(
            f"{prepared.token}: {prepared.row_count} người, loại {prepared.refused_rows} dòng lỗi",
            f"{prepared.token}: {prepared.row_count} people, {prepared.refused_rows} rows left out",
        )
    with story.step(
        "Người khác duyệt; in, một phôi hỏng; ký, đóng dấu; vào sổ",
        "Another person approves; print with one misprint; sign, seal; issue",
    ):
        _finish(environment, story, prepared)
    return prepared.token


def _tell_findings(story: _Story, report: CheckReport) -> None:
    story.tell(
        f"Đọc {report.rows_read} dòng, {report.rows_ok} dòng cấp được.",
        f"{report.rows_read} rows read, {report.rows_ok} fit to issue.",
    )
    for found in report.findings:
        if found.level == "error":
            story.tell(
                f"✗ dòng {found.row}: {found.message.vi}", f"✗ row {found.row}: {found.message.en}"
            )


def _finish(environment: Environment, story: _Story, prepared: Prepared) -> None:
    from sogoc.credentials.issuing import api as issuing

    token, at = prepared.token, environment.now()
    if prepared.state == "issued":
        story.tell("Đã vào sổ từ lần chạy trước.", "Issued in an earlier run.")
    if prepared.state == "prepared":
        issuing.approve_batch(token=token, by=_actor("batch.approve"), at=at)
    view = issuing.get_batch(token=token, by=_actor("batch.issue"))
    if view.state == "approved":
        printed = issuing.print_batch(
            token=token,
            misprints=[(3, say("kẹt giấy", "paper jam"))],
            by=_actor("batch.print"),
            on=DAY,
            at=at,
        )
        story.tell(
            f"In {printed.first_serial} … {printed.last_serial}; hỏng {', '.join(printed.spoiled)}",
            f"Printed {printed.first_serial} … {printed.last_serial}; "
            f"spoiled {', '.join(printed.spoiled)}",
        )
        view = issuing.get_batch(token=token, by=_actor("batch.issue"))
    if view.state == "printed" and not view.signed_by:
        issuing.sign_batch(token=token, by=_actor("batch.sign"), on=DAY, at=at)
    if view.state == "printed":
        issuing.seal_batch(token=token, by=_actor("batch.seal"), on=DAY, at=at)
    done = issuing.issue_batch(
        token=token, key=f"demo {token}"[:80], by=_actor("batch.issue"), at=at
    )
    logged = sequence(environment)
    story.tell(
        f"Sổ gốc: {done.lines} dòng, số {done.first_entry_number} … {done.last_entry_number}; "
        f"nhật ký: +{logged.sequenced} lá",
        f"Register: {done.lines} lines, {done.first_entry_number} … {done.last_entry_number}; "
        f"log: +{logged.sequenced} leaves",
    )
    story.data["issued"] = {"token": token, "lines": done.lines, "repeated": done.repeated}


def _show_checkpoint(environment: Environment, story: _Story) -> None:
    """Wait until the quorum has cosigned a checkpoint over the whole batch, and print it."""
    from sogoc.cli.cosigned import checkpoint_over
    from sogoc.credentials.register import api as registers

    with story.step(
        "Hai bên chứng kiến xác nhận điểm kiểm trên cả đợt",
        "Both witnesses cosign a checkpoint over the whole batch",
    ):
        lines = registers.export_lines(by=_actor("register.export"), issuer=CENTRE, kind=KIND)
        found = checkpoint_over(environment, [line["code"] for line in lines])
        for line in map(_shortened, found.note.strip().splitlines()):
            story.tell(line, line)
        names = ", ".join(found.witnesses)
        story.tell(
            f"Dòng cuối của đợt là mục {found.last_index}; chính sách: đủ số bên ({names}).",
            f"The batch's last line is entry {found.last_index}; policy: quorum met ({names}).",
        )
        story.data["checkpoint"] = {
            "origin": found.origin,
            "size": found.size,
            "last_index": found.last_index,
            "witnesses": list(found.witnesses),
            "note": found.note,
        }


def _shortened(line: str) -> str:
    """A line of the note; of an ML-DSA-44 signature, 3,300 characters long, only the beginning."""
    return line if len(line) <= _WIDEST else f"{line[:_WIDEST]}… (+{len(line) - _WIDEST})"


def _look_one_up(story: _Story, token: str) -> None:
    from sogoc.credentials.disclosure import api as disclosure
    from sogoc.credentials.register import api as registers

    with story.step("Người dân tra cứu một chứng chỉ", "A citizen looks one certificate up"):
        lines = registers.export_lines(by=_actor("register.export"), issuer=CENTRE, kind=KIND)
        line = list(lines)[-1]
        answer = disclosure.look_up(
            line["serial"], line["entry_number"], full_name=line["full_name"]
        )
        for text in answer_lines(answer):
            story.tell(text, text)
        story.data["lookup"] = {"code": line["code"], "token": token, "found": answer.found}


def _sweep_old_data(environment: Environment, story: _Story, file: Path) -> None:
    from sogoc.cli.legacy import bring_in

    with story.step(
        "Rà soát sổ cũ của Sở (diễn tập, không giữ lại)",
        "Sweep the department's old register (a rehearsal, nothing kept)",
    ):
        data = bring_in(
            environment,
            file,
            kind=KIND,
            issuer=SO,
            signatory="KT. Giám đốc",
            issued_on=None,
            issued_on_column="Ngày cấp",
            sheet=None,
            by=_actor("register.import_legacy", SO),
            dry_run=True,
        )
        wrong = [f for f in data["findings"] if f["violation"] == "V01"]
        story.tell(
            f"{data['lines']} dòng, {len(wrong)} dòng cấp sai thẩm quyền: "
            f"{wrong[0]['citation'] if wrong else '–'}",
            f"{data['lines']} lines, {len(wrong)} issued without authority: "
            f"{wrong[0]['citation'] if wrong else '–'}",
        )
        story.data["swept"] = {"lines": data["lines"], "without_authority": len(wrong)}


def _audit(environment: Environment, story: _Story) -> int:

    with story.step("Đối chiếu sổ với nhật ký", "Audit the register against the log"):
        report = audit(environment)
        story.tell(
            f"{report.lines_checked} dòng sổ, {report.entries_checked} lá, "
            f"{len(report.problems)} sai lệch",
            f"{report.lines_checked} lines, {report.entries_checked} leaves, "
            f"{len(report.problems)} discrepancies",
        )
        for problem in report.problems:
            click.echo(f"   ✗ {shown(problem.message)}", err=True)
        story.data["audit"] = {"lines": report.lines_checked, "problems": len(report.problems)}
        return len(report.problems)
