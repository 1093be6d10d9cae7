// What a check can find and say, in English and in Chinese: the tables of the kernel's verify/words.py and cli.py, word
// for word. tests/ballots/test_verifier_page.py holds them together.

/** What contradicts a poll. */
export const FAULTS = {
  "checkpoint.missing": [
    "There is no checkpoint, so nothing is proven.",
    "没有校验点，什么都无法证明。",
  ],
  "checkpoint.unsigned": [
    "The checkpoint is not signed as the policy wants: {reason}",
    "校验点没有按信任策略签名。",
  ],
  "checkpoint.witnesses": [
    "The checkpoint is cosigned by {found} witnesses, but the policy wants {needed}.",
    "校验点只有{found}个见证方联署，信任策略要求{needed}个。",
  ],
  "checkpoint.split": [
    "Two different logs are signed with the same name: the checkpoint {name} of size {size} is of another one.",
    "同一名称签署了两本不同的账本：{name}（大小{size}）属于另一本。",
  ],
  "checkpoint.shortened": [
    "The checkpoint {name} shows {size} entries, but the log now has only {now}.",
    "校验点{name}显示有{size}条记录，而现在的账本只有{now}条。",
  ],
  "log.missing": [
    "A part of the log is missing: {path}.",
    "账本缺少一部分：{path}。",
  ],
  "log.unreadable": [
    "A part of the log cannot be read: {path}.",
    "账本有一部分无法读取：{path}。",
  ],
  "log.root": [
    "The {size} entries of the log do not give the root that was signed.",
    "账本的{size}条记录算不出已签名的根。",
  ],
  "log.tile": [
    "The hashes in {path} are not those of the entries.",
    "{path}中的哈希与记录不符。",
  ],
  "log.origin": [
    "The log is called {found}, but a log of this poll is called {expected}.",
    "账本名称是{found}，而本次投票的账本应叫{expected}。",
  ],
  "leaf.refused": [
    "Entry {index} is no entry of a poll in its one spelling: {reason}",
    "第{index}条不是投票账本的规范记录。",
  ],
  "leaf.place": [
    "Entry {index} ({kind}) stands in the wrong place.",
    "第{index}条（{kind}）出现的位置不对。",
  ],
  "leaf.twice": [
    "Entry {index} ({kind}) is there twice.",
    "第{index}条（{kind}）重复出现。",
  ],
  "leaf.stranger": [
    "Entry {index} ({kind}) names a paper or a stratum that does not exist.",
    "第{index}条（{kind}）指向不存在的选票或类别。",
  ],
  "leaf.incomplete": [
    "Entry {index} ({kind}) does not list exactly the cells, strata or rules of its paper.",
    "第{index}条（{kind}）没有完整列出该选票的计票单元、类别或规则。",
  ],
  "paper.none": [
    "The log holds no paper.",
    "账本中没有选票。",
  ],
  "paper.poll": [
    "Entry {index} belongs to another poll, {poll}.",
    "第{index}条属于另一次投票{poll}。",
  ],
  "paper.key": [
    "A key of stratum {stratum} is no key, or is used twice.",
    "类别{stratum}的一个密钥不可用或重复使用。",
  ],
  "paper.joined": [
    "Stratum {stratum} joins ordinary residents with others.",
    "类别{stratum}把普通群众和其他人合在一起。",
  ],
  "paper.small": [
    "Stratum {stratum} has {roll} on its roll, fewer than {k}: it cannot be secret.",
    "类别{stratum}名册只有{roll}人，少于{k}人，无法保密。",
  ],
  "poll.broken": [
    "The organiser has declared this poll broken: {reason}",
    "组织方已宣布本次投票作废：{reason}",
  ],
  "slips.list": [
    "The list of printed slips of stratum {stratum} does not fit the paper.",
    "类别{stratum}的纸质投票码清单与选票不符。",
  ],
  "slips.printed": [
    "In stratum {stratum} {printed} slips were printed, but {drawn} drawn and {void} voided.",
    "类别{stratum}印了{printed}张纸质投票码，却有{drawn}张领出、{void}张作废。",
  ],
  "slips.void": [
    "In stratum {stratum} {count} voided slips are not printed ones, or are voided twice.",
    "类别{stratum}有{count}张作废的投票码不在清单中或重复作废。",
  ],
  "slips.void_voted": [
    "In stratum {stratum} {count} voided slips have voted.",
    "类别{stratum}有{count}张已作废的投票码投了票。",
  ],
  "ballot.signature": [
    "The ballot in entry {index} is not signed by its own key.",
    "第{index}条选票的签名与其密钥不符。",
  ],
  "ballot.high_s": [
    "The signature of the ballot in entry {index} is in its forbidden spelling.",
    "第{index}条选票的签名使用了不允许的写法。",
  ],
  "ballot.channel": [
    "The ballot in entry {index} came by a channel that stratum {stratum} does not have.",
    "第{index}条选票使用了类别{stratum}没有的投票方式。",
  ],
  "ballot.twice": [
    "The ballot in entry {index} has the same key and number as another.",
    "第{index}条选票与另一张的密钥和序号相同。",
  ],
  "credential.number": [
    "The ballot in entry {index} has not one token from each registrar.",
    "第{index}条选票没有每个发票处各一个匿名凭证。",
  ],
  "credential.key": [
    "The token in entry {index} belongs to another voter's key.",
    "第{index}条的匿名凭证属于另一个投票密钥。",
  ],
  "credential.stratum": [
    "The token in entry {index} is one of another stratum.",
    "第{index}条的匿名凭证属于另一个类别。",
  ],
  "credential.registrar": [
    "The token in entry {index} is one of another registrar.",
    "第{index}条的匿名凭证属于另一个发票处。",
  ],
  "credential.paper": [
    "The token in entry {index} is for another paper, registrar or box.",
    "第{index}条的匿名凭证属于另一张选票、发票处或票箱。",
  ],
  "credential.signature": [
    "The token in entry {index} was not signed by the registrar.",
    "第{index}条的匿名凭证不是发票处签发的。",
  ],
  "credential.slip": [
    "The slip in entry {index} was never printed for stratum {stratum}.",
    "第{index}条的投票码不是为类别{stratum}印制的。",
  ],
  "credential.replayed": [
    "The key of entry {index} has voted in another paper or stratum, too.",
    "第{index}条的密钥还在另一张选票或类别中投过票。",
  ],
  "slip.revoted": [
    "The slip in entry {index} has voted more than once.",
    "第{index}条的投票码投了不止一次。",
  ],
  "count.roll": [
    "In stratum {stratum} {taken} papers were taken, but only {roll} are on the roll.",
    "类别{stratum}发出{taken}张选票，名册却只有{roll}人。",
  ],
  "count.issued": [
    "Close says {said} tokens were issued in stratum {stratum}, but issuing says {issued}.",
    "结束记录称类别{stratum}发出{said}个匿名凭证，发票记录却是{issued}个。",
  ],
  "count.drawn": [
    "Close says {said} slips were drawn in stratum {stratum}, but its parts say {drawn}.",
    "结束记录称类别{stratum}领出{said}张投票码，分项合计却是{drawn}张。",
  ],
  "count.accepted": [
    "Close says {said} voted by {channel} in stratum {stratum}, but the log holds {found}.",
    "结束记录称类别{stratum}有{said}人以{channel}方式投票，账本中却是{found}人。",
  ],
  "count.void": [
    "Close says {said} slips of stratum {stratum} were voided, but the log voids {found}.",
    "结束记录称类别{stratum}作废{said}张投票码，账本中却是{found}张。",
  ],
  "count.more_tokens": [
    "In stratum {stratum} {accepted} voted with tokens, but only {issued} were issued.",
    "类别{stratum}有{accepted}人用匿名凭证投票，却只发出{issued}个。",
  ],
  "count.more_slips": [
    "In stratum {stratum} {accepted} voted with slips, but only {issued} were drawn.",
    "类别{stratum}有{accepted}人用投票码投票，却只领出{issued}张。",
  ],
  "issued.missing": [
    "Registrar {registrar} has not said how many tokens it issued.",
    "发票处{registrar}没有公布发出了多少个匿名凭证。",
  ],
  "issued.signature": [
    "What registrar {registrar} is said to have issued in entry {index} is not signed by it.",
    "第{index}条所称发票处{registrar}的发票数没有该处的签名。",
  ],
  "issued.roll": [
    "In stratum {stratum} registrar {registrar} issued {tokens} tokens, but only {roll} are on its roll.",
    "类别{stratum}中发票处{registrar}发出{tokens}个匿名凭证，它的名册却只有{roll}人。",
  ],
  "issued.fewer": [
    "In stratum {stratum} {accepted} voted with tokens, but registrar {registrar} issued only {issued}.",
    "类别{stratum}有{accepted}人用匿名凭证投票，发票处{registrar}却只发出{issued}个。",
  ],
  "count.hand": [
    "The sheets of the hand papers do not fit the {hand} papers given: {counted} were counted.",
    "手工票发出{hand}张，计票表上却是{counted}张。",
  ],
  "count.sheet": [
    "Sheet {number} of the hand papers cannot be counted.",
    "第{number}张手工计票表无法计票。",
  ],
  "cell.opened": [
    "Stratum {stratum} has only {accepted} voters by {channel}, fewer than {k}, and was opened.",
    "类别{stratum}以{channel}方式投票的只有{accepted}人，少于{k}人，却被开票。",
  ],
  "cell.closed": [
    "Stratum {stratum} has {accepted} voters by {channel} and was not opened.",
    "类别{stratum}有{accepted}人以{channel}方式投票，却没有开票。",
  ],
  "cell.key": [
    "The key that should open stratum {stratum} ({channel}) is another one.",
    "用于开启类别{stratum}（{channel}）的密钥不对。",
  ],
  "batch.order": [
    "The ballots of stratum {stratum} ({channel}) are not in the order of batches: their order may tell who voted.",
    "类别{stratum}（{channel}）的选票没有按批次排序，顺序可能暴露投票人。",
  ],
  "opening.stranger": [
    "Entry {index} opens a ballot that does not count or does not exist.",
    "第{index}条打开了一张不计票或不存在的选票。",
  ],
  "opening.closed_cell": [
    "Entry {index} opens a ballot of a stratum that must stay closed.",
    "第{index}条打开了不应开票的类别中的选票。",
  ],
  "opening.refused": [
    "Entry {index} opens a ballot with another answer than it was cast with.",
    "第{index}条给出的答案与投票时的不一致。",
  ],
  "opening.twice": [
    "Entry {index} opens a ballot a second time.",
    "第{index}条重复打开同一张选票。",
  ],
  "opening.order": [
    "The openings are not in ascending order.",
    "开票记录没有按升序排列。",
  ],
  "opening.missing": [
    "The ballot in entry {index} was neither opened nor declared spoiled.",
    "第{index}条选票既没有开票，也没有宣布为废票。",
  ],
  "spoiled.stranger": [
    "Entry {index} declares a ballot spoiled that does not count, or with another sealed answer.",
    "第{index}条宣布的废票不计票，或密封内容不符。",
  ],
  "spoiled.opens": [
    "Entry {index} declares a ballot spoiled that can be opened.",
    "第{index}条宣布为废票的选票其实可以打开。",
  ],
  "result.differs": [
    "The result in entry {index} is not what the ballots and sheets give.",
    "第{index}条的结果与选票和计票表算出的不一致。",
  ],
  "result.lot": [
    "The result in entry {index} needs a lot and names no seed.",
    "第{index}条的结果需要抽签，却没有给出种子。",
  ],
  "composition.result": [
    "The result in entry {index} says that the rule of composition {rule} was kept: it was not.",
    "第{index}条的结果称人员构成规则{rule}得到遵守，实际没有。",
  ],
  "composition.denied": [
    "The result in entry {index} says that the rule of composition {rule} was broken: it was kept.",
    "第{index}条的结果称人员构成规则{rule}被违反，实际得到遵守。",
  ],
  "promise.refused": [
    "The promise {name} is not one of this box: {reason}",
    "收票回执{name}不是这个票箱签发的。",
  ],
  "promise.broken": [
    "The ballot of the promise {name} is not in the log.",
    "收票回执{name}对应的选票不在账本中。",
  ],
};

