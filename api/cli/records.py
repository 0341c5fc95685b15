"""Commands on records: divisions and demands out of files of any origin, by a profile."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from api import records, sheets
from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.conductor import Conductor
from api.language import say
from api.people import holders, new_account, new_link, open_people
from api.records import IMPORT, Ground, Ledger, Plan, Player, Profile, Reader, Source, Stage
from api.safe import Vault, make_master_key, master_key
from api.serving import areas_of, engine_of, opened_as, run
from api.settings import Settings
from api.sheets import Unreadable
from geo.divisions import DivisionTree
from geo.regions import Regions
from schemas.codes import Words
from schemas.commands import GrantRole
from schemas.ids import command_id
from schemas.turns import REGISTRY, Envelope
from schemas.values import AreaId, DivisionCode, Instant, Purpose, Role, TimeSource
from streams.engines import Engine, Unavailable
from streams.engines.folder import DIVISIONS, POLYGONS, write_whole
from streams.engines.logs import create

BEFORE_MS = 60_000  # a history's log begins so long before the first of it
TOLD_S = 0.5
SHOWN_MOST = 20


class Base(NamedTuple):
    """What a folder's records stand on: the tree, its file, the area, polygons if there are any."""

    file: Path
    tree: DivisionTree
    area: AreaId
    regions: Regions | None


# Divisions


def bring_in_divisions(typed: argparse.Namespace) -> tuple[int, Answer]:
    """A country's tree for a folder that is made next; polygons are kept beside it."""
    settings = settings_of(typed)
    with plainly(typed.file):
        if areas_of(settings.data):
            raise Trouble(
                "该目录的日志已引用其区划；请换一个目录。",
                "the log of this folder refers to its divisions; take another folder",
            )
        profile = records.load_divisions_profile(typed.profile)
        found = records.divisions(typed.file, profile)
        tree = DivisionTree(found.content)
        if not typed.dry_run:
            _keep(settings.data / DIVISIONS, tree.sha256, found)
    counts = Counter(row.level.value for row in found.content.divisions)
    listed = ", ".join(f"{level} {count}" for level, count in counts.items())
    print(f"{typed.file}: {say('行', 'rows')} {found.rows}; {listed}")
    for number in found.left_out[:SHOWN_MOST]:
        print(f"{typed.file}:{number}  {say('没有代码或名称', 'no code or no name')}")
    answer = {"rows": found.rows, "refused": len(found.left_out), "divisions": len(tree)}
    return int(not counts), {**answer, "levels": counts, "sha256": tree.sha256}


def _keep(folder: Path, digest: str, found: records.Divisions) -> None:
    """In place of what was there before: no log refers to it yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in [*folder.glob("*.json"), *folder.glob(f"*{POLYGONS}")]:
        old.unlink()
    write_whole(folder / f"{digest}.json", found.content.canonical())
    if found.regions is not None:
        found.regions.keep(folder / f"{digest}{POLYGONS}")


# Demands


def bring_in_demands(typed: argparse.Namespace) -> tuple[int, Answer]:
    """All rows or none, unless told to keep the good ones; nothing taken in is 1."""
    settings, began = settings_of(typed), monotonic()
    with plainly(typed.file):
        profile = records.loaded(typed.profile)
        encoding = typed.encoding or profile.file.encoding or None
        source = records.read(typed.file, encoding, profile.file.records)
        _tell_source(source)
        if source.guessed and not typed.dry_run:
            raise Unreadable("encoding_guessed")
        base = base_of(settings, profile, typed)
        settings = replace(settings, area=base.area, purpose=Purpose.HISTORY)
        ground = Ground(base.tree, base.area, base.regions)
        with closing(Plan()) as plan:
            plan.look(source, Reader(profile, ground), _progress(say("已读", "rows read")))
            if not plan.ledger.rows:
                raise Unreadable("no_records", typed.file.name)
            held_back = bool(plan.ledger.refused) and not typed.keep_good
            if typed.dry_run or held_back:
                plan.expect()
            elif plan.begins is not None:
                _played(settings, base, profile, plan)
            return _ended(typed, source, plan.ledger, held_back, monotonic() - began)


def _tell_source(source: Source) -> None:
    guess = say("（推测）", " (a guess)") if source.guessed else ""
    print(f"{source.path}: {source.form}, {source.encoding}{guess}")


def base_of(settings: Settings, profile: Profile, typed: argparse.Namespace) -> Base:
    """The divisions that the folder's log has, else those that were read into it, else ours."""
    folder, there = settings.data / DIVISIONS, areas_of(settings.data)
    if there:
        told = opened_as(settings.data, there[0])
        if (told.purpose, told.time_source) != (Purpose.HISTORY, TimeSource.GIVEN):
            raise Trouble(
                "这个目录不是历史目录；请换一个新目录。",
                "this folder is no history's; take a new folder",
            )
        file = folder / f"{told.divisions}.json"
    else:
        read_in = next(iter(sorted(folder.glob("*.json"))), settings.divisions)
        file = typed.divisions or read_in
    tree = DivisionTree.load(file)
    area = there[0] if there else _area(tree, typed.area or profile.area)
    return Base(file, tree, area, Regions.kept(file.with_suffix(POLYGONS)))


