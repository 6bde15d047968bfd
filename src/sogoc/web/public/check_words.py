"""Names of the verifier's checks in plain words: each says what was looked at."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

_WORDS: Final[dict[str, str | Promise]] = {
    "document": gettext_lazy("Tệp đọc được và đúng dạng"),
    "signature": gettext_lazy("Chữ ký số"),
    "certificate": gettext_lazy("Khóa còn dùng lúc ký"),
    "inclusion": gettext_lazy("Có trong nhật ký sổ gốc"),
    "consistency": gettext_lazy("Nhật ký không bị viết lại"),
    "quorum": gettext_lazy("Bên chứng kiến"),
    "authority": gettext_lazy("Thẩm quyền của nơi cấp vào ngày cấp"),
    "status": gettext_lazy("Trạng thái"),
    "register": gettext_lazy("Lời của sổ gốc lúc này"),
    "form": gettext_lazy("Dạng chữ ký"),
    "unchanged": gettext_lazy("Không bị sửa sau khi ký"),
    "key": gettext_lazy("Khóa có trong sổ khóa"),
    "time": gettext_lazy("Thời điểm ký"),
    "trust": gettext_lazy("Căn cứ về khóa ký văn bản"),
    "credential": gettext_lazy("Chứng thực số kèm theo"),
    "signers": gettext_lazy("Đủ người ký và con dấu"),
    "office": gettext_lazy("Người ký, con dấu của đúng nơi"),
    "register:document": gettext_lazy("Lời của sổ gốc về chính bản này"),
}
_WHOSE: Final[dict[str, str | Promise]] = {
    "person": gettext_lazy("người ký"),
    "seal": gettext_lazy("con dấu của đơn vị"),
}


def check_word(name: str) -> str | Promise:
    """Return what a check looked at, by its permanent name; an unknown name as it is."""
    *whose, last = name.split(":")
    word = _WORDS.get(name) or _WORDS.get(last, name)
    for each in whose:
        if each in _WHOSE:
            return format_lazy("{word} ({whose})", word=word, whose=_WHOSE[each])
    return word
