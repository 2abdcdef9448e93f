"""Why a file is not read: one sentence in Chinese and what to do about it."""

from __future__ import annotations

SAVE_AS = "请用 WPS 或 Excel 打开，另存为“Excel 工作簿（.xlsx）”后再上传。"
_ORIGINAL = "请上传原来的电子表格（.xlsx、.xls、.et 等）"


class Refused(Exception):
    """The file cannot be read: (code, message, remedy)."""


BROKEN = ("broken", "文件不完整或已损坏，打不开。", "请重新保存或重新传一份完整的文件。")
TOO_LARGE = ("too_large", "文件展开后太大，超出了一份月报应有的大小。", "请删除空白行、图片和与月报无关的工作表后再上传。")
TOO_WIDE = ("insane_range", "工作表“{sheet}”的已用区域大得不合常理（到第 {row} 行）。", "请删除数据下方和右侧的空白行、空白列后再上传。")
DTD = ("dtd", "文件里含有不允许的外部定义，不能读取。", "请用 WPS 或 Excel 另存为新的 .xlsx 文件后再上传。")
EMPTY = ("empty_file", "文件是空的，没有任何内容。", "请检查文件是否保存成功，重新保存后再上传。")
PASSWORD = ("password", "文件设了打开密码，无法读取。", "请去掉密码后再上传。")
PICTURE = ("picture", "这是一张图片，不是表格，无法读取其中的数字。", f"{_ORIGINAL}，不要上传截图或照片。")
PDF = ("pdf", "这是 PDF 文件，不是表格。", f"{_ORIGINAL}。")
WORD = ("word", "这是 Word 文档，不是表格。", f"{_ORIGINAL}；只有文档的，请把其中的表格复制到 WPS 表格或 Excel 里保存后上传。")
SLIDES = ("slides", "这是演示文稿（PPT），不是表格。", f"{_ORIGINAL}。")
ARCHIVE = ("archive", "这是压缩包，不是表格。", "请解压后把里面的表格单独上传。")
NO_TABLE = ("no_table", "文件里只有文字，没有找到表格。", "请上传电子表格；文本文件的各列要用逗号或制表符分隔。")
UNKNOWN = ("unknown_format", "认不出这个文件的格式，它不是电子表格。", SAVE_AS)


def too_wide(sheet: str, row: int) -> Refused:
    """The refusal of a sheet whose cells span more than a sane area."""
    code, message, remedy = TOO_WIDE
    return Refused(code, message.format(sheet=sheet, row=row), remedy)
