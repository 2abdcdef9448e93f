"""Reads `data/catalog` (and a home's overlay) into one `Catalog`; an unusable catalogue is refused with every fault named."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pipelines.catalog.build import build_catalog
from pipelines.catalog.check import check_catalog, parse_file
from pipelines.catalog.model import Catalog
from pipelines.catalog.places import FILE as PLACES
from pipelines.faults import UserError
from pipelines.home import CODE_CATALOG


def read_catalog_text(folder: Path = CODE_CATALOG, overlay: Path | None = None) -> dict[str, str]:
    """Relative file name -> its text; a file of the overlay takes the place of the one with the same name, and it alone may tell `places.csv`.

    UserError with the names of all that are no UTF-8.
    """
    found = {p.relative_to(root).as_posix(): p for root in (folder, overlay) if root and root.is_dir() for p in root.rglob("*.toml")}
    if overlay and (overlay / PLACES).is_file():
        found[PLACES] = overlay / PLACES
    texts, foreign = {}, []
    for name, path in sorted(found.items()):
        try:
            texts[name] = path.read_text("utf-8-sig")
        except UnicodeDecodeError:
            foreign.append(str(path))
    if foreign:
        raise UserError(f"指标目录有 {len(foreign)} 个文件不是 UTF-8 编码，读不出来：{'、'.join(foreign)}。", "请用记事本或 WPS 打开，另存时编码选 UTF-8，再运行 check-catalog 复查。")
    return texts


def catalogue_sha256(texts: dict[str, str]) -> str:
    """The name of exactly this catalogue."""
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def load_catalog_from_text(texts: dict[str, str]) -> Catalog:
    """The catalogue of these texts; UserError with every fault when it cannot be used."""
    faults = check_catalog(texts)
    if faults:
        lines = "；".join(f"{f.file} 的 {f.key}：{f.message}" for f in faults)
        raise UserError(f"指标目录有 {len(faults)} 处错误：{lines}", "请按提示修改 data/catalog 里的文件，再运行 check-catalog 复查。")
    return build_catalog({name: parse_file(name, text) for name, text in texts.items()}, catalogue_sha256(texts))


@lru_cache(maxsize=8)
def _load(texts: tuple[tuple[str, str], ...]) -> Catalog:
    return load_catalog_from_text(dict(texts))


Stamps = tuple[tuple[str, int, int, int], ...]


def _list_files(root: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(root) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _list_files(entry.path)
            elif entry.name.endswith((".toml", PLACES)):
                yield entry


def _stamps(root: Path | None) -> Stamps:
    """What changes when a file below changes, is added or goes away. Pages ask for it dozens of times."""
    try:
        stats = sorted((entry.path, entry.stat()) for entry in _list_files(str(root))) if root else []
    except FileNotFoundError:
        return ()
    return tuple((name, s.st_mtime_ns, s.st_size, s.st_ino) for name, s in stats)


@lru_cache(maxsize=1)
def _stamps_of_code(tick: int) -> Stamps:
    return _stamps(CODE_CATALOG)


@lru_cache(maxsize=8)
def _read(folder: Path, overlay: Path | None, stamps: tuple[Stamps, Stamps]) -> Catalog:
    return _load(tuple(read_catalog_text(folder, overlay).items()))


def load_catalog(folder: Path = CODE_CATALOG, overlay: Path | None = None) -> Catalog:
    """The catalogue of the code with the home's overlay; read anew when a file changed, a file of the code a second later at most."""
    code = _stamps_of_code(int(time.monotonic())) if folder == CODE_CATALOG else _stamps(folder)
    return _read(folder, overlay, (code, _stamps(overlay)))
