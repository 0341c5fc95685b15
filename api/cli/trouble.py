"""What whoever typed a command can put right, told in both languages."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from api.settings import Settings, read

if TYPE_CHECKING:
    from streams.engines.log_file import LogDamaged

EXTRA: Final = ("aiokafka", "crc32c", "faust", "kafka", "mode", "redis")  # packages of a cluster

Answer = dict[str, Any]


class Trouble(Exception):
    """Something that whoever typed the command can put right; says how, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def settings_of(typed: argparse.Namespace, **given: Any) -> Settings:
    """What was typed, else the environment, else `given`."""
    try:
        return read(typed, os.environ, **given)
    except ValueError as error:
        raise Trouble(f"设置有误：{error}", f"A setting is wrong: {error}") from None


def at_server(typed: argparse.Namespace, **given: Any) -> Settings:
    """The same for a client of the folder's server: what is not told is as it was served last."""
    from api.listening import where_served  # only here: most commands start without it

    data = settings_of(typed, **given).data
    return settings_of(typed, **given, **where_served(data))


@contextmanager
def told_plainly() -> Iterator[None]:
    """What can go wrong with a folder or a cluster, as words that say what to do."""
    try:
        yield
    except Trouble:
        raise
    except Exception as error:
        found = (
            _told(error) or _packages(error) or _cluster(error) or _folder(error) or _files(error)
        )
        if found is None:
            raise
        raise found from None


# What these look at is imported only when something has gone wrong: a worker starts sooner.


def _told(error: Exception) -> Trouble | None:
    """What says by itself, in both languages, what is wrong and what to do."""
    from api.keeping import Unkept
    from api.safe import MasterKeyUnfit

    if isinstance(error, (MasterKeyUnfit, Unkept)):
        return Trouble(error.zh, error.en)
    return None


def _packages(error: Exception) -> Trouble | None:
    from streams.engines.cluster.obstacles import ChecksumsSlow

    missing = isinstance(error, ModuleNotFoundError) and (error.name or "").split(".")[0] in EXTRA
    if not missing and not isinstance(error, ChecksumsSlow):
        return None
    return Trouble(
        f"集群所需的软件包没有安装（{error}）；请运行 pip install 'shouwang[cluster]'。",
        f"Packages of the cluster are missing ({error}): pip install 'shouwang[cluster]'",
    )


def _cluster(error: Exception) -> Trouble | None:
    from streams.engines.cluster import obstacles

    if isinstance(error, obstacles.BrokerAway):
        return Trouble(
            f"Kafka 没有应答：{error.brokers}。请启动它，或改正 cluster.toml 中的 brokers。",
            f"No Kafka broker answers at {error.brokers}; start it,"
            " or correct `brokers` in cluster.toml",
        )
    if isinstance(error, obstacles.BoardAway):
        return Trouble(
            f"Redis 没有应答：{error.address}。请启动它，或改正 cluster.toml 中的 redis。",
            f"No Redis answers at {error.address}; start it, or correct `redis` in cluster.toml",
        )
    if isinstance(error, obstacles.TopicMissing):
        return Trouble(
            f"主题 {error.topic} 不存在或分区不足；请先运行 shouwang topics apply。",
            f"The topic {error.topic} is missing or has too few partitions; first run:"
            " shouwang topics apply",
        )
    return None


def _folder(error: Exception) -> Trouble | None:
    from streams.engines.alive import ClockDoubtful
    from streams.engines.folder import FolderHeld

    if isinstance(error, FolderHeld):
        return Trouble(
            f"数据目录正被进程 {error.process} 使用；请先停止它，或换一个目录。",
            f"{error}; stop it first, or take another folder (--data)",
        )
    if isinstance(error, ClockDoubtful):
        return Trouble(
            f"{_doubt(error.doubt, error.by)}；请校准时钟，或确认时钟无误后加 --accept-clock。",
            f"{error} (--accept-clock)",
        )
    return None


def _doubt(doubt: str, by: int) -> str:
    """What does not fit between the clock and the log, in Chinese; `by`: milliseconds."""
    return {
        "behind": f"本机时钟比日志落后 {by // 1000} 秒",
        "leapt": f"本机时钟比上次运行后实际经过的时间快 {by // 60_000} 分钟",
        "ahead": f"本机时钟比日志超前 {by // 86_400_000} 天",
    }[doubt]


def _files(error: Exception) -> Trouble | None:
    import apsw

    from schemas.wire import NotReadable
    from streams.engines.cluster.partition import Hole, NotInTable
    from streams.engines.folder import FolderUnfit
    from streams.engines.log_file import LogDamaged, NotOurLog
    from streams.versions import RulesMissing

    if isinstance(error, LogDamaged):
        return _damaged(error)
    if isinstance(error, RulesMissing):
        return Trouble(
            f"该日志按第 {error.number} 版规则决定，本程序已不含这一版；请先用"
            "含有这一版的程序运行 shouwang rules --change，再改用本程序。",
            str(error),
        )
    unfit = (FolderUnfit, NotOurLog, NotReadable, ValueError, Hole, NotInTable)
    if isinstance(error, unfit):
        return Trouble(f"数据目录或文件不可用：{error}", f"This cannot be used: {error}")
    if isinstance(error, FileExistsError):
        return Trouble(
            f"{error.filename} 已存在，不会覆盖；请换一个文件名，或先把它移走。",
            f"{error.filename} is there already, and nothing is overwritten: take another name,"
            " or move it away first.",
        )
    if isinstance(error, (OSError, apsw.Error)):
        return Trouble(f"无法读写：{error}", f"Cannot read or write: {error}")
    return None


def _damaged(error: LogDamaged) -> Trouble:
    where = "" if error.place is None else f"（指挥区 {error.place[0]} 第 {error.place[1]} 条）"
    return Trouble(
        f"日志已损坏：{error.path}{where}，磁盘故障或有人改动过。请原样保留该数据目录，"
        "用 shouwang restore 恢复备份，再用 shouwang verify 核验。",
        str(error),
    )
