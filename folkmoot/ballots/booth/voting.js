// What a voter does in the booth, from coming in until the ballot is counted.

import { objectTo, sizeOfLog } from "./box.js";
import { Flow } from "./flow.js";
import { pause } from "./line.js";
import { ballotsOf, dropOpenings, fillAll, followAll, isFollowed, openSpoiled, raise, sendAll } from "./sending.js";
import { beginWithClaims, beginWithSlip, hashOf, isOf, isWaiting, joinClaim, papersHeld, registrarLeft, stageOf } from "./sittings.js";

const SENDING = { first: 3_000, most: 60_000 };
const ASKING = { first: 5_000, most: 60_000 };
const FOLLOWING = { first: 3_000, most: 600_000 };
const MOVING = ["offline", "busy", "cannot-store", "not-open", "stranger"]; // what may pass by itself

export class Voting extends Flow {
  // coming in

  async comeBack() {
    const known = await this.store.all();
    if (!known.length) return this.show("start");
    if (known.length === 1) return this.resume(known[0]);
    this.choosing = { known };
    return this.show("whose");
  }

  /** Go on where somebody stood; one of `claims` may be the one that was missing. */
  resume(sitting, claims = []) {
    this.sitting = sitting;
    const wanted = claims.find(isOf(registrarLeft(sitting)));
    if (wanted) return this.join(wanted);
    dropOpenings(sitting, this.now);
    this.keep();
    if (stageOf(sitting, this.now) === "casting") return this.send();
    return this.goOn();
  }

  async enterClaims(claims, complain) {
    const claimHash = await hashOf(claims[0].claim);
    const known = await this.store.all();
    const same = known.find((sitting) => sitting.claimHash === claimHash || sitting.claimHashes?.includes(claimHash));
    if (same) return this.resume(same);
    try {
      const fresh = await beginWithClaims(claims, { ...this.address, language: this.language });
      const others = known.filter(({ poll }) => poll === fresh.poll);
      if (!others.length) return this.beginWith(fresh);
      this.choosing = { known: others, claims, fresh: () => this.beginWith(fresh) };
      return this.show("whose");
    } catch (trouble) {
      return this.notIn(trouble, complain, () => this.enterClaims(claims));
    }
  }

  /** The code of the other registrar has come. */
  async join(claim, complain) {
    try {
      await joinClaim(this.sitting, claim, this.language);
    } catch (trouble) {
      return this.notIn(trouble, complain, () => this.join(claim));
    }
    return this.beginWith(this.sitting);
  }

  async enterSlip(code, poll, complain) {
    const slipHash = await hashOf(code);
    const same = (await this.store.all()).find((sitting) => sitting.slipHash === slipHash);
    if (same) return this.resume(same);
    try {
      const { box, key } = this.address;
      return await this.beginWith({ ...(await beginWithSlip(code, { box, poll, key })), slipHash });
    } catch (trouble) {
      return this.notIn(trouble, complain, () => this.enterSlip(code, poll));
    }
  }

  async beginWith(sitting) {
    this.sitting = sitting;
    await this.keep();
    return this.goOn();
  }

  /** A door that stays shut: said at the field, or on a page of its own that tries again where that can help. */
  notIn(trouble, complain, again) {
    if (complain) return complain(this.explain(trouble));
    this.trouble = trouble;
    this.again = this.willRetry(trouble) ? again : null;
    return this.show("outside");
  }

  takenElsewhere() {
    for (const each of this.sitting.papers) Object.assign(each, { asked: null, taken: each.holding ? each.taken : "token" });
    return this.keep().then(() => this.show("papers"));
  }

  // standing in line, at an open poll to which many come at once

  /** The registrar lets nobody in just now: this part waits, and asks again. */
  async standInLine({ title }, ask) {
    if (this.route === "line") return this.askLater(ask);
    Object.assign(this.sitting, { isInLine: true });
    [this.lineTold, this.asks] = [title, 0];
    await this.keep();
    return this.show("line");
  }

  askLater(ask) {
    this.later(pause((this.asks = (this.asks ?? 0) + 1) - 1, ASKING), ask);
  }