/** What is to be known, and no fault. */
export const NOTES = {
  "poll.advisory": [
    "This is an open poll: those who took part chose to. It is advisory, and the number on its roll is the population.",
    "这是开放投票：参加的人自愿参与，结果仅供参考；名册人数即当地人口数。",
  ],
  "poll.running": [
    "The poll has not been closed: this is how far it has come.",
    "投票尚未结束，以上是目前的情况。",
  ],
  "poll.uncounted": [
    "The poll is closed, but its result is not in the log yet.",
    "投票已结束，结果尚未写入账本。",
  ],
  "poll.unwitnessed": [
    "No witness is asked for: whoever keeps the log could show somebody else another one.",
    "没有要求见证方：账本保管者可能向别人出示另一本账本。",
  ],
  "policy.included": [
    "The policy came with the log: compare its keys with those that were announced before the poll.",
    "信任策略随账本提供，请与投票前公布的密钥核对。",
  ],
  "promise.waiting": [
    "The ballot of the promise {name} is not in the log yet; it is promised for later.",
    "收票回执{name}对应的选票尚未进入账本，承诺时间未到。",
  ],
};

/** How Chinese calls what facts name in English. */
export const NAMES = {
  token: "匿名凭证",
  slip: "纸质投票码",
  hand: "手工票",
  ballot: "选票",
  paper: "选票说明",
  issued: "发票记录",
  "issued-by": "另一发票处的发票记录",
  void: "作废记录",
  close: "结束记录",
  opening: "开票记录",
  result: "结果",
};

