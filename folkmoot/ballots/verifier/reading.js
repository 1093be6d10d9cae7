// The log read once from front to back: its root, the place of every leaf, the order of ballots.

import { concat, isSame } from "../booth/bytes.js";
import { isTwoPhase } from "../booth/papers.js";
import { Refused } from "../booth/refused.js";
import { bytesOf, keyOf } from "./members.js";
import { stratumNamed } from "./papers.js";
import { packCast, packOpened, Rows } from "./rows.js";
import { Edge, edgeOf, tilesAbove } from "./tree.js";

/** A cell's ballots as they come: cut into runs of ascending leaf hashes, each of which hides k keys. */
class Runs {
  constructor(k) {
    Object.assign(this, { k, count: 0, short: 0, last: "", keys: new Set() });
  }

  see(hash, pk) {
    if (hash <= this.last) this.end();
    this.last = hash;
    if (this.keys.size < this.k) this.keys.add(pk);
  }

  finish() {
    if (this.keys.size) this.end();
  }

  end() {
    this.count++;
    if (this.keys.size < this.k) this.short++;
    this.keys.clear();
  }
}

/** Takes the bundles of a log in their order. `promised` are leaf hashes that voters hold promises for. */
export class Reading {
  constructor(electorate, findings, promised) {
    Object.assign(this, { electorate, findings, promised });
    this.papers = electorate.papers.map(() => ({ issued: null, issuedBy: new Map(), close: null, result: null, voids: new Map() }));
    this.runs = electorate.cells.map(({ paper }) => new Runs(electorate.papers[paper].k));
    Object.assign(this, { casts: new Rows(), opened: new Rows(), spoiled: [], slips: new Map(), kept: new Set() });
    Object.assign(this, { full: [], rest: new Edge(), isLeading: true });
  }

  take({ full, edge, entries, finding }) {
    if (finding) this.findings.add(finding.key, finding.facts);
    if (full) this.full.push(full);
    else this.rest = edge;
    for (const { finding: found } of entries) if (found) this.findings.add(found.key, found.facts);
    for (const entry of entries) {
      const hash = keyOf(entry.hash);
      if (this.promised.has(hash)) this.kept.add(hash);
      if (entry.ballot) this.takeBallot(entry, hash);
      else if (entry.leaf) this.takeLeaf(entry.index, entry.leaf);
    }
  }

  edge() {
    return edgeOf(this.full, this.rest);
  }

  /** Compare the tiles above the leaf hashes with what the entries give. */
  async checkTiles(fetch) {
    for await (const [path, hashes] of tilesAbove(this.full)) {
      try {
        if (!isSame(await fetch(path), concat(...hashes))) this.findings.add("log.tile", { path });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.findings.add("log.missing", { path });
      }
    }
  }

  takeBallot({ index, ballot, cell, slip }, hash) {
    const log = this.papers[cell.paper];
    this.isLeading = false;
    if (log.close || (isTwoPhase(this.electorate.papers[cell.paper]) && !log.issued)) {
      this.findings.add("leaf.place", { index, kind: "ballot" });
    }
    this.runs[cell.number].see(hash, keyOf(ballot.pk));
    if (slip) addTo(this.slips, `${ballot.paper}/${ballot.stratum}`, slip);
    // The last byte of a point is as good as chance.
    this.casts.add(ballot.pk[ballot.pk.length - 1], packCast({ ...ballot, cell: cell.number, entry: index }));
  }

  takeLeaf(index, leaf) {
    if (leaf.kind === "opening") {
      const c = bytesOf(leaf.c);
      this.opened.add(c[0], packOpened({ entry: index, c, r: bytesOf(leaf.r), a: bytesOf(leaf.a) }));
    } else if (leaf.kind === "spoiled") {
      this.spoiled.push({ entry: index, c: bytesOf(leaf.c), o: bytesOf(leaf.o) });
    } else if (leaf.kind === "broken") {
      this.findings.add("poll.broken", { reason: leaf.reason });
    } else if (leaf.kind === "paper") {
      this.takePaper(index, leaf);
    } else {
      this.takeCount(index, leaf);
    }
  }

  takePaper(index, { poll }) {
    if (index >= this.papers.length || !this.isLeading) this.findings.add("leaf.place", { index, kind: "paper" });
    else if (poll !== this.electorate.papers[0].poll) this.findings.add("paper.poll", { index, poll });
  }

  takeCount(index, leaf) {
    this.isLeading = false;
    const { kind } = leaf;
    const number = this.electorate.numberOf.get(leaf.paper);
    if (number === undefined || (kind === "void" && !stratumNamed(this.electorate.papers[number], leaf.stratum))) {
      this.findings.add("leaf.stranger", { index, kind });
      return;
    }
    const log = this.papers[number];
    if (kind === "void") {
      if (log.result) this.findings.add("leaf.place", { index, kind });
      if (!log.voids.has(leaf.stratum)) log.voids.set(leaf.stratum, []);
      log.voids.get(leaf.stratum).push(...leaf.hashes.map(bytesOf).map(keyOf));
    } else if (kind === "issued-by") {
      this.takeIssuedBy(index, leaf, { log, paper: this.electorate.papers[number] });
    } else if (log[kind]) {
      this.findings.add("leaf.twice", { index, kind });
    } else {
      const isEarly = (kind === "close" && !log.issued) || (kind === "result" && !log.close);
      if (isEarly) this.findings.add("leaf.place", { index, kind });
      log[kind] = { index, ...leaf };
    }
  }

  takeIssuedBy(index, leaf, { log, paper }) {
    const facts = { index, kind: leaf.kind };
    if (!paper.registrars.slice(1).includes(leaf.registrar)) this.findings.add("leaf.stranger", facts);
    else if (log.issuedBy.has(leaf.registrar)) this.findings.add("leaf.twice", facts);
    else {
      if (log.close) this.findings.add("leaf.place", facts);
      log.issuedBy.set(leaf.registrar, { index, ...leaf });
    }
  }
}

function addTo(map, name, value) {
  if (!map.has(name)) map.set(name, new Set());
  map.get(name).add(value);
}
