// The tablet of a hall: after each voter it is as it was before. Nothing is stored, nothing is in the history, and
// whoever walks away in the middle leaves nothing to the next one.

import { openStore } from "./store.js";
import { chooseLanguage } from "./speech.js";

const IDLE_MILLISECONDS = 90_000;

/** Begin with the first voter, and again whenever nobody has touched the tablet for a while. */
export function guardTablet(booth) {
  let idle;
  const touched = () => {
    clearTimeout(idle);
    idle = setTimeout(() => booth.reset(), IDLE_MILLISECONDS);
  };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touched, { passive: true });

  booth.reset = async () => {
    Object.assign(booth, { sitting: null, trouble: null, again: null, choosing: null, seed: null, remember: null, trail: [] });
    booth.store = await openStore({ isTablet: true });
    booth.choose(chooseLanguage(booth.address.lang, navigator.languages));
    await booth.show("start");
  };
  // The back button finds one page only: this one.
  history.pushState(history.state, "");
  booth.returnTo = () => {
    history.pushState(history.state, "");
    return booth.draw();
  };
  touched();
}
