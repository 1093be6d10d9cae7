// The ten checks of "What a verifier does", as a reader sees them.

/** Each check, and how the keys of its findings begin. The first that fits has the finding. */
const STEPS = [
  ["checkpoint", ["checkpoint."]],
  ["log", ["log."]],
  ["leaf", ["leaf.", "paper.", "poll."]],
  ["ballot", ["ballot.", "credential.", "slip.", "slips.list"]],
  ["count", ["count.", "cell.", "slips."]],
  ["composition", ["composition."]],
  ["batch", ["batch."]],
  ["opening", ["opening.", "spoiled."]],
  ["result", ["result."]],
  ["promise", ["promise."]],
];
const READ_FIRST = 2; // the checks before the entries are read

/** The check to which a finding belongs. */
export function stepOf(key) {
  return STEPS.find(([, beginnings]) => beginnings.some((beginning) => key.startsWith(beginning)))[0];
}

/** For each check { name, state, faults }; state is "in-order", "not-in-order", "waiting", "unchecked" or "none". */
export function stepsOf({ findings, isWhole, promised }) {
  const has = (key) => findings.some((finding) => finding.key === key);
  const isWaiting = { opening: has("poll.running"), result: has("poll.running") || has("poll.uncounted"), promise: has("promise.waiting") };
  return STEPS.map(([name], place) => {
    const faults = findings.filter((finding) => finding.isFault && stepOf(finding.key) === name);
    if (faults.length) return { name, faults, state: "not-in-order" };
    if (!isWhole && place >= READ_FIRST) return { name, faults, state: "unchecked" };
    if (isWaiting[name]) return { name, faults, state: "waiting" };
    return { name, faults, state: name === "promise" && !promised ? "none" : "in-order" };
  });
}
