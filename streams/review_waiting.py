"""What a review says of demands that wait for their desk."""

from __future__ import annotations

from typing import Final

from schemas import facts as f
from schemas.codes import Words

WAITING: Final[dict[type, Words]] = {
    f.DemandHeld: Words(
        "{demand}暂缓，不再请求力量；{asker}待答：「{question}」；{ask} 询问是否仍暂缓。",
        "{demand} was put on hold and asks nobody; {asker}to be answered: “{question}”. "
        "Its desk is asked about it at {ask}.",
    ),
    f.HoldAsked: Words(
        "{demand}暂缓已久，询问值班室{climbs}。",
        "{demand} has been on hold for long; its desk is asked{climbs}.",
    ),
    f.DemandResumed: Words("{demand}恢复请求力量{answered}。", "{demand} goes on{answered}."),
    f.DemandClimbed: Words(
        "{demand}的值班室未及时处理，已报上级值班室。",
        "The desk of {demand} has not taken the next step in time; the desk above is asked.",
    ),
}
