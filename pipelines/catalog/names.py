"""How spellings are compared: folded text, units in brackets, and the township that a name means."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipelines.catalog.model import Catalog, Township

_DROPPED = re.compile(r"[\s\u200b\ufeff\"'“”‘’「」《》]+")
_UNIT = re.compile(r"[(（\[【]\s*(?:单位[:：])?\s*([^()（）\[\]【】]*)\s*[)）\]】]\s*$")
_TAIL = re.compile(r"(?<=\S)\s*[/／、,，\s_—-]\s*((?:亿|万|千|百)?元)\s*$")  # 投入经费/万元
_UNION = re.compile(r"(总工会|工会联合会|工会委员会|工会)$")
MONEY_UNITS = ("元", "千元", "万元", "百元", "亿元")
UNITS = frozenset((*"人户家个项次件份名场处条期起批位所本册张支队组班间天%", *MONEY_UNITS, "人次", "是/否"))


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """The text as it is compared: NFKC, without blanks, line breaks and quotes."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text))


def money_unit(text: str) -> str:
    """The unit of money that a cell names: `万元` of `（万元）` and of `万`; empty for anything else."""
    word = fold(text).strip("()")
    word = f"{word}元" if word in ("万", "亿") else word
    return word if word in MONEY_UNITS else ""


@lru_cache(maxsize=4_000)
def split_unit(header: str) -> tuple[str, str]:
    """A header and the unit in its last brackets, of money behind a stroke or a blank, too: `金额（万元）`, `金额（万）` and `金额/万元` give (`金额`, `万元`); brackets that hold no unit stay."""
    found = _UNIT.search(header) or _TAIL.search(header)
    unit = (money_unit(found[1]) or fold(found[1])) if found else ""
    return (header[: found.start()], unit) if found and unit in UNITS else (header, "")


def _spellings(township: Township) -> set[str]:
    names = {township.name, *township.aliases}
    return {fold(n) for n in names | {n[:-1] for n in names if n[-1] in "镇乡" and len(n) > 2}}


def clear_name(catalog: Catalog, township: Township) -> str:
    """The township's name; in the catalogue of several counties, whose townships have the same names again and again, with its county's before it."""
    tree = catalog.places
    if catalog.whole or not tree.is_deep() or township.code not in tree.places:
        return township.name
    return f"{tree.county_of(township.code).name}{township.name}"


def clear_names(catalog: Catalog) -> dict[str, str]:
    """The `clear_name` of every township, by code."""
    return {t.code: clear_name(catalog, t) for t in catalog.county.townships}


_indexes: dict[tuple[str, str], dict[str, Township | None]] = {}  # by the catalogue's sha256 and its county: hashing the catalogue would cost more than the look-up


def _make_index(catalog: Catalog) -> dict[str, Township | None]:
    """Code or spelling -> township; None for a name that several counties' townships share, which only the county's name before it tells apart."""
    index: dict[str, Township | None] = {}
    tree = catalog.places
    for township in catalog.county.townships:
        above = fold(tree.county_of(township.code).name) if tree.is_deep() and township.code in tree.places else ""
        for name in _spellings(township):
            index[name] = township if index.get(name, township) is township else None
            if above:
                index[above + name] = township
    return index | {t.code: t for t in catalog.county.townships}


def _index(catalog: Catalog) -> dict[str, Township | None]:
    key = (catalog.sha256, catalog.county.code)
    if key not in _indexes:
        _indexes[key] = _make_index(catalog)
    return _indexes[key]


def find_township(catalog: Catalog, text: str) -> Township | None:
    """The township that a code or a name means, with or without 镇/乡 and 总工会, 工会, 工会委员会, 工会联合会; None where it may mean several."""
    index = _index(catalog)
    name = fold(text).removeprefix(fold(catalog.county.name))
    bare = _UNION.sub("", name)
    return index.get(name) or index.get(bare) or index.get(bare.rstrip("镇乡")) or index.get(name.removesuffix(".0"))
