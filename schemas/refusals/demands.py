"""Refusals about demands and their lines."""

from __future__ import annotations

from schemas.refusals.codes import Message, Refusal

WORDS: dict[Refusal, Message] = {
    Refusal.DEMAND_CLOSED: Message(
        409,
        "该需求已关闭；如仍需要，请重新打开。",
        "This demand is closed; reopen it if it is still needed.",
    ),
    Refusal.BATCH_OTHER: Message(
        409,
        "这一部分与该批次的数量、摘要或内容不符，未作任何处理；请重新查看后再执行。",
        "This part does not fit its batch in number, digest or kind, and nothing was done; look "
        "again, and begin anew.",
    ),
    Refusal.BATCH_OVER: Message(
        409,
        "该批次已撤销，或已超过一小时；请逐条处理。",
        "This batch is undone already, or more than an hour old; act on each by itself.",
    ),
    Refusal.BATCH_WHOLE: Message(
        409,
        "该批次已列完并开始执行，不再接受新的内容；请另起一批。",
        "This batch is whole and under way; begin another one for more.",
    ),
    Refusal.DEMAND_DRAFT: Message(
        409,
        "这是草稿，尚未发布，不请求力量；请先发布。",
        "This is a draft, for which nobody is asked; publish it first.",
    ),
    Refusal.DEMAND_GROUPED: Message(
        409,
        "该需求已并入同一需求，由首报统一请求；请在首报上操作，或先将其分开。",
        "This demand belongs to a group, whose first report is asked for; act there, or take it "
        "out of the group first.",
    ),
    Refusal.REFILE_INSTRUCTED: Message(
        409,
        "事件中有对全体人员的指令正在生效，暂不能改列；请先解除该指令。",
        "Everybody in one of the incidents has an instruction that holds; lift it first.",
    ),
    Refusal.REFILE_RECOVERS: Message(
        409,
        "该需求曾办结，或有一项已撤销，其恢复任务留在原事件，不能改列；请在新事件中另行发布。",
        "This demand was closed before, or one of its lines was dropped after work: its recovery "
        "tasks are in its incident, so it stays there; post it anew in the other one.",
    ),
    Refusal.DEMAND_ON_HOLD: Message(
        409,
        "该需求已暂缓；请先恢复，再请求力量。",
        "This demand is on hold; resume it before anybody is asked.",
    ),
    Refusal.DEMAND_OPEN: Message(409, "该需求尚未关闭。", "This demand is open already."),
    Refusal.DEMAND_PUBLISHED: Message(
        409,
        "该草稿已经发布，可能是另一值班员；请查看该需求。",
        "This draft is published already, perhaps by somebody else on duty; look at the demand.",
    ),
    Refusal.PLACE_UNCLEARED: Message(
        409,
        "有队伍已被要求停止或撤离、有人在危险区内，或队伍失联；请先逐队致电。"
        "确认现场已经安全的，请勾选后再恢复请求。",
        "A crew there was told to stop or to leave, has people in danger, or is silent; call each "
        "of them first. Once the place is safe, say so, and it asks again.",
    ),
    Refusal.DEMAND_TAKEN_UP: Message(
        409,
        "接收乡镇已开始处置，不能再取回；请与其值班室联系。",
        "The other township has taken it up; call its desk.",
    ),
    Refusal.HAND_UP_NONE: Message(
        409,
        "该需求没有提请提级，或已退回乡镇；乡镇未及时处理的，请先查看该需求。",
        "This demand is not handed up, or is the township's again; look at it.",
    ),
    Refusal.HAND_UP_TAKEN_ON: Message(
        409,
        "该需求已由上级值班室接办；如需退回，请与其联系。",
        "The desk above has taken this demand on; call it to have it back.",
    ),
    Refusal.NO_DESK_ABOVE: Message(
        409,
        "该需求不在乡镇范围内，没有可提请的县级值班室。",
        "This demand is no township's, and has no county's desk above it.",
    ),
    Refusal.GROUP_HANDED_UP: Message(
        409,
        "该需求已提请上级接办，尚待答复；请等上级接办或退回，或先撤回提请，再合并。",
        "This demand is handed up and waits for the desk above: group it once that has taken it on "
        "or given it back, or take it back first.",
    ),
    Refusal.GROUP_LEADER: Message(
        409,
        "该需求自己是首报，其下已有其他报告；请先将它们分开。",
        "This demand leads a group itself; take its reports out of it first.",
    ),
    Refusal.GROUP_OF_ITSELF: Message(
        422,
        "需求不能并入自己；请选择另一条作为首报。",
        "A demand cannot be grouped with itself; choose another one to lead.",
    ),
    Refusal.GROUP_OTHER_INCIDENT: Message(
        409,
        "它们属于不同的突发事件，不能合并为同一需求。",
        "They belong to different incidents; only demands of one incident can be grouped.",
    ),
    Refusal.GROUP_TOO_FAR: Message(
        409,
        "两处相距超过 5 公里，不会是同一需求；如地点有误，请先修改地点。",
        "They lie more than 5 km apart, so they are not the same need; correct the place first if "
        "it is wrong.",
    ),
    Refusal.LAST_LINE: Message(
        409,
        "这是最后一项，请关闭整条需求。",
        "This is the last line; close the whole demand instead.",
    ),
    Refusal.LINE_DROPPED: Message(409, "该项已不再需要。", "This line is no longer wanted."),
    Refusal.LINES_TOO_MANY: Message(
        422,
        "一条需求最多 20 项，且每项须给出数量；更多请分开发布。",
        "A demand has at most 20 lines, each with its number; post several demands for more.",
    ),
    Refusal.MINIMUM_OVER_TARGET: Message(
        422, "「至少」不能大于「需要」。", "The minimum must not exceed the target."
    ),
    Refusal.NEEDED_BY_UNFIT: Message(
        422,
        "需要的时间须在当前之后、三十天之内；急需时请留空。",
        "The time by which it is needed must lie ahead, by 30 days at most; leave it open where it "
        "is needed as soon as possible.",
    ),
    Refusal.SKILL_GRADE_UNFIT: Message(
        422,
        "只有分级技能可以要求等级，且必须要求。",
        "Only a graded skill can ask for a grade, and a graded one must.",
    ),
    Refusal.SKILL_UNKNOWN: Message(
        422, "技能代码不在代码表中。", "This skill is not in the list of skills."
    ),
    Refusal.TEXT_GIVEN_AND_REMOVED: Message(
        422,
        "同一项保密信息不能既填写又删除；请只选其一。",
        "A confidential text is either given anew or removed; do one of both.",
    ),
    Refusal.WHOLE_MINIMUM: Message(
        422,
        "须由一家组织整体承担的项，「至少」应与「需要」相同。",
        "A line that goes as a whole has a minimum equal to its target.",
    ),
    Refusal.WHOLE_TAKEN: Message(
        409,
        "此项须由一家组织整体承担，且已有队伍；还需要更多时，请另加一项。",
        "This line goes as a whole and somebody has taken it on; add a line for what is needed "
        "besides.",
    ),
}
