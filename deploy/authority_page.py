"""docs/authority.md: who may do what, written from the answers of the policy itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import api
from deploy.authority import Cell, cells, relations
from deploy.markdown import page, section, table
from schemas.codes import Words
from schemas.refusals import Refusal
from schemas.values import Role
from streams.policy import ROLES
from streams.review_codes import ROLES as ROLE_WORDS

MARKS = {None: "●", Refusal.ROLE_MISSING: "○", Refusal.NOT_FOUND: "–"}

RELATIONS = {
    "own": Words("本辖区、本组织、本村", "its own"),
    "above": Words("上级（县级）", "the county above it"),
    "area": Words("全指挥区", "the whole command area"),
    "below": Words("下级（事在县级）", "a township of it, where the matter is the county's"),
    "sibling": Words("同县其他乡镇", "another township of its county"),
    "other_county": Words("其他县", "another county"),
    "at_work": Words("正在该需求上工作的组织", "one that is at work on the same demand"),
    "same_township": Words("同乡镇的其他组织或村", "another of the same township"),
    "same_county": Words("同县的其他组织", "another of the county"),
    "ended": Words("授权已到期", "its own, by a grant that has ended"),
    "other_mode": Words("属另一模式", "its own, of another mode"),
}

SENTENCES = {
    Role.STEWARD: Words(
        "管理员管理组织、证书和授权，只在其区划之内；需求、任务、指令一概无权处理。",
        "A steward keeps organizations, certificates and roles, inside its divisions alone, and "
        "does nothing about demands, tasks or instructions.",
    ),
    Role.DESK: Words(
        "值班室处理本辖区内（含下级区划）的突发事件、需求和任务；辖区之外的事对其不存在。",
        "A desk acts on incidents, demands and tasks inside its division and those below; what "
        "lies outside does not exist for it.",
    ),
    Role.ORGANIZATION: Words(
        "社会组织只答复自己的协助请求、报告自己的进展；其他组织的事对其不存在。",
        "An organization answers its own requests and reports its own steps; what is another's "
        "does not exist for it.",
    ),
    Role.REVIEWER: Words(
        "复盘人查看本辖区内的事，不作任何处理；只能确认为本人账户签发的登录链接。",
        "A reviewer looks at what lies inside its division and does nothing, but for confirming a "
        "link that was made to sign in as itself.",
    ),
    Role.COMMITTEE: Words(
        "村（居）委会报告本村需求，并为其指导的本村组织代录；他村之事对其不存在。",
        "A village's committee reports needs of its village and records what groups that it guides "
        "say; another village's matters do not exist for it.",
    ),
}


def authority_page() -> str:
    """The whole page; each cell of it is an answer of the rules."""
    found = list(cells())
    number = f"{len(found):,}"
    return page(
        "权限表 Authority",
        f"下表由规则本身逐格作答而成（{number} 格），每格均有测试核对。 "
        f"Every cell ({number}) is an answer of the rules themselves, and is held by a test.",
        section("读法 How to read it", _manner()),
        *(
            section(f"{words.zh} {words.en}", _of(role, found))
            for role, words in ROLE_WORDS.items()
        ),
        section("不在表中 What is not in it", [_bullet(words) for words in BEYOND]),
    )


def _bullet(words: Words) -> str:
    return f"* {words.zh} {words.en}"


MANNER = (
    Words("● 可以办理。", "May be done, as far as the rules allow it at that moment."),
    Words(
        "○ 看得到，但该角色无权办理（`role_missing`）。",
        "It is there for them; the role does not suffice.",
    ),
    Words(
        "– 对其不存在（`not_found`）：与查无此事的答复相同。",
        "It does not exist for them: the same answer as for what is not there.",
    ),
    Words(
        "默认拒绝；一人有数项授权时逐项判断，一项可以即可以。",
        "Whatever is not allowed is denied; of several grants one that suffices is enough.",
    ),
    Words(
        "另一模式（实战、演练、测试）的事项对其不存在；登记和新发布的事项不分模式。",
        "What is of another mode does not exist; the registry, and what is made anew, have none.",
    ),
)

BEYOND = (
    Words(
        "系统自身的事项（开启、迁移日志，计时，更换规则，链接使用，送达）任何账户都无权办理。",
        "What the program does itself (opening and moving the log, time, rules, links used, reach) "
        "no account may do.",
    ),
    Words(
        "● 之后规则仍可因当时情况拒绝，例如证书过期；理由见 [refusals.md](refusals.md)。",
        "After a ● the rules may still say no, as things stand.",
    ),
    Words(
        "任何人不得给自己授权；一人办理的管理员、值班室授权，以及为使用过的账户补发的链接，"
        "须由第二人在 24 小时内确认。",
        "Nobody grants a role to themselves; a steward's or desk's role, and another link for an "
        "account that was in use, end after 24 hours unless a second person confirms them.",
    ),
    Words(
        "他人的授权或链接，只能由另一位管理员或县级以上值班室确认；表中其余的 ● 指本人账户的链接。",
        "Another's role or link only a steward or a desk above a township's confirms; every other "
        "● is for a link to one's own account.",
    ),
    Words(
        "已移送、已提请提级的需求，原乡镇仍看得到（○）；上级接办后由上级值班室办理。",
        "A demand that was moved or handed up stays in its township's sight; the desk above acts "
        "once it has taken it on.",
    ),
    Words(
        "查看（页面、导出、复盘）不是指令，不在表中，见 [http.md](http.md)。",
        "Reading is no operation, and not in the table.",
    ),
)


def _manner() -> list[str]:
    seen = {relation.name for role in Role for relation in relations(role)}
    rows = [(words.zh, words.en) for name, words in RELATIONS.items() if name in seen]
    return [
        *(_bullet(words) for words in MANNER),
        "",
        "所持授权与事项的关系 How what is held lies to the matter:",
        "",
        *table(("关系", "Relation"), rows),
    ]


def _of(role: Role, found: Iterable[Cell]) -> list[str]:
    """One table, a line for all operations whose cells are alike."""
    patterns: dict[type, list[Refusal | None]] = {}
    for cell in found:
        if cell.role is role:
            patterns.setdefault(cell.operation, []).append(cell.refusal)
    alike: dict[str, list[type]] = {}
    for operation, answers in patterns.items():
        alike.setdefault("".join(MARKS[answer] for answer in answers), []).append(operation)
    names = [RELATIONS[relation.name] for relation in relations(role)]
    heads = ("事项 Operations", *(f"{words.zh} {words.en}" for words in names))
    order = sorted(alike, key=lambda marks: (-marks.count("●"), marks))
    rows = [(_listed(alike[marks]), *marks) for marks in order]
    said = SENTENCES[role]
    return [said.zh, "", said.en, "", *table(heads, rows)]


def _listed(operations: Iterable[type]) -> str:
    zh, en = _names("zh"), _names("en")
    return "；".join(f"{zh[each.__name__]} {en[each.__name__]}" for each in operations)


def _names(language: str) -> dict[str, str]:
    """What pages call each operation."""
    static = Path(api.__file__).parent / "pages" / "static"
    words = json.loads((static / f"words-review.{language}.json").read_text("utf-8"))
    named = {key.removeprefix("command."): text for key, text in words.items()}
    return {each.__name__: named[each.__name__] for each in ROLES}
