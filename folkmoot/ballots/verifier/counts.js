// The numbers of one paper: issued, drawn, accepted, voided, opened, all against one another.

import { utf8 } from "../booth/bytes.js";
import { canonical } from "../booth/canonical.js";
import { isKeyOf } from "./electorate.js";
import { bytesOf } from "./members.js";
import { verify } from "./notes.js";
import { stratumNamed } from "./papers.js";

const MAX_VOTERS_WITH_ONE_BATCH = 499;
const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);

/** Whether a cell of so many voters, or a sheet of so many papers, is opened. */
export function isOpened(voters, k) {
  return voters > 0 && voters >= k;
}

/** Shapes: `log` what the log says of the paper; `accepted` different keys of each cell as the log holds them. */
export class PaperCounts {
  constructor({ paper, cells, log, accepted, findings }) {
    Object.assign(this, { paper, cells, log, findings });
    this.accepted = (cell) => accepted.get(cell.number) ?? 0;
    this.opened = cells.filter((cell) => isOpened(this.accepted(cell), paper.k));
  }

  /** Closing keys of the cells that are to be opened; "" where none was given. */
  keys() {
    return this.closed().filter(([cell]) => this.opened.includes(cell)).map(([cell, said]) => [cell.number, said.key]);
  }

  /** Issued and close list exactly what the paper has. */
  isComplete() {
    const { issued, issuedBy, close } = this.log;
    const parts = String(this.parts().map(({ id }) => id));
    const idsOf = (leaf) => String(leaf.parts.map(({ id }) => id));
    if (issued && idsOf(issued) !== parts) {
      this.findings.add("leaf.incomplete", { index: issued.index, kind: "issued" });
      return false;
    }
    for (const by of issuedBy.values()) {
      if (idsOf(by) === parts) continue;
      this.findings.add("leaf.incomplete", { index: by.index, kind: "issued-by" });
      return false;
    }
    const cells = String(this.cells.map(({ stratum, channel }) => `${stratum.id}/${channel}`));
    const said = close && String(close.cells.map(({ stratum, channel }) => `${stratum}/${channel}`));
    if (close && (idsOf(close) !== parts || said !== cells)) {
      this.findings.add("leaf.incomplete", { index: close.index, kind: "close" });
      return false;
    }
    return true;
  }

  parts() {
    return this.paper.strata.flatMap(({ parts }) => parts);
  }

  /** Papers taken by each part of the roll: tokens, slips, hand papers. */
  taken() {
    const taken = new Map();
    const add = (id, number) => taken.set(id, (taken.get(id) ?? 0) + number);
    this.log.issued?.parts.forEach(({ id, tokens }) => add(id, tokens));
    this.log.close?.parts.forEach(({ id, slips, hand }) => add(id, slips + hand));
    return taken;
  }

  rolls() {
    return new Map((this.log.issued?.parts ?? []).map(({ id, roll }) => [id, roll]));
  }

  /** Check everything but what the openings show. `voted`, `printed`: SHA-256(pk) of slips of a stratum. */
  async check(voted, printed) {
    this.checkRolls();
    for (const [i, registrar] of this.paper.registrars.slice(1).entries()) {
      await this.checkIssuedBy(registrar, this.paper.registrar_keys[i]);
    }
    for (const [cell, said] of this.closed()) this.checkCell(cell, said);
    for (const stratum of this.paper.strata) {
      if (stratum.slip) this.checkSlips(stratum, voted(stratum.id), printed(stratum.id));
    }
    if (this.log.close) this.checkHand(this.log.close);
  }

  /** Nobody votes with tokens of one registrar alone: each has issued as many as were accepted. */
  async checkIssuedBy(registrar, key) {
    const { issuedBy, close } = this.log;
    const leaf = issuedBy.get(registrar);
    if (!leaf) {
      if (close) this.findings.add("issued.missing", { registrar });
      return;
    }
    const { index, kind, sig, ...unsigned } = leaf;
    if (!(await verify(bytesOf(key), bytesOf(sig), utf8(canonical(unsigned))))) this.findings.add("issued.signature", { index, registrar });
    for (const { id: stratum, tokens, roll } of leaf.parts) {
      if (tokens > roll) this.findings.add("issued.roll", { stratum, registrar, tokens, roll });
    }
    for (const cell of this.cells.filter(({ channel }) => channel === "token")) {
      const { stratum } = cell;
      const [issued, accepted] = [this.given(stratum, leaf, "tokens"), this.accepted(cell)];
      if (accepted > issued) this.findings.add("issued.fewer", { stratum: stratum.id, registrar, accepted, issued });
    }
  }

