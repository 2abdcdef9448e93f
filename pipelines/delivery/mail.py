"""Sends files by SMTP; the server's certificate is checked wherever the connection is encrypted."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from mimetypes import guess_type

from pipelines.delivery.settings import Mail
from pipelines.faults import UserError

SECONDS = 30


def _write(mail: Mail, subject: str, text: str, files: Sequence[tuple[str, bytes]]) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, mail.sender, ", ".join(mail.receivers)
    message.set_content(text)
    for name, content in files:
        kind, _, sort = (guess_type(name)[0] or "application/octet-stream").partition("/")
        message.add_attachment(content, maintype=kind, subtype=sort, filename=name)
    return message


def _connect(mail: Mail) -> smtplib.SMTP:
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(mail.host, mail.port, timeout=SECONDS)
    if mail.security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server


def send(mail: Mail, subject: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
    """Sends one message to all receivers. UserError, with what the server said, when it was not taken."""
    try:
        with _connect(mail) as server:
            if mail.user:
                server.login(mail.user, mail.password)
            refused = server.send_message(_write(mail, subject, text, files))
    except smtplib.SMTPAuthenticationError as fault:
        raise UserError("邮件服务器不认账号或密码。", "请检查 UNION_BOARD_SMTP_USER 和密码文件。") from fault
    except smtplib.SMTPRecipientsRefused as fault:
        raise UserError(f"邮件服务器不收这些收件人：{'、'.join(fault.recipients)}。", "请检查 UNION_BOARD_MAIL_TO。") from fault
    except (OSError, smtplib.SMTPException) as fault:
        raise UserError(f"邮件没有发出去（{mail.host}:{mail.port}，{type(fault).__name__}）。", "请检查邮件服务器地址、加密方式和网络；文件已经放进文件夹。") from fault
    if refused:
        raise UserError(f"这些收件人没有收到：{'、'.join(refused)}。", "请检查 UNION_BOARD_MAIL_TO。")
