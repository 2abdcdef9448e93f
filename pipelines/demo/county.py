"""The county behind the demo, invented but for the names of its places: its employers, how good each township is, and how both change month by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from pipelines.catalog.model import Catalog, Township
from pipelines.catalog.period import shift_period

# how well a township does its work, 0 to 1; those not named do 0.75
QUALITY = {"新洲镇": 0.95, "中峰镇": 0.92, "城关镇": 0.9, "蒋家堰镇": 0.88, "水坪镇": 0.45, "天宝乡": 0.4, "丰溪镇": 0.58, "汇湾镇": 0.6}
TRADES = ["茶叶", "砂石", "建材", "食品", "服装", "电子", "养殖", "药材", "物流", "木业", "水电", "商贸", "旅游", "农机", "魔芋", "油茶"]
PLACES = ["恒通", "顺源", "锦程", "绿谷", "宏兴", "惠民", "双河", "康宁", "高山", "兴农", "金桥", "同心", "新源", "众旺", "天和", "汇丰"]
SORTS = ["有限公司", "合作社", "加工厂", "家庭农场"]


@dataclass(slots=True)
class Employer:
    """One employer; `union_from` is the month in which it gets a union, None for never."""

    name: str
    kind: str
    workers: int
    union_from: date | None
    share: float  # of the workers that are members
    units: int = 1
    members: int = 0
    new: int = 0
    left: int = 0
    founded_on: date | None = None
    grade: str = "无"
    elected: bool = False
    answers: dict[str, bool] = field(default_factory=dict)

    @property
    def union_name(self) -> str:
        """`吴坝村工会`."""
        return f"{self.name}工会"


def _employer(random: Random, name: str, kind: str, workers: int, start: date, quality: float, units: int = 1) -> Employer:
    ready = {"机关": 1.0, "事业单位": 0.94, "村(社区)": 0.68 + 0.22 * quality, "企业": 0.22 + 0.45 * quality}.get(kind, 1.0)
    later = shift_period(start, random.randint(1, 23)) if random.random() < 0.1 + 0.35 * quality else None
    since = start if random.random() < ready else later
    founded = date(random.randint(2008, 2023), random.randint(1, 12), random.randint(1, 28)) if since == start else None
    employer = Employer(name, kind, workers, since, 0.9 + 0.09 * quality - 0.06 * random.random(), units, founded_on=founded)
    employer.elected = random.random() < 0.35 * quality
    employer.grade = random.choices(["无", "已建", "合格", "先进", "县级模范"], [1.3 - quality, 0.4, quality, quality * 0.5, 0.1])[0]
    return employer


def make_employers(random: Random, township: Township, start: date) -> list[Employer]:
    """The employers of one township: its villages, offices, schools, firms, and one joint union of small ones."""
    quality, place = QUALITY.get(township.name, 0.75), township.name[:-1]
    made = [_employer(random, v, "村(社区)", random.randint(8, 46), start, quality) for v in township.villages[:18]]
    made.append(_employer(random, f"{township.name}机关", "机关", random.randint(35, 80), start, quality))
    for name in ("中心学校", "卫生院", "财政所", "林业站"):
        made.append(_employer(random, f"{place}{name}", "事业单位", random.randint(12, 120), start, quality))
    for _ in range(8 if township.name not in ("城关镇", "水坪镇") else 20):
        name = f"{place}{random.choice(PLACES)}{random.choice(TRADES)}{random.choice(SORTS)}"
        if all(e.name != name for e in made):
            made.append(_employer(random, name, "企业", int(random.lognormvariate(3.2, 0.7)) + 4, start, quality))
    joint = f"{place}{random.choice(TRADES)}行业联合"
    made.append(_employer(random, joint, "行业(区域)联合", random.randint(40, 160), start, 1, random.randint(3, 8)))
    return made


def _recruit(random: Random, employer: Employer, first: bool) -> None:
    """Members of the month: last month's, the new ones, less those who left; never more than there are workers."""
    wanted = int(employer.workers * employer.share)
    if first or employer.members == 0:
        employer.new, employer.left = (0 if first else wanted), 0
        employer.members = wanted
        return
    employer.new = min(random.choice([0, 0, 0, 0, 1, 2]), employer.workers - employer.members)
    employer.left = min(random.choice([0, 0, 0, 0, 0, 0, 1]), employer.members)
    employer.members += employer.new - employer.left


def _found(random: Random, employer: Employer, period: date, catalog: Catalog, quality: float) -> None:
    if employer.founded_on is None:
        employer.founded_on = period.replace(day=random.randint(1, 28))
    if not employer.answers:
        items = [i.field for s in catalog.standards if s.level == "union" and s.active for i in s.items]
        employer.answers = {key: random.random() < 0.915 + 0.07 * quality for key in items}


def move_on(random: Random, employers: list[Employer], period: date, first: bool, catalog: Catalog, quality: float) -> None:
    """Changes the employers to what they are in this month."""
    for employer in employers:
        if employer.union_from and employer.union_from <= period:
            _found(random, employer, period, catalog, quality)
            _recruit(random, employer, first)
            missing = [k for k, met in employer.answers.items() if not met]
            if missing and random.random() < 0.01 + 0.015 * quality:
                employer.answers[random.choice(missing)] = True