  /** What may pass by itself is waited out; what was decided ends the waiting, and its reason is shown. */
  async leaveLine(trouble, ask) {
    if (this.willRetry(trouble)) return this.askLater(ask);
    this.sitting.isInLine = false;
    await this.keep();
    [this.trouble, this.again] = [trouble, null];
    return this.show("outside");
  }

  // waiting for the word

  /** The calendar's moment has come, or the log shows that papers are counted: then the word is near. */
  async lookForOpening() {
    const { sitting } = this;
    const { casts } = papersHeld(sitting)[0].paper.calendar;
    if (casts) return isWaiting(sitting, this.now) || this.goOn();
    try {
      const size = await sizeOfLog(sitting.box, sitting.poll, sitting.key);
      if (this.route === "waiting" && size > sitting.papers.length) await this.callOpen();
    } catch {
      // a lost line: the next look will tell
    }
    return undefined;
  }

  callOpen() {
    this.sitting.isCalled = true;
    return this.keep().then(() => this.goOn());
  }

  // casting

  /** Keeps this voter's part where it is kept now, also when the tablet has gone on to the next voter. */
  keeper() {
    const { store, sitting } = this;
    return () => store.put(sitting);
  }

  voteAgain() {
    this.isAgain = true;
    return this.go("question");
  }

  async castAll() {
    this.isAgain = false;
    await fillAll(this.sitting, this.keep);
    return this.send();
  }

  async send(times = 0) {
    const { sitting } = this;
    if (this.sending === sitting) return; // it is on its way already
    [this.sending, this.trouble, this.times] = [sitting, null, times];
    await this.show("casting");
    try {
      await sendAll(sitting, { language: this.language, keep: this.keeper() });
    } catch (trouble) {
      if (this.sitting === sitting) this.trouble = trouble;
    } finally {
      if (this.sending === sitting) this.sending = null;
    }
    if (this.sitting === sitting) await this.show(this.trouble ? "casting" : "kept");
  }

  /** Again by itself, later each time. Called by the page, so that it holds however often the page is drawn. */
  retry() {
    this.later(pause(this.times, SENDING), () => this.send(this.times + 1));
  }

  /** The line or the reader is back: what waits is done now. */
  wake() {
    if (!this.sitting) return undefined;
    if (this.route === "casting" && this.trouble && this.willRetry(this.trouble)) return this.send();
    if (this.route === "kept" && !this.isTablet && isFollowed(this.sitting)) return this.followNow();
    return this.route === "waiting" ? this.lookForOpening() : undefined;
  }

  willRetry({ code }) {
    return MOVING.includes(code);
  }

  async replaceOther() {
    await raise(this.sitting, this.keep);
    return this.send();
  }

  /** What the box will not take is thrown away; what it has stays. */
  async giveUp() {
    for (const each of papersHeld(this.sitting)) each.pending = null;
    await this.keep();
    return this.goOn();
  }

  isClosed() {
    const { closes } = papersHeld(this.sitting)[0].paper.calendar;
    return closes > 0 && this.now >= closes;
  }

  // following

  follow(times = 0) {
    this.later(pause(times, FOLLOWING), () => this.followNow(times));
  }

  async followNow(times = 0) {
    const { sitting } = this;
    this.quiet(); // whoever asks now need not be asked later as well
    let isChanged = false;
    try {
      const keep = this.keeper();
      isChanged = await followAll(sitting, { now: this.now, keep });
      isChanged = (await openSpoiled(sitting, { language: this.language, keep })) || isChanged;
    } catch {
      // a lost line: later again
    }
    if (this.sitting !== sitting || this.route !== "kept") return;
    if (isChanged) await this.show("kept");
    else if (isFollowed(sitting)) this.follow(times + 1);
  }

  /** Open with the box what the count could not open; gives what to say. */
  async objectAll() {
    try {
      for (const { opening } of ballotsOf(this.sitting)) if (opening) await objectTo(this.sitting.box, this.sitting.poll, opening, this.language);
      return this.t("opened-it");
    } catch (trouble) {
      return this.explain(trouble);
    }
  }

  async forget() {
    await this.store.drop(this.sitting.id);
    this.sitting = null;
    return this.show("start");
  }
}
