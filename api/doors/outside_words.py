"""What the pages for answers from outside say, in both languages."""

from __future__ import annotations

from typing import Final

from schemas.codes import Words

WORDS: Final = {
    # Frame
    "name": Words("守望 Shouwang", "守望 Shouwang"),
    "other": Words("English", "中文"),
    "mode.actual": Words("实战", "Actual operation"),
    "mode.exercise": Words("演练 EXERCISE", "演练 EXERCISE"),
    "mode.test": Words("测试 TEST", "测试 TEST"),
    # What is asked
    "heading": Words("请求协助", "Your help is asked for"),
    "for": Words("请求", "Asked"),
    "where": Words("乡镇", "Township"),
    "far": Words("距离", "Distance"),
    "answer_by": Words("请答复", "Answer by"),
    "needed_by": Words("需到位", "Needed by"),
    "number": Words("需求号", "Demand"),
    "before": Words("{time} 前", "{time}"),
    "center": Words("（按乡镇中心）", " (to the township's center)"),
    "meters": Words("约 {count} 米", "about {count} m"),
    "kilometers": Words("约 {count} 公里", "about {count} km"),
    "grade": Words("{grade} 级证书", "certificate of grade {grade}"),
    "relieves": Words("接替在场队伍，到场后交接", "to relieve a crew on the scene"),
    "whole": Words("须整体承担", "as a whole, all of it or none"),
    "desk": Words("值班室电话：", "The desk's telephone:"),
    "hazardous": Words("作业有危险", "hazardous work"),
    # What has changed of it
    "changed": Words(
        "发出请求后，以下内容已变更：{words}。答应前请登录查看，或致电值班室。",
        "Since you were asked, this has changed: {words}. Before you say yes, sign in to read it, "
        "or call the desk.",
    ),
    "between": Words("、", ", "),
    # How it stands
    "state.sent": Words("正在等待您的答复。", "Your answer is awaited."),
    "state.late": Words(
        "答复时间已过，仍可答复。", "The time to answer is over; you can still answer."
    ),
    "state.accepted": Words("已答复：答应 {units}。谢谢！", "Answered: yes, {units}. Thank you!"),
    "state.declined": Words(
        "已答复：谢绝。如情况有变，仍可答应。",
        "Answered: no. If that has changed, you can still say yes.",
    ),
    "state.standby": Words(
        "已登记候补：{units}，至 {time}。需要时值班室会联系您。",
        "You are a standby: {units}, until {time}. The desk calls you if you are needed.",
    ),
    "state.waiting": Words(
        "已登记：{units}，等候值班室答复。",
        "Recorded: {units}; the desk's word is waited for.",
    ),
    "state.recalled": Words(
        "已撤回：不再需要您前往；已出发的请返回。谢谢您。",
        "Called back: you are needed no longer. If you are on the way, please turn back. Thanks.",
    ),
    "state.over": Words("此项请求已不再需要，谢谢您。", "This is no longer needed. Thank you."),
    "barred.retired": Words(
        "贵组织在名册中已停用，在此不能答复。如仍能前往，或停用有误，请先致电值班室，勿自行出发。",
        "Your organization is retired in the registry, so nothing can be answered here. If you can "
        "come all the same, or that is wrong, call the desk first and do not set off.",
    ),
    "barred.merged": Words(
        "贵组织在名册中已并入另一组织，在此不能答复。如仍能前往，请先致电值班室，勿自行出发。",
        "Your organization's entry was merged into another one, so nothing can be answered here. "
        "If you can come all the same, call the desk first and do not set off.",
    ),
    "desk.none": Words("名册中没有该值班室的电话。", "No telephone of that desk is on record."),
    "wanted": Words("目前仍缺人手。", "Help is still short."),
    "covered": Words(
        "目前已够；答应后登记为候补。", "There is enough by now; a yes makes you a standby."
    ),
    # The two answers
    "quantity": Words("能出动多少（最多 {units}）", "How many can come (at most {units})"),
    "minutes": Words("约多久能到", "On the spot in about"),
    "open": Words("不填", "not said"),
    "in_minutes": Words("{count} 分钟", "{count} minutes"),
    "in_hours": Words("{count} 小时", "{count} hours"),
    "accept": Words("答应", "Yes, we come"),
    "accept_late": Words("仍可前往", "We can still come"),
    "decline": Words("不能去", "We cannot come"),
    "leave": Words("不再候补", "No longer a standby"),
    "decline_free": Words(
        "可以谢绝，不影响今后的协助请求。请点原因：",
        "You are free to say no; it is never held against you. Touch the reason:",
    ),
    "free_from": Words("何时起可出动", "Free from"),
    # What came of it
    "done.accepted": Words("已记录：答应 {units}。谢谢！", "Recorded: yes, {units}. Thank you!"),
    "done.late": Words(
        "虽已过答复时间，仍需要您。已记录：答应 {units}。谢谢！",
        "The time was over, and you are still needed. Recorded: yes, {units}. Thank you!",
    ),
    "done.next": Words(
        "集合点、联系人和详细地址请登录查看，或等候值班室来电。",
        "Rally point, contact and address: sign in to see them, or wait for the desk's call.",
    ),
    "done.standby": Words(
        "目前已够，谢谢您！已登记候补：{units}，至 {time}。暂勿出发，需要时值班室会联系您。",
        "There is enough by now, thank you! You are a standby: {units}, until {time}. Do not set "
        "off; the desk calls you if you are needed.",
    ),
    "done.declined": Words(
        "已记录：谢绝（{reason}）。谢谢！", "Recorded: no ({reason}). Thank you!"
    ),
    "done.free_from": Words("{time} 起可出动。", "Free from {time}."),
    "done.outdated": Words(
        "请求内容刚有变更，此次答应未生效。请看清变更后再次答复。",
        "What is asked has just changed, so your yes was not taken. Read what has changed, then "
        "answer again.",
    ),
    "done.thanks": Words("太晚了，但谢谢您。", "Too late, but thank you."),
    "done.refused": Words("没有记录。", "Not recorded."),
    # Links and codes
    "link.unknown": Words("链接无效或已过期", "This link is not valid, or it is over"),
    "link.hint": Words(
        "如短信中有八位编号，可在下面输入；否则请致电发来短信的值班室"
        "（本页不知是哪一个，无法显示电话）。",
        "If the message has a code of eight characters, enter it below; else call the desk that "
        "sent it (which one, this page cannot know).",
    ),
    "code.heading": Words("输入编号答复", "Answer with your code"),
    "code.label": Words("短信中的八位编号", "The eight characters of the message"),
    "code.button": Words("继续", "Go on"),
    "code.wrong": Words(
        "编号不对或已过期，请核对短信。", "This code is not valid, or it is over; compare it."
    ),
    "code.wait": Words(
        "输错次数过多，请 {count} 分钟后再试，或致电发来短信的值班室"
        "（本页不知是哪一个，无法显示电话）。",
        "Too many wrong codes; try again in {count} minutes, or call the desk that sent the "
        "message (which one, this page cannot know).",
    ),
    "problem.heading": Words("没有成功", "That did not work"),
}


def say(key: str, language: str, **parts: object) -> str:
    """The text of a key with its parts put in; KeyError for a key that has none."""
    return in_language(WORDS[key], language).format(**parts)


def in_language(words: Words, language: str) -> str:
    return words.zh if language == "zh" else words.en
