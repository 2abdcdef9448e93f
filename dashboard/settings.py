"""How people get in and how the server is reached; each is an environment variable, and the defaults suit one county server."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.faults import UserError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
WAYS = ("password", "oidc", "proxy")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the guard and the sign-in page need to know."""

    host: str = "127.0.0.1"  # what the server listens on
    sign_in: str = "password"  # password | oidc | proxy
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")  # whose X-Forwarded-… headers are believed
    proxy_header: str = "x-remote-user"  # what a signing-in proxy calls the person
    address: str = ""  # https://… as people reach the board; needed for oidc
    oidc_metadata: str = ""
    oidc_client: str = ""
    oidc_secret: str = ""

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK


def _secret() -> str:
    path = os.environ.get("UNION_BOARD_OIDC_SECRET_FILE")
    if not path:
        return ""
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as fault:
        raise UserError(f"读不出 {path}。", "请检查环境变量 UNION_BOARD_OIDC_SECRET_FILE。") from fault


def read_settings(host: str) -> Settings:
    """The settings of the environment; UserError for one that cannot be used."""
    way = os.environ.get("UNION_BOARD_SIGN_IN", "password")
    if way not in WAYS:
        raise UserError(f"登录方式“{way}”不认识。", "请把环境变量 UNION_BOARD_SIGN_IN 设为 password、oidc 或 proxy。")
    default = Settings()
    found = Settings(
        host=host,
        sign_in=way,
        proxies=tuple(filter(None, os.environ.get("UNION_BOARD_TRUSTED_PROXIES", ",".join(default.proxies)).replace(" ", "").split(","))),
        proxy_header=os.environ.get("UNION_BOARD_PROXY_HEADER", default.proxy_header).lower(),
        address=os.environ.get("UNION_BOARD_ADDRESS", "").rstrip("/"),
        oidc_metadata=os.environ.get("UNION_BOARD_OIDC_METADATA", ""),
        oidc_client=os.environ.get("UNION_BOARD_OIDC_CLIENT", ""),
        oidc_secret=_secret(),
    )
    if way == "oidc" and not (found.address and found.oidc_metadata and found.oidc_client and found.oidc_secret):
        raise UserError("统一身份认证没有配置完整。", "请设置 UNION_BOARD_ADDRESS、UNION_BOARD_OIDC_METADATA、UNION_BOARD_OIDC_CLIENT 和 UNION_BOARD_OIDC_SECRET_FILE。")
    return found
