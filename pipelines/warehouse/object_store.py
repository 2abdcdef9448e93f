"""Parquet in an S3-compatible store: what the environment tells of it, under the names that all clients of S3 use, and what to say when it is gone."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

import duckdb

from pipelines.faults import StoreGone, UserError

SCHEME = "s3://"
_UNREACHED = ("for HTTP PUT to", "for HTTP POST to", "for HTTP GET to", "for HTTP HEAD to", "for HTTP DELETE to")  # as DuckDB says it where nobody answered
_REFUSED = "HTTP Error"


def is_object_store(folder: str) -> bool:
    """Whether it is a place in an object store and no folder of a disk."""
    return folder.startswith(SCHEME)


def check_folder(folder: str) -> str:
    """The folder as it was told; UserError for an address that is neither a folder's nor `s3://bucket/folder`."""
    if "://" in folder and not (is_object_store(folder) and urlsplit(folder).netloc):
        raise UserError("环境变量 UNION_BOARD_LAKE 看不懂。", "请写成共享磁盘上的文件夹，或对象存储里的 s3://存储桶/文件夹。")
    return folder


def _read_endpoint() -> tuple[str, bool] | None:
    """Host and port, and whether the line is encrypted; None where it is Amazon's own."""
    told = (os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "").strip().rstrip("/")
    parts = urlsplit(told)
    if told and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path):
        raise UserError("环境变量 AWS_ENDPOINT_URL 看不懂。", "请写成 http://主机:端口 或 https://主机:端口，后面不带路径。")
    return (parts.netloc, parts.scheme == "https") if told else None


def read_secret(folder: str) -> dict[str, object]:
    """What DuckDB needs to be let into the folder, by the names of its secrets. UserError where a key is missing."""
    missing = [name for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") if not os.environ.get(name)]
    if missing:
        raise UserError(f"UNION_BOARD_LAKE 写成了对象存储的地址，但没有设置 {'、'.join(missing)}。", "请维护人员按《部署手册》设好对象存储的密钥后再试。")
    told = {"key_id": os.environ["AWS_ACCESS_KEY_ID"], "secret": os.environ["AWS_SECRET_ACCESS_KEY"], "scope": folder}
    told["region"] = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        told["session_token"] = token
    if endpoint := _read_endpoint():  # a store of one's own seldom has a name for every bucket
        told |= {"endpoint": endpoint[0], "url_style": "path", "use_ssl": endpoint[1]}
    return told


def name_place(folder: str) -> str:
    """Server and bucket for people to read."""
    endpoint = _read_endpoint()
    return (endpoint[0] if endpoint else "s3") + "/" + urlsplit(folder).netloc


def find_lost(folder: str, fault: BaseException) -> StoreGone | None:
    """What to tell people of an error that the object store is the cause of; None for any other error."""
    if not is_object_store(folder) or not isinstance(fault, duckdb.Error):
        return None
    text, place = str(fault), name_place(folder)
    answered = re.search(r"\bHTTP (?:code )?(\d{3})\b", text)
    code = answered[1] if answered else ""
    said = f"（HTTP {code}），这一步没有做完；已经入库的数据都在。" if code else "，这一步没有做完；已经入库的数据都在。"
    if any(word in text for word in _UNREACHED) or code.startswith("5"):
        return StoreGone(f"对象存储（{place}）连不上{said}", "请维护人员检查对象存储是否在运行，恢复后再试一次；同一份文件再报也不会重复入库。")
    if _REFUSED in text:
        return StoreGone(f"对象存储（{place}）不让读写{said}", "请维护人员检查存储桶的名称和密钥的权限后再试一次；同一份文件再报也不会重复入库。")
    return None
