"""What a file is, by its bytes and never by its name; what cannot be read is told in one Chinese sentence."""

from __future__ import annotations

SAVE_AS = "请用 WPS 或 Excel 打开，另存为“Excel 工作簿（.xlsx）”后再上传。"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_PASSWORD = "EncryptedPackage".encode("utf-16-le")


def sniff_fault(content: bytes) -> tuple[str, str, str] | None:
    """(code, message, remedy) when the bytes are no xlsx container; None when they may be one."""
    if not content.strip(b"\0 \r\n\t"):
        return "empty_file", "文件是空的，没有任何内容。", "请检查文件是否保存成功，重新保存后再上传。"
    if content.startswith(b"PK"):
        return None
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _ole_fault(content)
    if content.startswith(_PICTURES):
        return "picture", "这是一张图片，不是表格，无法读取其中的数字。", "请上传原来的电子表格（.xlsx），不要上传截图或照片。"
    if content.startswith(b"%PDF"):
        return "pdf", "这是 PDF 文件，不是表格。", "请上传原来的电子表格（.xlsx）。"
    head = content[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<", b"mime-version")):
        return "web_page", "这个文件实际上是网页格式，不是 Excel 工作簿。", SAVE_AS
    return "unknown_format", "认不出这个文件的格式，它不是 .xlsx 工作簿。", SAVE_AS


def _ole_fault(content: bytes) -> tuple[str, str, str]:
    if _PASSWORD in content:
        return "password", "文件设了打开密码，无法读取。", "请去掉密码后再上传。"
    return "old_excel", "这是旧版 Excel 97-2003（.xls）格式，当前版本还不能直接读取。", SAVE_AS
