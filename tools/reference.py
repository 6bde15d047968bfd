"""Write the generated pages of docs/reference: `python -m tools.reference [--check]`.

With `--check` nothing is written; the exit code is 1 when a page is stale.
"""

from __future__ import annotations

import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import click
import django
from django.apps import apps
from tools import source_facts
from tools.source_facts import ROOT

REFERENCE: Final = ROOT / "docs" / "reference"
GENERATED: Final = (
    "Trang này do `python -m tools.reference` viết ra; đừng sửa tay. / Generated; do not edit."
)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lay a Markdown table out; cells lose line breaks and keep their bars."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        cells = (" ".join(str(cell).split()).replace("|", "\\|") or "–" for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def page(title: str, *parts: str | list[str]) -> str:
    """Join the parts of a page under its title."""
    lines = [f"# {title}", "", GENERATED, ""]
    for part in parts:
        lines += [part] if isinstance(part, str) else part
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


# --- commands ---------------------------------------------------------------------------------


def commands() -> str:
    """Every command with its arguments and options."""
    from sogoc.cli.main import root

    parts: list[str | list[str]] = [
        (
            "Ai cũng có `--help`, `--lang vi|en`, và (trừ vài lệnh) `--json`. Mã thoát: 0 ổn; 1 có "
            "điều cần xem; 2 dùng sai lệnh. Ngày viết `2025-04-10` hoặc `10/04/2025`. `--as` chỉ "
            "dùng ở kho thử; kho thật: `sogoc login`. / Exit codes: 0 fine, 1 findings, 2 usage."
        )
    ]
    for path, command in _walk(root, ("sogoc",)):
        parts.append(f"## {' '.join(path)}")
        context = click.Context(command, info_name=path[-1])
        parts.append(_sentence(command.help or ""))
        parts.append(f"`{' '.join([*path, *command.collect_usage_pieces(context)])}`")
        options = [o for o in command.params if isinstance(o, click.Option) and o.name != "lang"]
        rows = [_option(o) for o in options if o.name not in {"help", "as_json"}]
        if rows:
            parts.append(table(["tùy chọn / option", "bắt buộc", "nghĩa / meaning"], rows))
    return page("Lệnh / Commands", *parts)