def _area(tree: DivisionTree, named: str) -> AreaId:
    """The command area that is meant: by code, by name, or the only one that there is."""
    there = tree.codes(tree.area_level)
    nodes = [node for code in there if (node := tree.get(code)) is not None]
    meant = [node.code for node in nodes if not named or named in (node.code, node.name)]
    if len(meant) != 1:
        listed = ", ".join(f"{node.code} {node.name}" for node in nodes[:SHOWN_MOST])
        raise Trouble(
            f"请用 --area 或说明文件的 area 指明指挥区：{listed}",
            f"say which command area, by --area or `area` in the profile: {listed}",
        )
    return AreaId(meant[0])


def _played(settings: Settings, base: Base, profile: Profile, plan: Plan) -> None:
    """Make the log where there is none, and play the plan into it."""
    assert plan.begins is not None
    if not areas_of(settings.data):
        _begin(settings, base, max(0, plan.begins - BEFORE_MS))
    told = _progress(say("已播放", "moments played"), plan.moments)
    run(lambda: _play(settings, profile, plan, told))


def _begin(settings: Settings, base: Base, at: Instant) -> None:
    settings.data.mkdir(parents=True, mode=0o700, exist_ok=True)
    steward = new_account()
    about = (settings.data, base.area, base.file, Purpose.HISTORY, TimeSource.GIVEN)
    create(*about, steward, at)
    make_master_key(settings)
    link = new_link(settings, steward, Role.STEWARD, say("管理员", "Steward"))
    print(say("管理员一次性登录链接：", "The steward's one-time sign-in link:"), link)


async def _play(settings: Settings, profile: Profile, plan: Plan, told: records.Told) -> None:
    engine = await engine_of(settings.data)
    try:
        with closing(Vault(settings.data / "keys.db", master_key(settings))) as vault:
            at = max(published.at for published in engine.changes())
            conductor = Conductor(engine, settings.area, settings, at)
            await _grant(settings, engine, at)
            stage = Stage(engine, settings.area, conductor, vault, profile)
            await Player(stage, plan).play(told)
    finally:
        await engine.close()


async def _grant(settings: Settings, engine: Engine, at: Instant) -> None:
    """The account that imports is a desk of the whole area, on record like any other."""
    with closing(open_people(settings)) as people:
        people.make_account(say("导入", "Import"), settings.area, IMPORT)
    steward = holders(settings)[0].account
    command = GrantRole(account=IMPORT, role=Role.DESK, division=DivisionCode(settings.area))
    envelope = Envelope(
        area=settings.area,
        operation=REGISTRY,
        mode=None,
        actor=steward,
        command_id=command_id(settings.area, REGISTRY, steward, "import"),
        command=command,
        at=at,
    )
    await engine.submit(envelope)


# What it came to


