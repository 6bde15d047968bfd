"""Why a signer does not sign, in words for its operator. Codes are permanent."""

from __future__ import annotations

from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text


class SignerError(Error):
    """The signer refuses, or cannot work; nothing was signed."""


READ_ONLY: Final = "signer_read_only"
"""Not enough witnesses answer to know that nothing was forgotten; asked again it may sign."""
PROOFS_NEEDED: Final = "signer_proofs_needed"
"""`sizes` in the context: the proof from each of them has to come along."""
UNKNOWN: Final = "signer_memory_lost"
"""The memory was lost: what was signed of this log has to be told by the lock store first."""

_MESSAGES: Final = {
    READ_ONLY: Text(
        "Bên ký chỉ đọc: chưa đủ bên chứng kiến trả lời để biết không quên điều đã ký. Nó tự ký "
        "tiếp khi họ trả lời.",
        "The signer is read-only: too few witnesses answer to know that nothing signed was "
        "forgotten. It goes on by itself when they do.",
    ),
    UNKNOWN: Text(
        "Bên ký đã mất trí nhớ về nhật ký này.",
        "The signer has lost its memory of this log.",
    ),
    "signer_proofs_needed": Text(
        "Bên ký cần bằng chứng từ các cỡ {sizes} mà bên chứng kiến giữ.",
        "The signer needs proofs from the sizes {sizes} that witnesses hold.",
    ),
    "signer_behind_witness": Text(
        "Bên chứng kiến “{witness}” đã xác nhận {held} mục, bên ký chỉ nhớ {size}: trí nhớ của bên "
        "ký là bản cũ. Đừng khôi phục nó: dừng bên ký, bỏ tệp signer.sqlite*, chạy lại.",
        "Witness {witness!r} has cosigned {held} entries, the signer remembers {size}: its memory "
        "is an old copy. Never restore it: stop the signer, remove signer.sqlite*, run again.",
    ),
    "signer_lock_behind_witness": Text(
        "Bên chứng kiến “{witness}” đã xác nhận {held} mục, kho khóa chỉ giữ {size}: kho khóa là "
        "bản cũ, bên ký thì đã quên. Chạy “sogoc signer recover” khi mọi bên chứng kiến đều trả "
        "lời.",
        "Witness {witness!r} has cosigned {held} entries, the lock store holds {size}: it is an "
        "old copy, and the signer has forgotten. Run “sogoc signer recover” while all witnesses "
        "answer.",
    ),
    "signer_witness_forked": Text(
        "Bên chứng kiến “{witness}” giữ một lịch sử khác có chữ ký của khóa này.",
        "Witness {witness!r} holds another history signed with this key.",
    ),
    "signer_smaller": Text(
        "Bên ký đã ký {held} mục, không ký {size} mục: nhật ký không lùi.",
        "The signer has signed {held} entries and does not sign {size}: a log never goes back.",
    ),
    "signer_forked": Text(
        "Bên ký đã ký một cây khác với cùng {size} mục.",
        "The signer has signed another tree of the same {size} entries.",
    ),
    "signer_not_consistent": Text(
        "Cây mới không chứa trọn cây đã ký: không ký.",
        "The new tree does not contain the one signed before: not signed.",
    ),
    "signer_conflict": Text(
        "Bên ký nhớ {held} mục, bằng chứng đi từ {old}.",
        "The signer holds {held} entries, the proof starts at {old}.",
    ),
    "signer_request_malformed": Text(
        "Yêu cầu gửi bên ký không đúng dạng.", "The request to the signer is malformed."
    ),
    "signer_policy_malformed": Text(
        "Tệp bên chứng kiến của bên ký không dùng được.",
        "The signer's file of witnesses cannot be used.",
    ),
    "signer_memory_refuses": Text(
        "Không ghi được trí nhớ của bên ký (đĩa đầy hoặc chỉ đọc?): không ký gì.",
        "The signer's memory cannot be written (disk full or read-only?): nothing was signed.",
    ),
    "signer_missing": Text(
        "Thư mục này chưa có bên ký: sogoc signer init.",
        "There is no signer in this directory: sogoc signer init.",
    ),
    "signer_exists": Text(
        "Thư mục này đã có bên ký.", "There is a signer in this directory already."
    ),
    "signer_not_made": Text(
        "Không ghi được vào thư mục của bên ký.", "The signer's directory cannot be written."
    ),
    "signer_key_unreadable": Text(
        "Không đọc được khóa của bên ký.", "The signer's key cannot be read."
    ),
    "signer_memory_unreadable": Text(
        "Không đọc được trí nhớ của bên ký: tệp hỏng. Dừng bên ký, bỏ tệp signer.sqlite*, chạy "
        "lại: nó được dựng lại từ kho khóa và bên chứng kiến.",
        "The signer's memory cannot be read: damaged. Stop the signer, remove signer.sqlite*, run "
        "again: it is made anew from the lock store and the witnesses.",
    ),
    "signer_other_key": Text(
        "Khóa và trí nhớ không thuộc cùng một bên ký.",
        "The key and the memory are not of the same signer.",
    ),
    "signer_not_running": Text(
        "Bên ký không chạy hoặc không trả lời ở {where}.",
        "The signer does not run or does not answer at {where}.",
    ),
}


def refusal(code: str, **context: object) -> SignerError:
    """Return the error of a code; `context` fills its sentence and goes with it."""
    return SignerError(code, _MESSAGES[code].format(**context), **context)
