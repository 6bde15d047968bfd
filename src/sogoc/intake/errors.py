"""The one error of intake: a file that cannot be read as a list, with what to do about it."""

from __future__ import annotations

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text


class IntakeError(Error):
    """The file as a whole cannot be read; nothing of it was taken over.

    Codes: `empty_file`, `unknown_type`, `unsupported_type`, `archive_not_workbook`,
    `two_workbooks`, `password_protected`, `corrupt_file`, `zip_bomb`, `too_large`,
    `too_many_rows`, `too_many_columns`, `too_many_sheets`, `cell_too_long`, `open_quote`,
    `bad_encoding`, `no_list`, `no_such_sheet`, `second_list`, `unknown_answer`.
    """


_MESSAGES: dict[str, Text] = {
    "empty_file": Text("Tệp {file} rỗng.", "The file {file} is empty."),
    "unknown_type": Text(
        "Không đọc được tệp {file}: không phải bảng tính .xlsx, .ods, .xls hay .csv.",
        "Cannot read {file}: it is not an .xlsx, .ods, .xls or .csv spreadsheet.",
    ),
    "unsupported_type": Text(
        "Tệp {file} là {kind}. Hãy mở tệp và lưu lại dạng .xlsx (Excel Workbook) rồi gửi lại.",
        "The file {file} is {kind}. Open it, save it as .xlsx (Excel Workbook) and send that.",
    ),
    "archive_not_workbook": Text(
        "Tệp {file} là tệp nén, không phải bảng tính. Hãy giải nén và gửi từng danh sách.",
        "The file {file} is an archive, not a spreadsheet. Unpack it and send each list.",
    ),
    "two_workbooks": Text(
        "Tệp {file} chứa hai bảng tính khác loại trong một tệp, không rõ bảng nào là danh sách. "
        "Hãy mở tệp và lưu lại dạng .xlsx.",
        "The file {file} holds two workbooks of different kinds, so it is not clear which is the "
        "list. Open it and save it as .xlsx.",
    ),
    "password_protected": Text(
        "Tệp {file} được bảo vệ bằng mật khẩu. Hãy bỏ mật khẩu mở tệp rồi gửi lại.",
        "The file {file} is protected with a password. Remove the password and send it again.",
    ),
    "corrupt_file": Text(
        "Tệp {file} bị hỏng hoặc tải lên chưa hết. Hãy mở thử bằng Excel, lưu lại và gửi lại.",
        "The file {file} is damaged or incomplete. Open it in Excel, save it and send it again.",
    ),
    "zip_bomb": Text(
        "Tệp {file} khi mở ra lớn bất thường (hơn {limit} MB) nên không được đọc.",
        "The file {file} unpacks to an unreasonable size (over {limit} MB) and was not read.",
    ),
    "too_large": Text(
        "Tệp {file} lớn {size} MB, quá giới hạn {limit} MB. Hãy chia thành nhiều tệp.",
        "The file {file} is {size} MB, over the limit of {limit} MB. Split it into several files.",
    ),
    "too_many_rows": Text(
        "Trang «{sheet}» của tệp {file} có dữ liệu ở dòng {size}, quá giới hạn {limit} dòng. "
        "Hãy xóa ô thừa ở cuối trang hoặc chia danh sách.",
        "Sheet “{sheet}” of {file} has data in row {size}, over the limit of {limit} rows. "
        "Clear stray cells at the end or split the list.",
    ),
    "too_many_columns": Text(
        "Trang «{sheet}» của tệp {file} có dữ liệu ở cột {size}, quá giới hạn {limit} cột. "
        "Hãy xóa ô thừa bên phải danh sách.",
        "Sheet “{sheet}” of {file} has data in column {size}, over the limit of {limit} columns. "
        "Clear stray cells to the right of the list.",
    ),
    "too_many_sheets": Text(
        "Tệp {file} có {size} trang tính, quá giới hạn {limit}.",
        "The file {file} has {size} sheets, over the limit of {limit}.",
    ),
    "cell_too_long": Text(
        "Ô {cell} trang «{sheet}» của tệp {file} dài hơn {limit} ký tự. Hãy xóa bớt rồi gửi.",
        "Cell {cell} of sheet “{sheet}” in {file} is over {limit} characters. Clear it first.",
    ),
    "open_quote": Text(
        'Tệp {file} có dấu nháy kép (") mở mà không đóng, nên các dòng sau bị dính vào một ô. '
        "Hãy sửa ô có dấu nháy hoặc lưu lại dạng .xlsx.",
        'The file {file} has a quotation mark (") that is never closed, so later rows run into one '
        "cell. Correct that cell or save the file as .xlsx.",
    ),
    "bad_encoding": Text(
        "Không nhận ra bảng mã chữ của tệp {file}. Hãy lưu lại dạng “CSV UTF-8” hoặc .xlsx.",
        "The text encoding of {file} was not recognised. Save it as “CSV UTF-8” or as .xlsx.",
    ),
    "no_list": Text(
        "Không tìm thấy danh sách nào trong tệp {file}. {why}",
        "No list was found in {file}. {why}",
    ),
    "no_such_sheet": Text(
        "Tệp {file} không có trang «{sheet}». Các trang: {sheets}.",
        "The file {file} has no sheet “{sheet}”. Its sheets: {sheets}.",
    ),
    "second_list": Text(
        "Trang «{sheet}» có dòng tiêu đề thứ hai, khác dòng thứ nhất, ở dòng {row}. "
        "Hãy đặt mỗi danh sách ở một trang riêng.",
        "Sheet “{sheet}” has a second, different header in row {row}. "
        "Put each list on a sheet of its own.",
    ),
    "unknown_answer": Text(
        "Cột «{header}» được trả lời là «{answer}», không phải tên trường đã biết.",
        "The column “{header}” was answered with “{answer}”, which is not a known field.",
    ),
}


def refuse(code: str, file: str, **context: object) -> IntakeError:
    """Build the error of this code; values that are `Text` are shown in each language."""
    values = {"file": f"«{file}»", **context}
    in_vi = {key: value.vi if isinstance(value, Text) else value for key, value in values.items()}
    in_en = {key: value.en if isinstance(value, Text) else value for key, value in values.items()}
    in_en["file"] = f"“{file}”"
    template = _MESSAGES[code]
    message = Text(template.vi.format(**in_vi), template.en.format(**in_en))
    return IntakeError(code, message, **{**in_vi, "file": file})
