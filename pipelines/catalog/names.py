"""How spellings are compared: folded text, units in brackets, and the township that a name means."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipelines.catalog.model import Catalog, Township

_DROPPED = re.compile(r"[\s\u200b\ufeff\"'“”‘’「」《》]+")
_UNIT = re.compile(r"[(（\[【]\s*(?:单位[:：])?\s*([^()（）\[\]【】]*)\s*[)）\]】]\s*$")
_UNION = re.compile(r"(总工会|工会联合会|工会委员会|工会)$")
UNITS = frozenset(tuple("人户家个项次件份名场处条期起批位所本册张支队组班间天%") + ("元", "万元", "千元", "百元", "亿元", "人次", "是/否"))


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """The text as it is compared: NFKC, without blanks, line breaks and quotes."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=4_000)
def split_unit(header: str) -> tuple[str, str]:
    """A header and the unit in its last brackets: `金额（万元）` gives (`金额`, `万元`); brackets that hold no unit stay."""
    found = _UNIT.search(header)
    unit = fold(found[1]) if found else ""
    return (header[: found.start()], unit) if found and unit in UNITS else (header, "")


def _spellings(township: Township) -> set[str]:
    names = {township.name, *township.aliases}
    return {fold(n) for n in names | {n[:-1] for n in names if n[-1] in "镇乡" and len(n) > 2}}


_indexes: dict[str, dict[str, Township]] = {}  # by the catalogue's sha256: hashing the catalogue itself would cost more than the look-up


def _index(catalog: Catalog) -> dict[str, Township]:
    if catalog.sha256 not in _indexes:
        index = {t.code: t for t in catalog.county.townships}
        index |= {name: t for t in catalog.county.townships for name in _spellings(t)}
        _indexes[catalog.sha256] = index
    return _indexes[catalog.sha256]


def find_township(catalog: Catalog, text: str) -> Township | None:
    """The township that a code or a name means, with or without 镇/乡 and 总工会, 工会, 工会委员会, 工会联合会."""
    index = _index(catalog)
    name = fold(text).removeprefix(fold(catalog.county.name))
    bare = _UNION.sub("", name)
    return index.get(name) or index.get(bare) or index.get(bare.rstrip("镇乡")) or index.get(name.removesuffix(".0"))
