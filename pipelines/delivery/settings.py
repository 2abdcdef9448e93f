"""When and where the monthly documents go; each is an environment variable, and without a folder nothing is sent."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.faults import UserError
from pipelines.home import read_number

SECURITY = ("starttls", "tls", "none")
LAST = 28  # the last day that every month has


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server and who writes to whom."""

    host: str
    port: int
    security: str  # starttls | tls | none
    sender: str
    receivers: tuple[str, ...]
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """`folder` None: nothing is delivered. Days of the month, 1 to LAST."""

    folder: Path | None = None
    bulletin_day: int = 10
    remind_day: int = 3
    mail: Mail | None = None


def _addresses(name: str) -> tuple[str, ...]:
    found = tuple(filter(None, (a.strip() for a in os.environ.get(name, "").replace("；", ";").replace(";", ",").replace("，", ",").split(","))))
    for address in found:
        if "@" not in address or any(c.isspace() or c in "<>\r\n" for c in address):
            raise UserError(f"环境变量 {name} 里的“{address}”不是邮箱地址。", "请写成 name@example.gov.cn，多个用逗号隔开。")
    return found


def _password() -> str:
    path = os.environ.get("UNION_BOARD_SMTP_PASSWORD_FILE")
    try:
        return Path(path).read_text("utf-8").strip() if path else ""
    except OSError as fault:
        raise UserError(f"读不出 {path}。", "请检查环境变量 UNION_BOARD_SMTP_PASSWORD_FILE。") from fault


def _mail() -> Mail | None:
    server = os.environ.get("UNION_BOARD_SMTP", "")
    if not server:
        return None
    security = os.environ.get("UNION_BOARD_SMTP_SECURITY", "starttls")
    if security not in SECURITY:
        raise UserError(f"邮件加密方式“{security}”不认识。", f"请把环境变量 UNION_BOARD_SMTP_SECURITY 设为 {'、'.join(SECURITY)} 之一。")
    host, _, port = server.rpartition(":") if ":" in server else (server, "", "465" if security == "tls" else "587")
    if not re.fullmatch(r"[0-9]{1,5}", port):
        raise UserError(f"邮件服务器“{server}”看不懂。", "请把环境变量 UNION_BOARD_SMTP 写成 服务器:端口。")
    sender, receivers = _addresses("UNION_BOARD_MAIL_FROM"), _addresses("UNION_BOARD_MAIL_TO")
    if len(sender) != 1 or not receivers:
        raise UserError("发件人或收件人没有设置。", "请设置环境变量 UNION_BOARD_MAIL_FROM（一个）和 UNION_BOARD_MAIL_TO。")
    return Mail(host, int(port), security, sender[0], receivers, os.environ.get("UNION_BOARD_SMTP_USER", ""), _password())


def read_settings() -> DeliverySettings:
    """The settings of the environment; UserError for one that cannot be used."""
    folder, default = os.environ.get("UNION_BOARD_DELIVERY_DIR"), DeliverySettings()
    days = read_number("UNION_BOARD_BULLETIN_DAY", default.bulletin_day, 1, LAST), read_number("UNION_BOARD_REMIND_DAY", default.remind_day, 1, LAST)
    return DeliverySettings(Path(folder) if folder else None, *days, _mail())