def _ended(
    typed: argparse.Namespace, source: Source, ledger: Ledger, held_back: bool, seconds: float
) -> tuple[int, Answer]:
    _tell_refused(source, ledger)
    if typed.report and ledger.refused:
        sheets.write(typed.report, records.report(source, ledger, typed.encoding))
        print(say("未导入的行已写入", "The refused rows are in"), typed.report)
    told = ledger.told()
    print(_sum(told))
    if ledger.rows:
        print(say(f"每秒 {ledger.rows / seconds:.0f} 行", f"{ledger.rows / seconds:.0f} rows/s"))
    if typed.dry_run or held_back:
        print(say("未写入任何内容。", "Nothing was entered."))
    taken = ledger.demands > 0 and not held_back
    return int(not taken), told


def _sum(told: Answer) -> str:
    rows = f"{told['rows']} = {told['demands']} + {told['duplicates']} + {told['refused']}"
    changes = f"{told['changes']} + {told['changes_refused']}"
    return say(
        f"行 = 需求 + 重复 + 未导入：{rows}；变更 = 已记入 + 未记入：{changes}",
        f"rows = demands + duplicates + refused: {rows};"
        f" logged changes = played + refused: {changes}",
    )


def _tell_refused(source: Source, ledger: Ledger) -> None:
    """Every class of refusals and of marks with its number, and the first rows of each."""
    classes: dict[str, list[records.Refusal]] = {}
    for one in ledger.refused:
        classes.setdefault(one.code, []).append(one)
    for code, found in sorted(classes.items()):
        rows = ", ".join(_where(source, one) for one in found[:3])
        print(f"  {code}  {len(found)}  {_words(code)}  {rows}", file=sys.stderr)
    for code, count in sorted(ledger.changes_refused.items()):
        words = say("变更", "changes")
        print(f"  {words}: {code}  {count}  {_words(code)}", file=sys.stderr)
    for flag, count in sorted(ledger.flags.items()):
        print(f"  {flag}  {count}  {_words(flag)}")


def _where(source: Source, one: records.Refusal) -> str:
    about = f" [{one.field}]" if one.field else ""
    return f"{source.path.name}:{one.row}{about}"


def _words(code: str) -> str:
    words = records.REASONS.get(code, Words(code, code))
    return "" if words.zh == code else say(words.zh, words.en)


def _progress(words: str, whole: int | None = None) -> Callable[[int], None]:
    """One line that is written over, where a terminal is."""
    began = shown = monotonic()

    def told(done: int) -> None:
        nonlocal shown
        now = monotonic()
        if not sys.stderr.isatty() or now - shown < TOLD_S:
            return
        shown, rate = now, done / (now - began)
        left = f" / {whole}, {(whole - done) / rate:.0f} s" if whole else ""
        print(f"\r\x1b[2K{words} {done}{left}", end="", file=sys.stderr, flush=True)

    return told


@contextmanager
def plainly(file: Path) -> Iterator[None]:
    """What is wrong with the file or its profile, in words."""
    try:
        with told_plainly():
            yield
    except records.ProfileUnfit as unfit:
        lines = [(f"{one.line} [{one.table}]", one) for one in unfit.faults]
        zh = "\n".join(f"  {at} {records.REASONS[one.code].zh}：{one.detail}" for at, one in lines)
        en = "\n".join(f"  {at} {records.REASONS[one.code].en}: {one.detail}" for at, one in lines)
        raise Trouble(f"说明文件有误：\n{zh}", f"The profile is wrong, by line:\n{en}") from None
    except Unavailable as problem:
        raise Trouble(
            f"导入中断（{problem}）；排除原因后重新运行，从此处继续。",
            f"The import was broken off ({problem}); once that is put right, run it again and it"
            " goes on from there.",
        ) from None
    except Unreadable as problem:
        found = records.REASONS.get(problem.code, Words(problem.code, problem.code))
        detail = f" ({problem.detail})" if problem.detail else ""
        raise Trouble(f"{file}：{found.zh}{detail}。", f"{file}: {found.en}{detail}") from None
