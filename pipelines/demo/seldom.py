"""What happens in the demo county now and then: contracts, congresses, petitions, wages recovered, new sites, visits and courses.

Each township-month has a random number of its own, so that a line more here changes no figure elsewhere.
"""

from __future__ import annotations

from datetime import date
from random import Random

from pipelines.demo.county import Employer
from pipelines.demo.rows import SURNAMES, Row, day, unions
from pipelines.intake.private import is_id_number

RIGHTS = ["集体合同", "厂务公开", "职工代表培训", "民主评议", "意见箱诉求", "外出维权"]
SERVICES = ["知识竞赛", "公益活动", "联谊活动", "报刊订阅", "走访谈心", "退休职工走访", "外出务工服务", "劳务信息发布", "创业贷款协调", "协会活动"]
SITES = [("职工活动室", 18000), ("职工书屋", 9000), ("阵地建设", 45000)]


def _random(township: str, period: date, subject: str) -> Random:
    return Random(f"{township} {period} {subject}")


def _rights(random: Random, period: date, union: str, category: str, cases: int, settled: int, **more: object) -> Row:
    return {"date": day(random, period), "union_name": union, "category": category, "cases": cases, "people": cases * random.randint(1, 6), "settled": settled, "excellent": 0} | more


def _more_rights(township: str, employers: list[Employer], period: date, quality: float) -> list[Row]:
    """Two or three of the rarer matters; wages recovered in one month of three, a group petition once or twice a year where the work is poor."""
    random, members = _random(township, period, "rights"), unions(employers, period)
    rows = []
    for category in random.sample(RIGHTS, random.randint(2, 3)):
        cases = random.randint(1, 4)
        settled = sum(random.random() < 0.6 + 0.35 * quality for _ in range(cases))
        rows.append(_rights(random, period, random.choice(members).union_name, category, cases, settled))
    if random.random() < 0.3:
        rows.append(_rights(random, period, members[0].union_name, "提案议案", 5, 4, excellent=1))
    if random.random() < 0.34:
        people = random.randint(2, 12)
        told = {"people": people, "recovered": people * random.randint(15, 60) * 100, "note": f"为 {people} 名职工讨回工资"}
        rows.append(_rights(random, period, random.choice(members).union_name, "外出维权", 1, 1, **told))
    if random.random() < 0.22 * (1 - quality):
        told = {"people": random.randint(6, 20), "note": "反映工资拖欠，已转劳动监察"}
        rows.append(_rights(random, period, random.choice(members).union_name, "集体上访", 1, int(random.random() < quality), **told))
    return rows


def _more_activity(township: str, employers: list[Employer], period: date) -> list[Row]:
    """Three of the rarer services, and in some months a new site."""
    random, members = _random(township, period, "activity"), unions(employers, period)
    rows = [
        {"date": day(random, period), "union_name": random.choice(members).union_name, "category": category, "title": f"{period.month}月{category}",
         "times": random.randint(1, 2), "items": random.randint(1, 6), "participants": random.randint(8, 60), "cost": random.randint(0, 12) * 100}
        for category in random.sample(SERVICES, 3)
    ]  # fmt: skip
    if random.random() < 0.12:
        union = random.choice(members).union_name
        category, cost = random.choice(SITES)
        rows.append({"date": day(random, period), "union_name": union, "category": category, "title": f"{union}{category}", "times": None, "items": 1,
                     "participants": None, "cost": cost + random.randint(0, 20) * 500})  # fmt: skip
    return rows


