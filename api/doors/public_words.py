"""What strangers read of what is needed: the same sentences on the page and in a desk's preview."""

from __future__ import annotations

from typing import Final

from api.doors.outside_words import in_language
from api.doors.plain import moment
from schemas.codes import Words
from schemas.values import Instant

WORDS: Final = {
    "title": Words("需求信息", "What is needed"),
    "heading": Words("当前需要的支援", "Help that is needed now"),
    "told": Words(
        "以下由当地值班室公布，现在仍缺人手或装备。愿意帮忙的，请先打电话联系，不要自行前往现场。",
        "Published by the desks of these places; this is what they still lack. To help, call "
        "first; do not go there by yourself.",
    ),
    "emergency": Words(
        "遇险求助，请拨打 119、110 或 120。", "In danger yourself? Call 119, 110 or 120."
    ),
    "none": Words(
        "目前没有向社会公布的需求。", "No desk has published anything for everybody just now."
    ),
    "not_actual": Words(
        "这是演练或测试系统，不向社会公布任何需求。",
        "This is an exercise or a test: nothing is asked of the public here.",
    ),
    "need": Words("【{priority}】{kind}", "{priority}: {kind}"),
    "where": Words("地点：{township}", "Where: {township}"),
    "line": Words("还缺：{skill} {units}{terms}", "Still missing: {skill}, {units}{terms}"),
    "terms": Words("（{terms}）", " ({terms})"),
    "between": Words("；", "; "),
    "qualified": Words("须持专业资质", "qualified teams only"),
    "hazardous": Words("作业有危险，普通群众请勿参加", "hazardous, not for untrained people"),
    "text": Words("说明：{text}", "In the desk's words: {text}"),
    "since": Words("{time} 起", "Since {time}"),
    "call": Words("愿意帮忙：请拨打 {telephone}", "To help, call {telephone}"),
    "no_number": Words(
        "愿意帮忙：请联系当地村（居）委会或乡镇（街道）；值班室尚未公布联系电话",
        "To help, ask the village committee or the township; the desk has published no telephone",
    ),
    "more": Words("另有 {count} 项，这里未列出。", "{count} more are not listed here."),
    "updated": Words(
        "更新时间：{time}；刷新页面可看最新情况。", "Updated {time}; reload for what is current."
    ),
    "other": Words("English", "中文"),
    "name": Words("守望", "Shouwang"),
}


def say(key: str, language: str, **parts: object) -> str:
    """One of these sentences in a language."""
    return in_language(WORDS[key], language).format(**parts)


def time_words(at: Instant, language: str) -> str:
    """With its day: such a page may be left open over night."""
    return moment(at, 0, language)
