"""The words for places by level, of `levels.toml`: what is written for a county and its townships, said of any place and its children."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from pipelines.catalog.model import Catalog
from pipelines.catalog.places import TOWNSHIP
from pipelines.home import CODE_WORDING

FILE = "levels.toml"
WRITTEN = ("county", TOWNSHIP)  # the levels that the pages are written for


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a place's level and of its children's."""

    whole: str
    office: str
    one: str
    pattern: re.Pattern[str] | None = None  # None: as it is written

    def say(self, text: str) -> str:
        """The text with the place's words: 全县 becomes 全市, 乡镇 becomes 县."""
        if self.pattern is None or not ("全县" in text or "乡镇" in text):
            return text
        said = {"全县": self.whole, "乡镇": self.one}
        return self.pattern.sub(lambda found: said.get(found[0], found[0]), text)


COUNTY = Words("全县", "县", "乡镇")


@cache
def _told() -> dict[str, dict]:
    return tomllib.loads((CODE_WORDING / FILE).read_text("utf-8"))


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join([*map(re.escape, _told()["kept"]["words"]), "全县", "乡镇"]))


def words_of(catalog: Catalog) -> Words:
    """The words of the place that the catalogue is narrowed to."""
    tree, told = catalog.places, _told()
    place = tree.places.get(catalog.county.code)
    if place is None or catalog.whole is None:
        return COUNTY
    children = [tree.places[code].level for code in tree.children.get(place.code, ())]
    one = children[0] if children else TOWNSHIP
    if (place.level, one) == WRITTEN:
        return COUNTY
    return Words(told[place.level]["whole"], told[place.level]["office"], told[one]["one"], _pattern())
