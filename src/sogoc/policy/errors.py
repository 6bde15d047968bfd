"""Errors of the policy package."""

from __future__ import annotations

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text


class LawDataError(Error):
    """The law files contradict themselves or their schema; nothing may be judged with them."""

    def __init__(self, file: str, detail: str) -> None:
        super().__init__(
            "law_data",
            Text(
                f"Dữ liệu pháp luật {file} sai: {detail}", f"Law file {file} is invalid: {detail}"
            ),
            file=file,
            detail=detail,
        )


class PolicyCrash(Error):
    """A check failed to run. Fatal: the act stops, for a check never counts as skipped."""

    def __init__(self, check: str, cause: BaseException) -> None:
        super().__init__(
            "policy_crash",
            Text(
                f"Phép kiểm {check} bị lỗi khi chạy; chưa được cấp. Báo quản trị hệ thống.",
                f"Check {check} crashed; nothing may be issued. Tell the system operator.",
            ),
            check=check,
            cause=repr(cause),
        )