def _more_safety(township: str, employers: list[Employer], period: date) -> list[Row]:
    """A drill in most months, and the sentinels commended in every third."""
    random, members = _random(township, period, "safety"), unions(employers, period)
    rows = []
    if random.random() < 0.6:
        rows.append({"date": day(random, period), "union_name": random.choice(members).union_name, "category": "应急演练", "participants": random.randint(20, 90), "accident_level": "无"})
    if period.month % 3 == 0:
        people = random.randint(8, 25)
        rows.append({"date": day(random, period), "union_name": random.choice(members).union_name, "category": "安全哨兵活动", "participants": people,
                     "commended": people // 4, "accident_level": "无"})  # fmt: skip
    return rows


def _more_competition(township: str, employers: list[Employer], period: date) -> list[Row]:
    """The 安康杯 from April on, and now and then a record or an apprenticeship."""
    random, members = _random(township, period, "competition"), unions(employers, period)
    chosen = (["安康杯竞赛"] if period.month == 4 else []) + (["创记录竞赛", "导师带徒"] if random.random() < 0.15 else [])
    rows = []
    for category in chosen:
        employer = random.choice(members)
        people = min(employer.workers, random.randint(10, 50))
        rows.append({"date": day(random, period), "union_name": employer.union_name, "title": f"{period.year}年{category}", "category": category, "projects": 1, "completed": 1,
                     "awarded": random.randint(0, 1), "participants": people, "winners": min(people, 3), "teams": 1, "award_level": random.choice(["市级", "县级"]),
                     "benefit": random.randint(0, 20) * 1000})  # fmt: skip
    return rows


def _person(random: Random) -> tuple[str, str]:
    """An invented name and number; no district of China has the code 429999."""
    number = f"429999{random.randint(1955, 1998)}{random.randint(1, 12):02}{random.randint(1, 28):02}{random.randint(0, 999):03}"
    return f"{random.choice(SURNAMES)}某", next(number + sign for sign in "0123456789X" if is_id_number(number + sign))


def _more_relief(township: str, employers: list[Employer], period: date) -> list[Row]:
    """Model workers in May, the mutual insurance in December, deeds done for workers now and then."""
    random, members = _random(township, period, "relief"), unions(employers, period)
    union, on = random.choice(members).union_name, day(random, period)
    told = {"date": on, "union_name": union, "recipient_name": None, "source": "工会经费"}
    rows = []
    if period.month == 5:
        people = random.randint(1, 4)
        rows.append(told | {"category": "专项慰问", "recipient_kind": "劳模", "recipients": people, "amount": people * 500})
    if period.month == 12:
        people = random.randint(10, 60)
        rows.append(told | {"category": "医疗互助保险", "recipient_kind": "其他", "recipients": people, "amount": people * 60})
    if random.random() < 0.2:
        people = random.randint(2, 9)
        rows.append(told | {"category": "办实事", "recipient_kind": "其他", "recipients": people, "amount": people * 200})
    return rows


def _name_people(township: str, period: date, rows: list[Row]) -> None:
    """Gives the payments to single persons name and number of one of the township's, so that somebody helped twice is known."""
    fixed, random = _random(township, date(2000, 1, 1), "people"), _random(township, period, "people")
    people = [_person(fixed) for _ in range(24)]
    for row in rows:
        if row["recipient_name"]:
            row["recipient_name"], row["id_number"] = random.choice(people)


def add_seldom_rows(rows: dict[str, list[Row]], township: str, employers: list[Employer], period: date, quality: float) -> None:
    """Adds them to the month's ledgers; a nil return stays one."""
    rows["relief"] += _more_relief(township, employers, period)
    _name_people(township, period, rows["relief"])
    rows["rights"] += _more_rights(township, employers, period, quality)
    rows["activity"] += _more_activity(township, employers, period)
    rows["safety"] += _more_safety(township, employers, period)
    if "category" in rows["competition"][0]:
        rows["competition"] += _more_competition(township, employers, period)


def seldom_figures(township: str, employers: list[Employer], period: date, quality: float) -> dict[str, int]:
    """The optional figures of 乡镇月报: contracts, openness, deputies, hardship on file, the 安康杯, commentators, clubs."""
    fixed, month = _random(township, date(2000, 1, 1), "figures"), _random(township, period, "figures")
    members = unions(employers, period)
    units = sum(e.units for e in members)
    share = min(0.97, 0.55 + 0.38 * quality + 0.004 * ((period.year - 2024) * 12 + period.month))
    poor = [fixed.randint(2, 9), fixed.randint(6, 20), fixed.randint(1, 6)]
    workers = sum(e.workers for e in members)
    return {
        "right_channel": 4 + fixed.randint(0, 3), "right_contract_signed": int(units * share), "dem_congress_unit": int(units * (share - 0.05)),
        "dem_open_unit": int(units * (share - 0.02)), "dem_deputy": units * 3 + fixed.randint(0, 9), "poor_hh": sum(poor), "poor_deep": poor[0],
        "poor_relative": poor[1], "poor_accident": poor[2], "relief_fund_in": (150 if period.month == 1 else 3) * month.randint(3, 9) * 100,
        "safe_cup_unit": units // 3, "safe_cup_team": units // 2, "safe_cup_worker": workers // 3, "eval_commentator": 5 + fixed.randint(0, 8),
        "eval_activity": month.randint(0, 2), "cult_club": 2 + fixed.randint(0, 4), "cult_brand": fixed.randint(1, 3), "org_cadre": len(members) * 2,
        "hon_city": int(month.random() < 0.06), "hon_may_medal": int(period.month == 5 and month.random() < 0.2),
        "mem_worker_female": int(sum(e.workers for e in employers) * 0.43),
    }  # fmt: skip