/** The lines of a report, and what is said while one is made. */
export const TEXTS = {
  poll: [
    "Poll {poll}, log {origin}: {size} entries.",
    "投票{poll}，账本{origin}：共{size}条记录。",
  ],
  papers: [
    "  {taken} of {roll} on the roll took a paper. {accepted} voted, {spoiled} of them spoiled.",
    "  名册{roll}人，领取选票{taken}人；投票{accepted}人，其中废票{spoiled}张。",
  ],
  unopened: [
    "  Ballots that stay closed, because their group is too small: {unopened}.",
    "  因所在组人数太少而不开票的选票：{unopened}张。",
  ],
  uncounted: [
    "  Not counted yet.",
    "  尚未计票。",
  ],
  elected: [
    "elected",
    "当选",
  ],
  tied: [
    "tied",
    "并列",
  ],
  right: [
    "Nothing contradicts this poll.",
    "未发现任何问题。",
  ],
  wrong: [
    "This poll is not in order:",
    "本次投票存在问题：",
  ],
  notes: [
    "To be known:",
    "请注意：",
  ],
  unchecked: [
    "The poll could not be checked: {reason}",
    "无法核验：{reason}",
  ],
  reading: [
    "{done} of {size} entries",
    "已读{done}/{size}条",
  ],
};
