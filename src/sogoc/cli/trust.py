"""``sogoc trust``: what others need to judge our documents without us."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import as_account
from sogoc.cli.output import FINDINGS, FINE, Output, command, table
from sogoc.cli.sequencing import enter, writing
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error


@click.group()
def trust() -> None:
    """Gói tin cậy cho người kiểm ngoại tuyến. / The bundle for those who verify offline."""


@trust.command()
@click.option(
    "-o",
    "--output-file",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Tệp ghi ra. / The file to write.",
)
@click.option("--history", is_flag=True, help="Mọi danh sách trạng thái đã lưu. / Every list.")
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    help="Ghi cả các tệp công khai (did.json, danh sách) vào thư mục. / Write the public files.",
)
@click.pass_obj
@command
def export(
    environment: Environment, *, target: Path, history: bool, site: Path | None, output: Output
) -> None:
    """Ghi khóa theo thời gian, thẩm quyền, điểm kiểm và danh sách trạng thái mới nhất vào một tệp.

    Người nhận tin tệp này bằng cách nhận nó qua đường tin cậy; so SHA-256 in ra.

    / Write keys with their periods, authority, checkpoints and the newest status lists to one file.
    Who receives it must trust the way it came: compare the SHA-256 printed.
    """
    environment.start()
    from sogoc.credentials.trust import api

    base = environment.log_origin
    bundle = api.export_trust(
        environment.home,
        base=base,
        at=environment.now(),
        is_playground=environment.is_playground,
        every_list=history,
    )
    data = json.dumps(bundle, ensure_ascii=False, indent=1).encode() + b"\n"
    target.write_bytes(data)
    files = [] if site is None else api.write_site(bundle, environment.home, site, base=base)
    digest = sha256(data).hexdigest()
    output.result(
        {
            "file": str(target),
            "sha256": digest,
            "development": bundle["development"],
            "bodies": len(bundle["authority"]),
            "logs": [each["origin"] for each in bundle["logs"]],
            "status_lists": len(bundle["status_lists"]),
            "site": files,
        },
        lines=[
            say(f"Đã ghi {target}", f"Wrote {target}"),
            f"SHA-256 {digest}",
            *(
                [say("Gồm khóa thử nghiệm.", "Development keys are in it.")]
                if bundle["development"]
                else []
            ),
        ],
    )


@trust.command()
@click.pass_obj
@command
def keys(environment: Environment, *, output: Output) -> None:
    """Khóa ký chứng thực số, kèm thời gian dùng. / Keys of bodies and when they served.

    Khóa ký văn bản giấy tờ: sogoc keys. / Keys that sign papers: sogoc keys.
    """
    environment.start()
    from sogoc.credentials.issuers import api

    found = [
        {
            "body": body,
            "algorithm": each.multikey.algorithm.value,
            "key": str(each.multikey),
            "valid_from": each.valid_from,
            "valid_until": each.valid_until,
        }
        for body in api.bodies(environment.home)
        for each in api.history(environment.home, body)
    ]
    output.result(
        {"keys": found, "development": environment.is_playground},
        lines=table(
            ["body", "algorithm", "from", "until", "key"],
            [
                [k["body"], k["algorithm"], k["valid_from"], k["valid_until"] or "–", k["key"]]
                for k in found
            ],
        ),
    )


@trust.command("retire-key")
@click.argument("body")
@click.option(
    "--algorithm", type=click.Choice(["Ed25519", "P-256"]), default="Ed25519", show_default=True
)
@click.option("--reason", required=True, help="Lý do. / Why.")
@as_account
@click.pass_obj
@command
@writing
def retire_key(
    environment: Environment,
    /,
    *,
    body: str,
    algorithm: str,
    reason: str,
    account: str | None,
    output: Output,
) -> None:
    """Thôi dùng khóa hiện nay của đơn vị, dùng khóa mới; chứng thực đã ký vẫn kiểm được.

    / Retire a body's key and take a new one; what was signed stays verifiable.
    """
    environment.start()
    from sogoc.credentials.issuers import api
    from sogoc.kernel.multikey import Algorithm

    by = choose_actor(environment, output, "org.import", account=account)
    new = api.retire_key(
        environment.home,
        body,
        Algorithm(algorithm),
        reason=reason,
        by=by,
        at=environment.now(),
        is_playground=environment.is_playground,
    )
    output.result(
        {"body": body, "key": str(new.record.multikey), "valid_from": new.record.valid_from},
        lines=[say(f"Khóa mới: {new.record.multikey}", f"The new key: {new.record.multikey}")],
    )


@trust.command()
@click.argument("bodies", nargs=-1, required=True)
@click.option(
    "-o",
    "--output-directory",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Thư mục gửi Bộ. / What goes to the Ministry.",
)
@as_account
@click.pass_obj
@command
def prepare(
    environment: Environment,
    *,
    bodies: tuple[str, ...],
    target: Path,
    account: str | None,
    output: Output,
) -> None:
    """Chuẩn bị xác nhận thẩm quyền của các đơn vị để Bộ ký ở nơi khác. / For the Ministry to sign.

    BODY.bin: 64 byte cần ký bằng Ed25519; BODY.json: nội dung. Chữ ký đặt cạnh thành BODY.sig, rồi
    trust assemble. / BODY.bin is to be signed with Ed25519, BODY.json says what it is.
    """
    environment.start()
    from sogoc.credentials.issuers import api

    prepared = api.prepare_statements(
        bodies,
        home=environment.home,
        base=environment.log_origin,
        by=choose_actor(environment, output, "org.import", account=account),
        at=environment.now(),
    )
    target.mkdir(parents=True, exist_ok=True)
    for each in prepared:
        (target / f"{each.body}.sig").unlink(missing_ok=True)  # of an earlier preparation
        (target / f"{each.body}.bin").write_bytes(each.to_sign)
        text = json.dumps(each.document, ensure_ascii=False, indent=1)
        (target / f"{each.body}.json").write_text(text, "utf-8")
    output.result(
        {"prepared": [{"body": each.body, "key": each.key} for each in prepared]},
        lines=[f"{each.body}.bin  {each.key}" for each in prepared],
    )


@trust.command()
@click.argument("source", type=click.Path(path_type=Path, file_okay=False, exists=True))
@as_account
@click.pass_obj
@command
def assemble(
    environment: Environment, *, source: Path, account: str | None, output: Output
) -> None:
    """Nhận chữ ký của Bộ (BODY.sig) trong thư mục. / Take in the Ministry's signatures.

    Mã thoát 1 khi có chữ ký bị từ chối; chữ ký đó ở lại trong thư mục. / Exit code 1 when one is
    refused; it stays in the folder.
    """
    environment.start()
    from sogoc.credentials.issuers import api

    by = choose_actor(environment, output, "org.import", account=account)
    taken, refused = [], []
    for file in sorted(source.glob("*.sig")):
        try:
            api.accept_statement(
                file.stem, file.read_bytes(), home=environment.home, by=by, at=environment.now()
            )
        except Error as error:
            refused.append({"body": file.stem, "code": error.code, "why": shown(error.message)})
            continue
        file.rename(file.with_suffix(".taken"))
        taken.append(file.stem)
    logged = enter(environment)
    output.result(
        {"taken": taken, "refused": refused},
        lines=[
            say(
                f"Đã nhận {len(taken)} xác nhận, {len(refused)} bị từ chối.",
                f"{len(taken)} statements taken in, {len(refused)} refused.",
            ),
            *(f"  ✗ {each['body']}: {each['why']}" for each in refused),
        ],
        code=FINDINGS if refused or logged is None else FINE,
    )
