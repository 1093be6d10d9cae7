"""The words of every verdict and reason of the kernel, in English and in Simplified Chinese.

A key is read from left to right: of what, counted how, with which result. `en_one` is said instead of `en` when
what is counted is one. A part without a full stop stands inside another sentence.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wording:
    en: str
    zh: str
    en_one: str = ""


SHARES: Final = {
    "share.more.half": Wording("more than half", "过半数"),
    "share.more.third": Wording("more than a third", "超过三分之一"),
    "share.more.two_thirds": Wording("more than two thirds", "超过三分之二"),
    "share.more.three_quarters": Wording("more than three quarters", "超过四分之三"),
    "share.more.percent": Wording("more than {numerator}%", "超过{numerator}%"),
    "share.more.part": Wording("more than {numerator}/{denominator}", "超过{denominator}分之{numerator}"),
    "share.least.half": Wording("at least half", "达到半数"),
    "share.least.third": Wording("at least a third", "达到三分之一"),
    "share.least.two_thirds": Wording("at least two thirds", "达到三分之二"),
    "share.least.three_quarters": Wording("at least three quarters", "达到四分之三"),
    "share.least.percent": Wording("at least {numerator}%", "达到{numerator}%"),
    "share.least.part": Wording("at least {numerator}/{denominator}", "达到{denominator}分之{numerator}"),
    "share.all": Wording("all of them", "达到全部"),
}

THRESHOLDS: Final = {
    "quorum.persons.holds": Wording(
        "{counted} of {whole} due were present: quorum.",
        "应到{whole}人，实到{counted}人：达到法定人数。",
        en_one="{counted} of {whole} due was present: quorum.",
    ),
    "quorum.persons.fails": Wording(
        "{counted} of {whole} due were present, but a quorum is {needed}: no quorum.",
        "应到{whole}人，实到{counted}人，法定人数为{needed}人：未达到法定人数。",
        en_one="{counted} of {whole} due was present, but a quorum is {needed}: no quorum.",
    ),
    "quorum.households.holds": Wording(
        "{counted} of {whole} households due were present: quorum.",
        "应到{whole}户，实到{counted}户：达到法定户数。",
        en_one="{counted} of {whole} households due was present: quorum.",
    ),
    "quorum.households.fails": Wording(
        "{counted} of {whole} households due were present, but a quorum is {needed}: no quorum.",
        "应到{whole}户，实到{counted}户，法定户数为{needed}户：未达到法定户数。",
        en_one="{counted} of {whole} households due was present, but a quorum is {needed}: no quorum.",
    ),
    "majority.due.persons": Wording("{counted} of {whole} due said yes", "应到{whole}人，{counted}人赞成"),
    "majority.present.persons": Wording(
        "{counted} of {whole} present said yes", "实到{whole}人，{counted}人赞成"
    ),
    "majority.cast.persons": Wording(
        "{counted} of {whole} who voted said yes", "投票{whole}人，{counted}人赞成"
    ),
    "majority.valid.persons": Wording(
        "{counted} of {whole} valid votes said yes", "有效票{whole}张，赞成{counted}张"
    ),
    "majority.yes+no.persons": Wording(
        "{counted} of {whole} votes for or against said yes", "赞成和反对共{whole}票，赞成{counted}票"
    ),
    "majority.due.households": Wording(
        "{counted} of {whole} households due said yes", "应到{whole}户，{counted}户赞成"
    ),
    "majority.present.households": Wording(
        "{counted} of {whole} households present said yes", "实到{whole}户，{counted}户赞成"
    ),
    "majority.cast.households": Wording(
        "{counted} of {whole} households that voted said yes", "投票{whole}户，{counted}户赞成"
    ),
    "majority.valid.households": Wording(
        "{counted} of {whole} valid votes of households said yes", "各户有效票{whole}张，赞成{counted}张"
    ),
    "majority.yes+no.households": Wording(
        "{counted} of {whole} votes of households for or against said yes",
        "各户赞成和反对共{whole}票，赞成{counted}票",
    ),
    "majority.holds": Wording("{clause}, {share}: passed.", "{clause}，{share}：通过。"),
    "majority.fails": Wording(
        "{clause}, but {share} means {needed}: not passed.",
        "{clause}，未{share}（应不少于{needed}）：未通过。",
    ),
    "composition.appraisers.roll": Wording(
        "{counted} of {whole} appraisers on the roll are ordinary residents",
        "名册上评议人员{whole}人，其中群众{counted}人",
        en_one="{counted} of {whole} appraisers on the roll is an ordinary resident",
    ),
    "composition.appraisers.turnout": Wording(
        "{counted} of {whole} appraisers who took part are ordinary residents",
        "实际参评{whole}人，其中群众{counted}人",
        en_one="{counted} of {whole} appraisers who took part is an ordinary resident",
    ),
    "composition.residents.roll": Wording(
        "{counted} of {whole} residents are on the roll of appraisers",
        "居民{whole}人，列入评议名册{counted}人",
        en_one="{counted} of {whole} residents is on the roll of appraisers",
    ),
    "composition.residents.turnout": Wording(
        "{counted} of {whole} residents took part in the appraisal", "居民{whole}人，实际参评{counted}人"
    ),
    "composition.holds": Wording("{clause}, {share}: the rule is kept.", "{clause}，{share}：符合规定。"),
    "composition.fails": Wording(
        "{clause}, but {share} means {needed}: the rule is not kept.",
        "{clause}，未{share}（须有{needed}人）：不符合规定。",
    ),
    "satisfaction": Wording(
        "{counted} of {whole} valid answers were satisfied",
        "有效答卷{whole}份，满意{counted}份",
        en_one="{counted} of {whole} valid answers was satisfied",
    ),
    "satisfaction.holds": Wording("{clause}, {share}: the mark is reached.", "{clause}，{share}：达标。"),
    "satisfaction.fails": Wording(
        "{clause}, but {share} means {needed}: the mark is not reached.",
        "{clause}，未{share}（须有{needed}份）：未达标。",
    ),
    "call": Wording("{counted} of {whole} asked for the meeting", "共{whole}人，{counted}人提议开会"),
    "call.holds": Wording("{clause}, {share}: it must be called.", "{clause}，{share}：应当召集。"),
    "call.fails": Wording(
        "{clause}, but {share} means {needed}: it need not be called.",
        "{clause}，未{share}（须有{needed}人）：可以不召集。",
    ),
}

PRESETS: Final = {
    "preset.representatives": Wording("Meeting of villagers' representatives", "村民代表会议"),
    "preset.group": Wording("Meeting of a villagers' group", "村民小组会议"),
    "preset.assembly": Wording("Villagers' assembly", "村民会议"),
    "preset.chain_members": Wording("4+2, assembly of party members", "四议两公开：党员大会"),
    "preset.chain_assembly": Wording(
        "4+2, resolution by the villagers' assembly", "四议两公开：村民会议决议"
    ),
    "preset.chain_representatives": Wording(
        "4+2, resolution by the villagers' representatives", "四议两公开：村民代表会议决议"
    ),
    "preset.appraisers": Wording(
        "Appraisal: ordinary residents among the appraisers", "评议：群众占评议人员的比例"
    ),
    "preset.residents": Wording("Appraisal: residents who appraise", "评议：参评群众占居民的比例"),
    "preset.satisfaction_60": Wording("Satisfied: 60%, below it a make-up round", "满意率60%，不达标须补评"),
    "preset.satisfaction_85": Wording("Satisfied: 85%", "满意率85%"),
    "preset.satisfaction_90": Wording("Satisfied: 90%", "满意率90%"),
}

TALLY: Final = {
    "tally.alike_unnumbered": Wording("All answered alike: {answer}.", "所有人的选择一致：{answer}。"),
    "tally.alike": Wording("All {n} answered alike: {answer}.", "全部{n}份答案一致：{answer}。"),
    "tally.nothing": Wording("none of the options", "一项也没选"),
    "tally.empty": Wording("No option has a vote.", "没有选项得票。"),
    "tally.elected": Wording("Chosen: {elected}.", "当选：{elected}。"),
    "tally.elected_fewer": Wording(
        "Chosen: {elected}. Places left empty, because nobody else has a vote: {left}.",
        "当选：{elected}。其余无人得票，空缺{left}席。",
    ),
    "tally.tie": Wording(
        "A tie: {tied} have {votes} each, and the number of places for them is {left}.",
        "票数相同：{tied}各得{votes}票，剩余{left}席，未能分出先后。",
    ),
    "tally.elected_then_tie": Wording(
        "Chosen: {elected}. Then a tie: {tied} have {votes} each, and the number of places for them is {left}.",
        "当选：{elected}。其后票数相同：{tied}各得{votes}票，剩余{left}席，未能分出先后。",
    ),
    "tally.schulze": Wording(
        "Preferred to all the others: {elected}.", "与其余各项逐一比较均占优：{elected}。"
    ),
    "tally.schulze_tie": Wording(
        "A tie: of {tied} none is preferred to the others, and the number of places for them is {left}.",
        "不分先后：{tied}之间比较不出优先者，剩余{left}席。",
    ),
    "tally.schulze_then_tie": Wording(
        "Preferred to all the others: {elected}. Then a tie: of {tied} none is preferred to the others, "
        "and the number of places for them is {left}.",
        "与其余各项逐一比较均占优：{elected}。其后不分先后：{tied}之间比较不出优先者，剩余{left}席。",
    ),
}

CELLS: Final = {
    "channel.token": Wording("online", "网上"),
    "channel.slip": Wording("by slip", "纸质投票码"),
    "channel.hand": Wording("on paper", "手工纸票"),
    "cells.alone": Wording(
        "{stratum} has {on_roll} on the roll, at least {enough}: it votes under its own name.",
        "“{stratum}”名册上有{on_roll}人，不少于{enough}人：单独计票。",
    ),
    "cells.alone_small": Wording(
        "{stratum} has {on_roll} on the roll, fewer than {enough}, and nobody to join: "
        "its answers are opened only where at least {k} vote by the same way (online, by slip, on paper).",
        "“{stratum}”名册上有{on_roll}人，不足{enough}人，又没有可合并的类别：同一种投票方式（网上、投票码、纸票）满{k}人才开票。",
    ),
    "cells.joined": Wording(
        "Counted together, because one of them has fewer than {enough} on the roll: {strata}.",
        "其中有类别在名册上不足{enough}人，因此合并计票：{strata}。",
    ),
    "cells.joined_small": Wording(
        "Counted together: {strata}. They are still fewer than {enough} on the roll, so their answers are opened "
        "only where at least {k} vote by the same way (online, by slip, on paper).",
        "合并计票：{strata}。合并后名册上仍不足{enough}人，同一种投票方式（网上、投票码、纸票）满{k}人才开票。",
    ),
    "cells.unlike": Wording(
        "{stratum} cannot join {target}: ordinary residents are counted only with ordinary residents.",
        "“{stratum}”不能并入“{target}”：群众只能与群众合并计票。",
    ),
    "cells.too_few": Wording(
        "This poll cannot be secret: on the roll of {strata} there are {on_roll}, fewer than {k}.",
        "本次投票无法做到无记名：{strata}名册上合计{on_roll}人，不足{k}人。",
    ),
    "cells.slips_kept": Wording(
        "{drawn} slips were drawn, at least {k}: they stay.", "已领投票码{drawn}张，不少于{k}张：照常使用。"
    ),
    "cells.slips_none": Wording("No slips were drawn.", "没有人领取投票码。"),
    "cells.slips_returned": Wording(
        "Fewer than {k} slips were drawn: all are voided, and who gives one back votes at the tablet.",
        "领出的投票码不足{k}张：全部作废，交回的人改在平板上投票。",
    ),
    "cells.slips_stuck": Wording(
        "Fewer than {k} slips were drawn, and {obstacle}: they stay, but may end up unopened.",
        "领出的投票码不足{k}张，但{obstacle}：照常使用，最后可能不开票。",
    ),
    "cells.obstacle.cast": Wording("casting has begun", "投票已经开始"),
    "cells.obstacle.token": Wording("this group has no online voting", "这一组没有网上投票"),
    "cells.sheet_alone": Wording(
        "{papers} papers, at least {k}: counted on a sheet of their own.",
        "手工纸票{papers}张，不少于{k}张：单独一张计票单。",
    ),
    "cells.sheet_shared": Wording(
        "Fewer than {k} papers in one group: counted on one sheet for {groups}.",
        "其中一组手工纸票不足{k}张：{groups}合用一张计票单。",
    ),
    "cells.opened": Wording("{ballots} ballots, at least {k}: opened.", "共{ballots}票，不少于{k}票：开票。"),
    "cells.unopened": Wording(
        "Fewer than {k} ballots: counted as cast, but not opened.", "不足{k}票：只计票数，不开票。"
    ),
    "cells.empty": Wording("No ballots.", "没有选票。"),
    "cells.turnout": Wording("At least {number} have taken part.", "已有至少{number}人参加。"),
    "cells.turnout_small": Wording("Fewer than {k} have taken part so far.", "目前参加的不足{k}人。"),
    "cells.told_voter": Wording(
        "If fewer than {k} vote {channel} in your group, these ballots are counted as cast but not opened, "
        "so that nobody can guess your answer.",
        "如果您这一组{channel}投票的不足{k}人，这些票只计票数，不开票，以免有人猜出您的选择。",
    ),
    "cells.told_hand": Wording(
        "If fewer than {k} vote on paper in your group, these papers are counted together with those of {groups}.",
        "如果您这一组手工纸票不足{k}张，就与“{groups}”的手工纸票合并计票。",
    ),
    "cells.batch_waits": Wording(
        "Fewer than {enough} voters are waiting: their ballots wait on.",
        "等候的投票人不足{enough}人：继续等候。",
    ),
    "cells.batch_one": Wording(
        "Fewer than 500 can vote: their ballots are published together, at the close.",
        "有投票权的不足500人：投票结束时一次公布。",
    ),
    "cells.batch_half": Wording(
        "Half of those who waited are published, in the order of their hashes: {ballots} ballots.",
        "等候的选票公布一半，按哈希值排列：共{ballots}票。",
    ),
    "cells.batch_last": Wording(
        "The poll is closed: all that waited is published, {ballots} ballots.",
        "投票已结束：等候的全部公布，共{ballots}票。",
    ),
}

AUDIT: Final = {
    "audit.clear": Wording(
        "{drawn} of {population} papers taken online were drawn by lot. All {counted} were taken by the voters "
        "themselves, they say: with 95% confidence at most {most} of all ({percent}%) were not.",
        "网上领取的{population}张选票中抽查{drawn}张，{counted}张均为本人领取："
        "有95%的把握，非本人领取的至多{most}张（{percent}%）。",
    ),
    "audit.doubts": Wording(
        "{drawn} of {population} papers taken online were drawn by lot. Taken by the voters themselves: {counted}; "
        "not: {no}; not reached: {unreached}. Those not reached counted as not, with 95% confidence at most {most} "
        "of all ({percent}%) were not taken by the voters themselves.",
        "网上领取的{population}张选票中抽查{drawn}张：本人领取{counted}张，非本人领取{no}张，未联系上{unreached}张。"
        "未联系上的按非本人领取计算，有95%的把握，非本人领取的至多{most}张（{percent}%）。",
    ),
}

WORDINGS: Final = {**SHARES, **THRESHOLDS, **PRESETS, **TALLY, **CELLS, **AUDIT}
