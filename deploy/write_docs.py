"""Write the pages that list codes: docs/refusals.md, docs/codes.md, docs/facts.md.

python -m deploy.write_docs [--check]

Not part of the product: it stands above all packages, since refusals belong to the words, problems
to the doors, and what a fact says to the review.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from api.problems import PROBLEMS
from api.reference import PRIORITIES
from schemas import facts as f
from schemas.codes import DOMAINS, HAZARDS, KINDS, SKILLS
from schemas.refusals import REFUSALS, Message
from schemas.registry_facts import RegistryFact
from schemas.values import CloseReason, DeclineReason, StandDownReason
from schemas.write import tag_of
from streams.review_words import CLASSES, FACTS, GATES, REASONS, ROLES

DOCS = Path(__file__).parent.parent / "docs"
GENERATED = "<!-- Written by `make schemas`; change the words where they are, not here. -->"
ROOMS = {
    "登记 Registry": RegistryFact,
    "事件 Incidents": f.IncidentFact,
    "需求 Demands": f.DemandFact,
    "邀约 Offers": f.OfferFact,
    "任务 Assignments": f.AssignmentFact,
    "恢复任务 Recovery tasks": f.TaskFact,
}

Row = Iterable[str]


def pages() -> dict[str, str]:
    """Each page's name and text."""
    return {"refusals.md": refusals(), "codes.md": codes(), "facts.md": facts()}


def refusals() -> str:
    return _page(
        "拒绝代码 Refusals",
        "Every reason to say no, with its HTTP status. A refusal of the rules is a turn in the "
        "log; a problem at the door leaves no trace there. No answer repeats what was sent.",
        _section("规则 By the rules", _messages({str(k): v for k, v in REFUSALS.items()})),
        _section("入口 At the door", _messages(PROBLEMS)),
    )


def _messages(messages: Mapping[str, Message]) -> list[str]:
    rows = [(f"`{code}`", str(m.status), m.zh, m.en) for code, m in sorted(messages.items())]
    return _table(("Code", "HTTP", "中文", "English"), rows)


def codes() -> str:
    skills = [(f"`{c}`", s.zh, s.en, "是 yes" if s.graded else "") for c, s in SKILLS.items()]
    hazards = [(f"`{c}`", h.zh, h.en, f"`{h.event_kind}`") for c, h in HAZARDS.items()]
    kinds = [(f"`{c}`", k.zh, k.en, f"`{k.skill}`", f"`{k.domain}`") for c, k in KINDS.items()]
    return _page(
        "代码表 Codes",
        "Every code list with its names. Codes are stored: they are never renamed or taken away. "
        "Graded skills follow YJ/T 1.2–1.6-2022 and need a verified certificate.",
        _section("技能 Skills", _table(("Code", "中文", "English", "分级 Graded"), skills)),
        _section("灾种 Hazards", _table(("Code", "中文", "English", "类别 Class"), hazards)),
        _section(
            "需求类别 Kinds of demand",
            _table(("Code", "中文", "English", "通常技能 Usual skill", "恢复 Domain"), kinds),
        ),
        *(_section(title, _names(entries)) for title, entries in _lists().items()),
    )


def _lists() -> dict[str, Mapping[Any, Any]]:
    """The lists whose entries have nothing but names."""
    return {
        "恢复领域 Domains of recovery": DOMAINS,
        "优先级 Priorities": PRIORITIES,
        "需求关闭原因 Why a demand is closed": {key: REASONS[key] for key in CloseReason},
        "谢绝原因 Why an offer is declined": {key: REASONS[key] for key in DeclineReason},
        "撤回原因 Why somebody is stood down": {key: REASONS[key] for key in StandDownReason},
        "未获邀约的原因 Gates: why an organization was not asked, in order": GATES,
        "登记类别 Registration classes": CLASSES,
        "角色 Roles": ROLES,
    }


def _names(entries: Mapping[Any, Any]) -> list[str]:
    rows = [(f"`{code}`", words.zh, words.en) for code, words in entries.items()]
    return _table(("Code", "中文", "English"), rows)


def facts() -> str:
    return _page(
        "事实 Facts",
        "Everything that can be in the log, with its fields in the order of the bytes, and what "
        "the review says of it. Types and bounds: the JSON Schema behind each name.",
        *(_section(title, _facts(get_args(room))) for title, room in ROOMS.items()),
    )


def _facts(kinds: Iterable[type[f.Fact]]) -> list[str]:
    rows = []
    for kind in kinds:
        tag, words = tag_of(kind), FACTS[kind]
        fields = ", ".join(f"`{name}`" for name in kind.__struct_fields__)
        rows.append((f"[`{tag}`](../schemas/json/facts/{tag}.json)", fields, words.zh, words.en))
    return _table(("Fact", "Fields", "中文", "English"), rows)


def _page(title: str, introduction: str, *sections: list[str]) -> str:
    lines = [f"# {title}", "", GENERATED, "", introduction]
    for section in sections:
        lines += ["", *section]
    return "\n".join(lines) + "\n"


def _section(title: str, body: list[str]) -> list[str]:
    return [f"## {title}", "", *body]


def _table(heads: Row, rows: Iterable[Row]) -> list[str]:
    heads = list(heads)
    return [_row(heads), _row("---" for _ in heads), *(_row(row) for row in rows)]


def _row(cells: Row) -> str:
    return f"| {' | '.join(cells)} |"


def differing() -> list[str]:
    """The names of the pages that are missing or differ."""
    return [name for name, text in pages().items() if _read(name) != text]


def _read(name: str) -> str | None:
    file = DOCS / name
    return file.read_text(encoding="utf-8") if file.exists() else None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.write_docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    only_check = parser.parse_args().check
    names = differing()
    for name in names:
        if not only_check:
            (DOCS / name).write_text(pages()[name], encoding="utf-8")
        print(f"{'differs' if only_check else 'written'}: docs/{name}")
    return int(only_check and bool(names))


if __name__ == "__main__":
    sys.exit(main())