def _walk(
    group: click.Command, path: tuple[str, ...]
) -> Iterable[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(group, click.Group):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            yield from _walk(command, (*path, name))


def _option(option: click.Option) -> tuple[str, str, str]:
    names = ", ".join(f"`{name}`" for name in option.opts)
    if not option.is_flag:
        metavar = option.metavar
        if metavar is None and isinstance(option.type, click.Choice):
            metavar = " ".join(map(str, option.type.choices))
        names += f" {metavar or option.type.name.upper()}"
    again = " Lặp lại được. / Repeatable." if option.multiple else ""
    return names, "✓" if option.required else "", _sentence(option.help or "") + again


def _sentence(text: str) -> str:
    return " ".join(text.replace("\b", " ").split())


# --- people -----------------------------------------------------------------------------------


def permissions() -> str:
    """The permission map and the roles."""
    from sogoc.people import permissions as people

    ways = [
        (
            f"`{name}`",
            people.PERMISSION_LABELS[name].vi,
            people.PERMISSION_LABELS[name].en,
            "<br>".join(" + ".join(f"`{c.__name__}`" for c in way) for way in found),
        )
        for name, found in people.PERMISSIONS.items()
    ]
    conditions = {
        condition.__name__: _sentence(condition.__doc__ or "")
        for found in people.PERMISSIONS.values()
        for way in found
        for condition in way
    }
    roles = [
        (
            f"`{role}`",
            label.vi,
            label.en,
            _sight(role),
            ", ".join(
                f"`{name}`" for name, found in people.PERMISSIONS.items() if _in(role, found)
            ),
        )
        for role, label in people.ROLE_LABELS.items()
    ]
    return page(
        "Quyền và vai trò / Permissions and roles",
        "Một dòng có nhiều cách được quyền; mỗi cách (một dòng con) phải đủ mọi điều kiện nối bằng "
        "dấu cộng. / One way is enough; all conditions of a way must hold.",
        "## Quyền / Permissions",
        table(["quyền", "nghĩa", "meaning", "cách / ways"], ways),
        "## Điều kiện / Conditions",
        table(["tên / name", "nghĩa / meaning"], [(f"`{n}`", d) for n, d in conditions.items()]),
        "## Vai trò / Roles",
        table(["vai trò", "tên", "name", "thấy / sees", "quyền / may"], roles),
        "`own`: hàng của đơn vị mình và của đơn vị mà mình giữ sổ; cán bộ cấp tỉnh thêm các đơn vị "
        "mình quản lý. / Rows of the own body and those whose register it keeps; a provincial "
        "officer also those supervised.",
    )


def _sight(role: object) -> str:
    from sogoc.people.actors import SEES_ALL, SEES_OWN_BODY

    if role in SEES_ALL:
        return "all"
    return "own" if role in SEES_OWN_BODY else "none"


def _in(role: object, found: Iterable[Iterable[Callable[..., bool]]]) -> bool:
    return any(condition.__name__ == f"is_{role}" for way in found for condition in way)


def personal_data() -> str:
    """Which columns hold personal data, model by model."""
    rows = []
    for label in ("people", "credentials"):
        for model in apps.get_app_config(label).get_models():
            named = ", ".join(f"`{name}`" for name in vars(model)["personal_fields"])
            about = _sentence((model.__doc__ or "").split("\n\n")[0])
            rows.append((f"`{model._meta.db_table}`", named, about))
    return page(
        "Dữ liệu cá nhân / Personal data",
        "Mỗi bảng tự khai cột chứa dữ liệu cá nhân; một phép thử bắt buộc điều đó. Dữ liệu của "
        "người được cấp nằm riêng ở `credentials_register_personal`, xóa được từng người bằng hàm "
        "`sogoc_erase_personal`. / Every table names its personal columns; a test insists.",
        table(["bảng / table", "cột / columns", "là gì / what it is"], sorted(rows)),
    )


# --- errors, verbs, guards --------------------------------------------------------------------


def errors() -> str:
    """Every code of an anticipated error."""
    rows = [
        (f"`{f.code}`", f"`{f.module.removeprefix('sogoc.')}` {f.kind}", f.vi, f.en)
        for f in source_facts.errors()
    ]
    return page(
        "Mã lỗi / Error codes",
        "Mã không bao giờ đổi nghĩa. `…` là giá trị điền vào lúc chạy. Với `--json`, lỗi nằm ở "
        "`error.code` và `error.message`. / Codes never change meaning; `…` stands for a value.",
        table(["mã / code", "nơi phát ra / raised in", "tiếng Việt", "English"], rows),
    )


def audit_verbs() -> str:
    """Every verb an audit event can have."""
    rows = [(f"`{verb}`", f"`{package}`") for verb, package in source_facts.verbs()]
    return page(
        "Động từ của nhật ký thao tác / Audit verbs",
        "Dạng `nguồn:đối tượng:việc`. Mỗi sự kiện là một lá của nhật ký minh bạch. / "
        "`source:subject:action`; each event is a leaf of the log.",
        table(["động từ / verb", "ghi bởi / recorded by"], rows),
    )


def guards() -> str:
    """What the guards files put on each table, and the functions."""
    triggers, policies, grants = [], [], []
    secured, functions = set(), {}
    for statement in source_facts.statements():
        text = statement.text
        if found := re.match(r"CREATE (?:CONSTRAINT )?TRIGGER (\w+) (.*?) ON (\w+)(.*)", text):
            name, event, on, rest = found.groups()
            each = "row" if "FOR EACH ROW" in rest else "statement"
            function = re.findall(r"EXECUTE FUNCTION (\w+)", rest)[0]
            triggers.append((f"`{on}`", f"`{name}`", event, each, f"`{function}`"))
        elif found := re.match(r"CREATE POLICY (\w+) ON (\w+)(?: FOR (\w+))?(.*)", text):
            name, on, what, rule = found.groups()
            policies.append((f"`{on}`", f"`{name}`", what or "ALL", f"`{_sentence(rule)}`"))
        elif found := re.match(r"GRANT (.*?) ON (?!FUNCTION)(.*?) TO \{\{app_role\}\}", text):
            grants += [
                (f"`{on.strip()}`", found[1])
                for on in found[2].split(",")
                if not on.strip().endswith("_seq")
            ]
        elif found := re.match(r"ALTER TABLE (\w+) ENABLE ROW LEVEL SECURITY", text):
            secured.add(found[1])
        elif found := re.match(r"CREATE (?:OR REPLACE )?FUNCTION (\w+)", text):
            functions[found[1]] = (
                "SECURITY DEFINER" if "SECURITY DEFINER" in text else "",
                f"`{statement.file}`",
            )
    granted = re.findall(
        r"GRANT EXECUTE ON FUNCTION (\w+)", "\n".join(s.text for s in source_facts.statements())
    )
    called = [
        (f"`{name}`", rights, "✓" if name in granted else "", file)
        for name, (rights, file) in sorted(functions.items())
    ]
    return page(
        "Rào chắn của cơ sở dữ liệu / Database guards",
        "Đọc từ các tệp `guards.sql`. Ứng dụng chỉ có những quyền ghi ở đây. / Read from the "
        "`guards.sql` files; the application role has these rights and no others.",
        "## Quyền của ứng dụng / Rights of the application role",
        table(["bảng / table", "quyền / rights"], sorted(grants)),
        "## Trigger",
        table(["bảng / table", "tên / name", "khi / when", "mỗi / each", "hàm"], sorted(triggers)),
        "## Chính sách theo hàng / Row-level security",
        "Bảng bật chính sách: " + ", ".join(f"`{name}`" for name in sorted(secured)) + ".",
        table(["bảng / table", "tên / name", "cho / for", "điều kiện / rule"], sorted(policies)),
        "## Hàm / Functions",
        table(["hàm / function", "quyền", "ứng dụng gọi được / granted", "tệp / file"], called),
    )


def leaf_fields() -> str:
    """The committed field lists of each source, in their order."""
    from sogoc.credentials.log import sources
    from sogoc.people.api import committed

    event_fields = tuple(committed(defaultdict(str)))

    lists = (
        (sources.LINE, sources.LINE_FIELDS),
        (sources.MOVEMENT, sources.MOVEMENT_FIELDS),
        (sources.LOT, sources.LOT_FIELDS),
        (sources.EVENT, event_fields),
    )
    return page(
        "Trường được cam kết / Committed fields",
        "Định dạng và cách kiểm bằng tay: [leaf-format.md](leaf-format.md). Thứ tự là thứ tự băm. "
        "/ In the order they are hashed.",
        table(
            ["nguồn / source", "số trường", "trường / fields"],
            [
                (f"`{name}`", len(fields), ", ".join(f"`{field}`" for field in sorted(fields)))
                for name, fields in lists
            ],
        ),
    )


PAGES: Final[dict[str, Callable[[], str]]] = {
    "commands.md": commands,
    "permissions.md": permissions,
    "personal-data.md": personal_data,
    "errors.md": errors,
    "audit-verbs.md": audit_verbs,
    "database-guards.md": guards,
    "leaf-fields.md": leaf_fields,
}


def stale() -> list[str]:
    """Names of pages that are not what the sources say now."""
    return [
        name
        for name, render in PAGES.items()
        if not (REFERENCE / name).is_file() or (REFERENCE / name).read_text("utf-8") != render()
    ]


def main() -> int:
    """Write the pages, or with `--check` only compare them. Return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sogoc.config.settings")
    django.setup()
    old = stale()
    for name in old:
        if "--check" in sys.argv[1:]:
            print(f"stale: docs/reference/{name}")
        else:
            (REFERENCE / name).write_text(PAGES[name](), "utf-8")
            print(f"docs/reference/{name}")
    return int(bool(old) and "--check" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
