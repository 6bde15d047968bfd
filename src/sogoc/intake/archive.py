"""A zip archive that may be a workbook, unpacked under limits."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from sogoc.intake.errors import refuse
from sogoc.intake.model import Limits
from sogoc.kernel.text import Text

_CHUNK: Final = 1 << 20
_HARMLESS: Final = 1 << 24  # a part no larger may be packed as tightly as it likes
_ENCRYPTED: Final = 0x1
_SPREADSHEET: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_WORKBOOKS: Final = {"xl/workbook.xml": "xlsx", "content.xml": "ods"}
_OTHER_OFFICE: Final[tuple[tuple[str, Text], ...]] = (
    ("word/document.xml", Text("văn bản Word (.docx)", "a Word text (.docx)")),
    ("ppt/presentation.xml", Text("bài trình chiếu (.pptx)", "a presentation (.pptx)")),
    ("xl/workbook.bin", Text("bảng tính nhị phân (.xlsb)", "a binary workbook (.xlsb)")),
)
_OTHER_DOCUMENT: Final = Text(
    "tài liệu OpenDocument không phải bảng tính", "an OpenDocument file that is no spreadsheet"
)


class Archive:
    """The parts of a workbook; `kind` is `xlsx` or `ods`.

    Raises `IntakeError` (`corrupt_file`, `zip_bomb`, `password_protected`, `two_workbooks`,
    `unsupported_type`, `archive_not_workbook`) from the constructor.
    """

    def __init__(self, data: bytes, file_name: str, limits: Limits) -> None:
        self.name = file_name
        self.limits = limits
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except Exception as broken:  # what a damaged archive raises is not documented
            raise refuse("corrupt_file", file_name, detail=str(broken)) from broken
        infos = self._zip.infolist()
        # Part names do not differ by case, and some producers write them with backslashes.
        self.parts = {part_name(info.filename): info.filename for info in infos}
        self.kind = self._kind(set(self.parts))
        limit = limits.max_unpacked_bytes
        if sum(info.file_size for info in infos) > limit:
            raise refuse("zip_bomb", file_name, limit=limit // 2**20)
        for info in infos:
            if info.file_size > max(_HARMLESS, info.compress_size * limits.max_ratio):
                raise refuse("zip_bomb", file_name, limit=info.file_size // 2**20)
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            raise refuse("password_protected", file_name)
        if len(self.parts) != len(infos):
            raise refuse("corrupt_file", file_name, detail="two parts of one name")
        if self.kind == "ods" and self.read("mimetype").strip() != _SPREADSHEET:
            raise refuse("unsupported_type", file_name, kind=_OTHER_DOCUMENT)

    def _kind(self, names: set[str]) -> str:
        kinds = [kind for part, kind in _WORKBOOKS.items() if part in names]
        others = [kind for part, kind in _OTHER_OFFICE if part in names]
        if len(kinds) + len(others) > 1 and kinds:
            raise refuse("two_workbooks", self.name)
        if kinds == ["ods"] and "mimetype" not in names:
            raise refuse("archive_not_workbook", self.name)
        if kinds:
            return kinds[0]
        if others:
            raise refuse("unsupported_type", self.name, kind=others[0])
        if "[content_types].xml" in names:
            raise refuse("corrupt_file", self.name, detail="no xl/workbook.xml")
        raise refuse("archive_not_workbook", self.name)

    def read(self, part: str) -> bytes:
        """Unpack one part; a part longer than it declares is damaged and refused."""
        try:
            with self._zip.open(self.parts[part]) as stream:
                return b"".join(iter(lambda: stream.read(_CHUNK), b""))
        except Exception as broken:  # see above; a test damages files at random
            raise refuse("corrupt_file", self.name, detail=str(broken)) from broken


def part_name(name: str) -> str:
    """Return the name by which a part is looked up."""
    return name.replace("\\", "/").lower()
