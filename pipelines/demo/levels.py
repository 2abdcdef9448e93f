"""Invented places above the county for a demo of levels: a city of three small counties, or a province of two such cities. No division has these codes."""

from __future__ import annotations

import json

from pipelines.catalog.places import FILE, HEADER
from pipelines.durable import write_durably
from pipelines.home import Home

PROVINCE = ("99", "青岚省")
CITIES = {"9901": "云川市", "9902": "澄江市"}
COUNTIES = {"9901": ("临溪县", "望江县", "白石区"), "9902": ("松原县", "南屏县")}
TOWNSHIPS = {  # the same names in more than one county, as there are everywhere
    "临溪县": ("城关镇", "柳河镇", "石门乡"), "望江县": ("城关镇", "渡口镇", "茶山乡"), "白石区": ("白石镇", "新桥镇", "柳河镇"),
    "松原县": ("城关镇", "红岩镇"), "南屏县": ("南屏镇", "云台乡"),
}  # fmt: skip
VILLAGES = ("东岭村", "西坝村", "南湾村", "北坡村", "大坪村", "小河村")
OWN_TARGET = """# An example of what a county may have of its own: its target comes before the common one.
[[target]]
indicator = "org_union_rate"
year = 2026
value = 0.85
source = "演示：县总工会自定目标"
"""


def list_places(level: str) -> list[tuple[str, str, str, str]]:
    """The lines of `places.csv`: code, name, level, parent."""
    province = level == "province"
    lines = [(*PROVINCE, "province", "")] if province else []
    for city in CITIES if province else list(CITIES)[:1]:
        lines.append((city, CITIES[city], "city", PROVINCE[0] if province else ""))
        for number, county in enumerate(COUNTIES[city], 1):
            code = f"{city}{number:02d}"
            lines.append((code, county, "county", city))
            lines += [(f"{code}{100 + n}", name, "township", code) for n, name in enumerate(TOWNSHIPS[county])]
    return lines


def _villages(code: str, townships: list[tuple[str, str, str, str]]) -> str:
    blocks = (f"[[township]]\ncode = {json.dumps(t[0])}\nname = {json.dumps(t[1], ensure_ascii=False)}\nvillages = {json.dumps(VILLAGES, ensure_ascii=False)}\n" for t in townships)
    return f"# The villages of the townships of {code}.\n" + "\n".join(blocks)


def write_places(home: Home, level: str) -> None:
    """Writes the places and what two of them have of their own into the home's overlay of the catalogue."""
    lines = list_places(level)
    text = "\n".join(",".join(line) for line in [tuple(HEADER), *lines]) + "\n"
    write_durably(home.overlay / FILE, text.encode())
    counties = [line for line in lines if line[2] == "county"]
    for county in counties:
        inside = [line for line in lines if line[3] == county[0]]
        write_durably(home.overlay / "places" / county[0] / "county.toml", _villages(county[0], inside).encode())
    write_durably(home.overlay / "places" / counties[1][0] / "targets.toml", OWN_TARGET.encode())
