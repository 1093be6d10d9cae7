"""What the box answers when it does not do what it was asked, in the words of both languages (RFC 9457).

Every credential that is no good, of whatever kind and for whatever reason, gets the one answer `refused`: whoever
tries learns nothing by trying.
"""

import json
from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, tuple[int, str, str]]] = {
    "malformed": (
        400,
        "This is not a ballot as the box takes it. Open the voting page again.",
        "这不是票箱能接收的选票。请重新打开投票页面。",
    ),
    "too-long": (413, "This is longer than any ballot.", "内容超过了选票的最大长度。"),
    "refused": (
        403,
        "This ballot does not count here: its paper, its code or its signature does not fit.",
        "这张选票在这里无效：题目、凭证或签名不符。",
    ),
    "not-open": (
        409,
        "Voting on this paper has not begun. Your ballot is not in the box; send it once voting is open.",
        "这个题目还没有开始投票。您的选票没有投入票箱，请在开始后再投。",
    ),
    "closed": (
        409,
        "Voting on this paper is over. Your ballot is not in the box.",
        "这个题目的投票已经结束。您的选票没有投入票箱。",
    ),
    "lower-seq": (
        409,
        "A ballot of yours is in the box already, and this one does not replace it.",
        "您已有一张选票在票箱里，这一张不能代替它。",
    ),
    "cannot-store": (
        503,
        "The box cannot keep ballots at the moment. Yours is not in the box; try again in a minute.",
        "票箱暂时无法保存选票。您的选票没有投入票箱，请一分钟后再试。",
    ),
    "not-found": (404, "There is nothing here.", "这里没有内容。"),
    "not-yet": (404, "This ballot is not yet in the log.", "这张选票还没有进入公开记录。"),
    "objection-refused": (
        409,
        "This does not open any ballot of this poll, or the time for objections is over.",
        "这不能打开本次投票的任何选票，或者异议时间已过。",
    ),
    "no-control": (401, "Only the registrar steers the box.", "只有登记处可以操作票箱。"),
    "conflict": (409, "The box cannot do this now: {why}.", "票箱现在不能这样做：{why}。"),
}


class Problem(Exception):
    """Something is not done. `why` completes the sentences of the registrar's door."""

    def __init__(self, key: str, why: str = "") -> None:
        self.key, self.why = key, why
        super().__init__(key, why)

    @property
    def status(self) -> int:
        return SENTENCES[self.key][0]

    def body(self, language: str) -> bytes:
        status, english, chinese = SENTENCES[self.key]
        title = (chinese if language == "zh-Hans" else english).format(why=self.why)
        about = {"type": f"urn:folkmoot:box:{self.key}", "title": title, "status": status}
        return json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode()


def language_of(accepted: str) -> str:
    """The language of an Accept-Language header: en or zh-Hans."""
    weighed = []
    for place, part in enumerate(accepted.lower().split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, tag))
        except ValueError:
            continue
    known = [tag[:2] for _, _, tag in sorted(weighed) if tag[:2] in {"en", "zh"}]
    return "zh-Hans" if known[:1] == ["zh"] else "en"
