"""The demo county's rows: one function per form, from the employers of a township and a month."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from random import Random

from pipelines.demo.county import Employer

Row = dict[str, object]
ACTIVITIES = ["文体活动", "志愿服务", "职工教育培训", "工会干部培训", "会议活动", "法律宣传", "留守儿童关爱", "空巢老人探访"]
SURNAMES = "王李张刘陈杨黄吴赵周徐孙马朱胡林郭何高罗"


def day(random: Random, period: date) -> date:
    """Some day of the month."""
    return period.replace(day=random.randint(1, monthrange(period.year, period.month)[1]))


def unions(employers: list[Employer], period: date) -> list[Employer]:
    """The employers that have a union in this month."""
    return [e for e in employers if e.union_from and e.union_from <= period]


def register_rows(employers: list[Employer], period: date) -> list[Row]:
    """Every employer once."""
    return [_register_row(e, bool(e.union_from and e.union_from <= period)) for e in employers]


def _register_row(e: Employer, has: bool) -> Row:
    row: Row = {"employer": e.name, "employer_kind": e.kind, "covered_units": e.units, "workers": e.workers, "has_union": has}
    if not has:
        return row | {"members": 0}
    women, migrant, gig = (int(e.members * share) for share in (0.38, 0.28, 0.04))
    return row | {
        "union_name": e.union_name, "founded_on": e.founded_on, "members": e.members, "women_members": women, "migrant_members": migrant,
        "gig_members": gig, "new_members": e.new, "left_members": e.left, "directly_elected": e.elected, "home_grade": e.grade,
        "is_model_site": e.grade == "县级模范", "has_member_files": e.answers.get("has_archives", True),
    }  # fmt: skip


def standards_rows(employers: list[Employer], period: date) -> list[Row]:
    """The self-check of every union."""
    return [{"union_name": e.union_name, **e.answers} for e in unions(employers, period)]


def _relief(random: Random, period: date, union: str, category: str, kind: str, people: int, each: int, name: str | None = None) -> Row:
    source = random.choices(["工会经费", "财政拨款", "上级专项", "社会捐助"], [6, 2, 3, 1])[0]
    return {"date": day(random, period), "union_name": union, "category": category, "recipient_kind": kind, "recipient_name": name,
            "recipients": people, "amount": people * each, "source": source}  # fmt: skip


def relief_rows(random: Random, employers: list[Employer], period: date, quality: float) -> list[Row]:
    """Payments of the month: the Spring Festival peak, the summer heat, students in autumn, the usual cases."""
    members = unions(employers, period)
    rows = []
    for _ in range(random.randint(2, 4)):
        person = f"{random.choice(SURNAMES)}某"
        category, kind = random.choice([("生活救助", "困难职工"), ("医疗救助", "困难职工"), ("住院探望", "住院职工")])
        rows.append(_relief(random, period, random.choice(members).union_name, category, kind, 1, random.choice([500, 800, 1000, 1500]), person))
    if period.month in (1, 2):
        for employer in random.sample(members, min(len(members), 6)):
            count = random.randint(4, 18)
            rows.append(_relief(random, period, employer.union_name, "送温暖慰问", "困难职工", count, random.choice([300, 400, 500, 600])))
    if period.month in (7, 8):
        rows.append(_relief(random, period, random.choice(members).union_name, "高温慰问", "高温岗位职工", random.randint(20, 80), 100))
    if period.month == 8:
        rows.append(_relief(random, period, random.choice(members).union_name, "金秋助学", "困难职工子女", random.randint(2, 6), 2000))
    if period.month == 3:
        count = int(sum(e.members for e in members) * 0.3 * quality)
        rows.append(_relief(random, period, members[0].union_name, "女职工安康保险", "女职工", count, 20))
    return rows


def competition_rows(random: Random, employers: list[Employer], period: date, quality: float) -> list[Row]:
    """Contests of the month; none in most months of the small ones."""
    rows = []
    for number in range(random.randint(1, 3)):
        employer = random.choice(unions(employers, period))
        category = random.choice(["攻关竞赛", "攻关竞赛", "专项竞赛", "“五小”竞赛", "班组创优竞赛", "技能大赛", "合理化建议"])
        projects = random.randint(2, 9)
        completed = min(projects, round(projects * (0.35 + 0.45 * quality + 0.2 * random.random())))
        people = min(employer.workers, random.randint(8, 60))
        rows.append({
            "date": day(random, period), "union_name": employer.union_name, "title": f"{period.month}月竞赛第{number + 1}期",
            "category": category, "projects": projects, "completed": completed, "awarded": min(completed, random.randint(0, 3)),
            "participants": people, "winners": min(people, random.randint(1, 6)), "teams": random.randint(0, 2),
            "award_level": random.choice(["县级", "本级", "本级", "无"]), "benefit": random.randint(0, 40) * 1000,
        })  # fmt: skip
    return rows


def safety_rows(random: Random, employers: list[Employer], period: date, quality: float) -> list[Row]:
    """Inspections with hazards found and put right; those left open have a date by which they are due."""
    rows = []
    for _ in range(random.randint(2, 4)):
        hazards = random.randint(0, 6)
        fixed = sum(random.random() < 0.72 + 0.28 * quality for _ in range(hazards))
        on = day(random, period)
        rows.append({
            "date": on, "union_name": random.choice(unions(employers, period)).union_name,
            "category": random.choice(["督导检查", "隐患排查", "劳动保护检查"]), "inspections": random.randint(1, 3), "hazards": hazards,
            "rectified": fixed, "participants": random.randint(2, 12), "accident_level": "无",
            "due": on + timedelta(days=random.randint(10, 40)) if fixed < hazards else None,
        })  # fmt: skip
    rows.append({"date": day(random, period), "union_name": random.choice(unions(employers, period)).union_name, "category": "安全培训",
                 "participants": random.randint(15, 70), "accident_level": "无"})  # fmt: skip
    return rows


def rights_rows(random: Random, employers: list[Employer], period: date, quality: float) -> list[Row]:
    """Legal aid, disputes and suggestions."""
    rows = []
    for category in random.sample(["法律援助", "法律咨询", "劳动争议调解", "合理化建议", "提案议案", "职代会"], random.randint(2, 4)):
        cases = 1 if category == "职代会" else random.randint(1, 8)
        settled = sum(random.random() < 0.55 + 0.4 * quality for _ in range(cases))
        rows.append({"date": day(random, period), "union_name": random.choice(unions(employers, period)).union_name, "category": category,
                     "cases": cases, "people": cases * random.randint(1, 4), "settled": settled, "excellent": 0})  # fmt: skip
    return rows


def activity_rows(random: Random, employers: list[Employer], period: date) -> list[Row]:
    """Events, training and services."""
    rows = []
    for category in random.sample(ACTIVITIES, 4):
        rows.append({"date": day(random, period), "union_name": random.choice(unions(employers, period)).union_name, "category": category,
                     "title": f"{period.month}月{category}", "times": random.randint(1, 3), "items": random.randint(0, 4),
                     "participants": random.randint(15, 160), "cost": random.randint(0, 30) * 100})  # fmt: skip
    return rows
