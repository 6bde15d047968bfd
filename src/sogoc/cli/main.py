"""The root of the command line. ``config`` hands in the environment."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from sogoc import __version__
from sogoc.cli.environment import Environment

# command → (module, attribute, short help): modules are read only when their command is used,
# so that `sogoc law` never waits for the database layer.
_COMMANDS: dict[str, tuple[str, str, str]] = {
    "init": ("home", "init", "Tạo kho dữ liệu (chạy lại vô hại). / Make the home."),
    "demo": ("demo", "demo", "Chạy thử việc chính. / Show the main job."),
    "stop": ("home", "stop", "Dừng máy chủ dữ liệu nhúng. / Stop the embedded server."),
    "backup": ("home", "backup", "Sao lưu. / Back up."),
    "restore": ("home", "restore", "Khôi phục. / Restore."),
    "login": ("accounts", "login", "Đăng nhập. / Sign in."),
    "logout": ("accounts", "logout", "Đăng xuất. / Sign out."),
    "law": ("checks", "law", "Luật theo ngày. / The law on a day."),
    "org": ("organisations", "org", "Đơn vị. / Organisations."),
    "account": ("organisations", "account", "Tài khoản. / Accounts."),
    "mandate": ("organisations", "mandate", "Thẩm quyền ký. / Mandates of signatories."),
    "batch": ("batch", "batch", "Đợt cấp: kiểm tra đến vào sổ. / A batch, from check to issue."),
    "ruling": ("rulings", "ruling", "Ý kiến pháp lý. / Legal opinions."),
    "override": ("overrides", "override", "Miễn áp dụng phép kiểm. / Overrides of checks."),
    "blanks": ("blanks", "blanks", "Phôi. / Blanks."),
    "book": ("blanks", "book", "Quyển sổ gốc: mở sổ. / Register books."),
    "register": ("register", "register", "Sổ gốc. / The register."),
    "import-legacy": ("register", "import_legacy", "Nhập sổ cũ. / Import an old register."),
    "digitise": ("digitise", "digitise", "Số hóa sổ giấy. / Digitise a paper book."),
    "sweep": ("sweep", "sweep", "Rà soát sổ. / Judge the past."),
    "case": ("sweep", "case", "Vụ việc từ rà soát. / Cases of sweeps."),
    "lookup": ("lookup", "lookup", "Tra cứu. / Look one up."),
    "document": ("document", "document", "Văn bằng thành tệp. / A line as a file."),
    "verify": ("verify", "verify", "Kiểm một tệp. / Is this file true?"),
    "trust": ("trust", "trust", "Gói tin cậy để kiểm ngoại tuyến. / The bundle to verify with."),
    "status": ("status", "status", "Trạng thái của bản số. / The status of digital copies."),
    "dev": ("dev", "dev", "Cho người phát triển. / For developers."),
    "export": ("export", "export", "Xuất toàn bộ. / Export everything."),
    "import-open": ("export", "import_open", "Nhập lại bản xuất. / Take an export in again."),
    "originals": ("originals", "originals", "Văn bằng số còn chờ. / Digital originals that wait."),
    "archive": ("originals", "archive", "Lưu trữ lâu dài văn bản. / Archive papers."),
    "keys": ("keys", "keys", "Khóa ký văn bản, chứng thực. / Keys that sign."),
    "paper": ("paper", "paper", "Mẫu văn bằng, chứng chỉ. / Templates of papers."),
    "log": ("log", "log", "Nhật ký minh bạch. / The transparency log."),
    "signer": ("signer", "signer", "Bên ký nhật ký. / The signer of the logs."),
    "witness": ("witness", "witness", "Bên chứng kiến nhật ký. / A witness of logs."),
    "monitor": ("monitor", "monitor", "Theo dõi nhật ký từ bên ngoài. / Follow logs from outside."),
}


class _LazyGroup(click.Group):
    """Lists all commands at once, imports one only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        found: Any = getattr(importlib.import_module(f"sogoc.cli.{module}"), attribute)
        assert isinstance(found, click.Command)  # noqa: S101 - the table above is ours
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Lệnh / Commands"):
            formatter.write_dl([(name, entry[2]) for name, entry in _COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sogoc")
def root() -> None:
    """Sổ Gốc: sổ gốc mở của văn bằng, chứng chỉ. / The open register of diplomas and certificates.

    Mã thoát: 0 ổn; 1 có điều cần xem (lỗi, bị từ chối, không thấy, bị sửa); 2 dùng sai lệnh.
    / Exit codes: 0 fine; 1 findings; 2 usage.
    """


def main(environment: Environment) -> None:
    """Run the command line in this environment and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # Vietnamese also where the locale is C
            reconfigure(encoding="utf-8", errors="backslashreplace")
    root(obj=environment, prog_name="sogoc")