  checkBatches(runs) {
    const isOne = this.log.issued !== null && sum([...this.rolls().values()]) <= MAX_VOTERS_WITH_ONE_BATCH;
    for (const cell of this.cells) {
      const own = runs[cell.number];
      own.finish();
      if (own.count > 1 && (own.short || isOne)) this.find(cell, "batch.order");
    }
  }

  closed() {
    const said = this.log.close?.cells ?? [];
    return this.cells.slice(0, said.length).map((cell, i) => [cell, said[i]]);
  }

  /** Of a stratum's parts: the tokens issued, or the slips drawn. */
  given(stratum, leaf, what) {
    const parts = new Set(stratum.parts.map(({ id }) => id));
    return sum((leaf?.parts ?? []).filter(({ id }) => parts.has(id)).map((part) => part[what]));
  }

  checkRolls() {
    const [rolls, taken] = [this.rolls(), this.taken()];
    for (const { id, parts } of this.paper.strata) {
      const roll = sum(parts.map((part) => rolls.get(part.id) ?? 0));
      if (rolls.size && roll < this.paper.k) this.findings.add("paper.small", { stratum: id, roll, k: this.paper.k });
    }
    for (const [stratum, roll] of rolls) {
      if (taken.get(stratum) > roll) this.findings.add("count.roll", { stratum, taken: taken.get(stratum), roll });
    }
  }

  checkCell(cell, said) {
    const found = this.accepted(cell);
    if (said.accepted !== found) this.find(cell, "count.accepted", { said: said.accepted, found });
    if (cell.channel === "token") {
      const issued = this.given(cell.stratum, this.log.issued, "tokens");
      if (said.issued !== issued) this.find(cell, "count.issued", { said: said.issued, issued });
      if (found > issued) this.find(cell, "count.more_tokens", { accepted: found, issued });
    } else {
      const drawn = this.given(cell.stratum, this.log.close, "slips");
      if (said.issued !== drawn) this.find(cell, "count.drawn", { said: said.issued, drawn });
      if (found > drawn) this.find(cell, "count.more_slips", { accepted: found, issued: drawn });
    }
    this.checkKey(cell, said, found);
  }

  checkKey(cell, { key }, accepted) {
    const holds = isOpened(accepted, this.paper.k);
    if (key && !holds) this.find(cell, "cell.opened", { accepted, k: this.paper.k });
    else if (holds && !key) this.find(cell, "cell.closed", { accepted });
    else if (key && !isKeyOf(key, cell.closing)) this.find(cell, "cell.key");
  }

  checkSlips(stratum, voted, printed) {
    const voids = this.log.voids.get(stratum.id) ?? [];
    const different = new Set(voids);
    const bad = voids.length - [...different].filter((slip) => printed.has(slip)).length;
    const facts = { stratum: stratum.id };
    if (bad) this.findings.add("slips.void", { ...facts, count: bad });
    const both = [...different].filter((slip) => voted.has(slip)).length;
    if (both) this.findings.add("slips.void_voted", { ...facts, count: both });
    const [, said] = this.closed().find(([cell]) => cell.stratum === stratum && cell.channel === "slip") ?? [];
    if (!said) return;
    if (said.void !== voids.length) this.findings.add("count.void", { ...facts, said: said.void, found: voids.length });
    const drawn = this.given(stratum, this.log.close, "slips");
    if (stratum.slip.printed !== drawn + voids.length) {
      this.findings.add("slips.printed", { ...facts, printed: stratum.slip.printed, drawn, void: voids.length });
    }
  }

  checkHand({ parts, sheets }) {
    const hand = sum(parts.map((part) => part.hand));
    const counted = sum(sheets.map(({ papers, spoiled }) => papers + spoiled));
    if (counted > hand) this.findings.add("count.hand", { hand, counted });
    for (const [i, sheet] of sheets.entries()) {
      const strata = sheet.strata.map((name) => stratumNamed(this.paper, name));
      if (!strata.length || !strata.every((stratum) => stratum?.hand)) this.findings.add("count.sheet", { number: i + 1 });
      const isCounted = sheet.totals.length || sheet.rankings.length || sheet.spoiled;
      const accepted = sheet.papers + sheet.spoiled;
      if (isCounted && !isOpened(accepted, this.paper.k)) {
        const facts = { stratum: sheet.strata.join("+"), channel: "hand", accepted, k: this.paper.k };
        this.findings.add("cell.opened", facts);
      }
    }
  }

  find(cell, key, facts = {}) {
    this.findings.add(key, { channel: cell.channel, ...facts, stratum: cell.stratum.id });
  }
}
