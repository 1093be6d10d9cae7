// Whom a checker trusts: logs, witnesses, and how many of these have to have seen a checkpoint. C2SP tlog-policy.

import { Refused } from "../booth/refused.js";
import { COSIGNATURE, ED25519, isSameKey, openNote, readCheckpoint, readKey } from "./notes.js";

const MAX_LINES = 1_000;

/** A checkpoint that too few have cosigned. */
export class TooFewWitnesses extends Refused {
  constructor(found, needed) {
    super(`The checkpoint has to be cosigned by ${needed} of the known witnesses, but it is by ${found}.`);
    Object.assign(this, { found, needed });
  }
}

export class Policy {
  constructor() {
    this.logs = [];
    this.witnesses = new Map();
    this.groups = new Map();
    this.members = new Set();
    this.quorum = "";
  }

  /** Read a policy file. Raises Refused, with the line. */
  static async read(bytes) {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    const lines = text.split("\n");
    if (lines.length > MAX_LINES || /[\0-\x08\x0b-\x1f]/.test(text)) {
      throw badLine(0, "it is too long or holds control characters");
    }
    const policy = new Policy();
    for (const [i, line] of lines.entries()) {
      const words = line.match(/[^ \t]+/g) ?? [];
      if (!words.length || words[0].startsWith("#")) continue;
      try {
        await policy.take(words);
      } catch (error) {
        throw badLine(i + 1, error.code);
      }
    }
    if (!policy.quorum) throw badLine(lines.length, "no quorum is named");
    return policy;
  }

  log(origin) {
    return this.logs.find(({ name }) => name === origin);
  }

  /** The least number of witnesses that can meet the quorum. */
  get needed() {
    const least = new Map([["none", 0], ...[...this.witnesses.keys()].map((name) => [name, 1])]);
    for (const [name, { needed, members }] of this.groups) {
      const each = members.map((member) => least.get(member)).sort((one, other) => one - other);
      least.set(name, each.slice(0, needed).reduce((sum, number) => sum + number, 0));
    }
    return least.get(this.quorum);
  }

  /** Read a checkpoint that one of the logs has signed and a quorum has cosigned. Raises Refused, TooFewWitnesses. */
  async openCheckpoint(bytes) {
    const { text, made } = await openNote(bytes, [...this.logs, ...this.witnesses.values()]);
    const log = this.logs.find((key) => made.has(key));
    if (!log) throw new Refused("The note carries no signature of a key that is known here.");
    if (!this.isMet(made)) {
      const found = [...this.witnesses.values()].filter((key) => made.has(key)).length;
      throw new TooFewWitnesses(found, this.needed);
    }
    const checkpoint = readCheckpoint(text);
    if (checkpoint.origin !== log.name) {
      throw new Refused(`The checkpoint is of the log '${checkpoint.origin}', not of '${log.name}'.`);
    }
    return checkpoint;
  }

  /** Whether these keys are a quorum. A group stands after its members, so nothing has to recurse. */
  isMet(made) {
    const met = new Map([["none", true], ...[...this.witnesses].map(([name, key]) => [name, made.has(key)])]);
    for (const [name, { needed, members }] of this.groups) {
      met.set(name, members.filter((member) => met.get(member)).length >= needed);
    }
    return met.get(this.quorum);
  }

  async take([verb, ...words]) {
    const [name, ...rest] = words;
    if (verb === "log" && (words.length === 1 || words.length === 2)) {
      this.logs.push(await keyOf(name, ED25519, this.logs));
    } else if (verb === "witness" && (words.length === 2 || words.length === 3)) {
      this.define(name);
      this.witnesses.set(name, await keyOf(rest[0], COSIGNATURE, [...this.witnesses.values()]));
    } else if (verb === "group" && words.length > 2) {
      this.define(name);
      this.groups.set(name, this.group(rest[0], rest.slice(1)));
    } else if (verb === "quorum" && words.length === 1 && !this.quorum && (name === "none" || this.isDefined(name))) {
      this.quorum = name;
    } else {
      throw new Refused("it is not a line of a policy, or names what no line before it defines");
    }
  }

  isDefined(name) {
    return this.witnesses.has(name) || this.groups.has(name);
  }

  define(name) {
    if (name === "none" || this.isDefined(name)) throw new Refused("its name is taken");
  }

  group(needed, members) {
    const isTwice = new Set(members).size !== members.length || members.some((member) => this.members.has(member));
    if (isTwice || !members.every((member) => this.isDefined(member))) {
      throw new Refused("a member is not defined before, or is a member twice");
    }
    members.forEach((member) => this.members.add(member));
    const said = needed === "all" ? members.length : needed === "any" ? 1 : needed;
    const number = /^[1-9][0-9]{0,3}$/.test(said) ? Number(said) : 0;
    if (!number) throw new Refused("it says neither all, any nor a number");
    if (number > members.length) throw new Refused("it needs more members than it has");
    return { needed: number, members };
  }
}

async function keyOf(text, kind, others) {
  const key = await readKey(text);
  if (key.kind !== kind || others.some((other) => isSameKey(key, other))) {
    throw new Refused("its key is of the wrong kind, or is there twice");
  }
  return key;
}

function badLine(line, reason) {
  return new Refused(`Line ${line} of the policy cannot be used: ${reason}.`);
}
