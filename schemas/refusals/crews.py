"""Refusals about crews and their steps."""

from __future__ import annotations

from schemas.refusals.codes import Message, Refusal

WORDS: dict[Refusal, Message] = {
    Refusal.ANSWER_UNFIT: Message(
        409,
        "这样处理不适用于该现场报告；请选择「已知悉」，或直接修改需求。",
        "This answer does not fit the report; note it, or amend the demand yourself.",
    ),
    Refusal.REPORT_ANSWERED: Message(
        409,
        "该现场报告已有人处理，无需再答复。",
        "This report from the scene has been answered already; nothing is left to do.",
    ),
    Refusal.REPORT_UNFIT: Message(
        422,
        "现场报告不完整：已帮助群众请填人数，情况不符或道路中断请写明，需要增援请填专业和数量。",
        "The report is not whole: say how many people were helped, or in words what is otherwise, "
        "or what is needed more and how much.",
    ),
    Refusal.HELPERS_GONE: Message(
        409,
        "这批群众已不在等候，无需再处理。",
        "These helpers wait no longer; nothing is left to do.",
    ),
    Refusal.HELPERS_UNREGISTERED: Message(
        409,
        "未登记的群众不能编入：能力和保险无人核实，出了事故责任不清。可原地等候或致谢劝返；"
        "由登记员登记后，即可编入。",
        "People who belong to no registered organization cannot be taken on: nobody has checked "
        "what they can do, nor who is liable. Park them or send them home; once a steward has "
        "registered them, they can be.",
    ),
    Refusal.HELPERS_WAITING: Message(
        409,
        "此需求已有二十批群众等候；请先处理其中几批。",
        "Twenty groups of helpers wait at this demand already; say something to some first.",
    ),
    Refusal.REPORTS_WAITING: Message(
        409,
        "已有多条现场报告等待答复；紧急情况请致电值班室。",
        "Several reports of this crew await an answer; if it is urgent, call the desk.",
    ),
    Refusal.ALREADY_REPORTED: Message(
        409,
        "队伍已报告完成；如有误，请值班室更正。",
        "The crew has reported done; if that is wrong, the desk can correct it.",
    ),
    Refusal.ASSIGNMENT_ENDED: Message(
        409,
        "该任务已结束，不能再更改；需求未关闭时，值班室仍可直接请求。",
        "This assignment has ended and can no longer change; while its demand is open, the desk "
        "can ask by hand again.",
    ),
    Refusal.ASSIGNMENT_NOT_REPORTED: Message(
        409,
        "队伍尚未报告完成；请等待，或由值班室电话代录。",
        "The crew has not reported done yet; wait, or record it for them by phone.",
    ),
    Refusal.CREW_ARRIVED: Message(
        409,
        "队伍已到达现场，无需再报时间。",
        "The crew has arrived; there is no time to give any more.",
    ),
    Refusal.CREW_ON_SCENE: Message(
        409,
        "其中有队伍已到场的需求，不能成批按此理由关闭；请逐条处理。",
        "Somebody has arrived for it; close such a demand by itself.",
    ),
    Refusal.HEADS_INSIDE: Message(
        409,
        "仍有队员登记在危险区内；请先清点，全部撤出后再报。",
        "People are still counted inside the danger zone; count them first, and go on once "
        "everybody is out.",
    ),
    Refusal.HEADS_MORE: Message(
        409,
        "危险区内人数多于该队人数；请核对。如有群众随队进入，请勾选“含随队进入的其他人员”后再报。",
        "More are counted inside than the crew has people; look at the number again. If others "
        "went in with it, say so, and it is taken.",
    ),
    Refusal.CREW_SILENT: Message(
        409,
        "有队伍在现场失联，安全未确认；请先联系上该队并报平安（值班室可代为记录），再继续。",
        "A crew is silent on the scene; reach it first, and let it or its desk say how it is, then "
        "go on.",
    ),
    Refusal.CREW_CALLED_OUT: Message(
        409,
        "有队伍已被要求停止或撤离，尚未报告全员已撤出；请先联系该队并记录全员已撤出"
        "（值班室可代为记录），或解除指令，再继续。",
        "A crew was told to stop or to leave, and nobody has said that all of it have; hear of it "
        "first, and say so (its desk can for it), or lift the instruction.",
    ),
    Refusal.NOTHING_TO_UNDO: Message(409, "没有可以撤销的步骤。", "There is no step to undo."),
    Refusal.STEP_NOT_TAKEN: Message(
        409,
        "队伍还没有到这一步；请直接记录该步骤。",
        "The crew has not come past this step; record the step itself.",
    ),
    Refusal.STEP_OF_OTHERS: Message(
        409,
        "这一步由他人记录，只能由其本人撤销；值班室可以更正。",
        "Somebody else took this step; the desk can correct it.",
    ),
    Refusal.UNDO_TOO_LATE: Message(
        409,
        "超过 30 秒不能自行撤销；请电话联系值班室更正。",
        "It is more than 30 seconds ago; call the desk, which can correct it.",
    ),
    Refusal.RELIEF_ASKED: Message(
        409,
        "已请求一支队伍接替，正在等待答复或赶来；答复之后再另行请求。",
        "Somebody is asked to relieve this crew already, or is on the way.",
    ),
    Refusal.RELIEF_OF_ITSELF: Message(
        422,
        "接替的应是另一个组织。",
        "A crew is relieved by another organization.",
    ),
    Refusal.RELIEF_SMALLER: Message(
        409,
        "该组织现有力量少于须接替的力量，无法整体接替；请另选组织，或另行点名请求增援。",
        "It has fewer units free than the crew has that is to be relieved. Choose another one, or "
        "ask it by hand for the line.",
    ),
}
