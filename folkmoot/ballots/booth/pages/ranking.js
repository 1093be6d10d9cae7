// Ranking with buttons only: put next, up, down, take out. Works with a finger, a keyboard and a reader aloud.

import { h } from "../dom.js";
import { inWords } from "./parts.js";

export function ranking(app, each, changed) {
  const { options } = each.paper.scale;
  let order = [...(each.choices ?? [])];
  let isLeft = each.isLeft;
  const list = h("ol", { class: "ranked", "aria-labelledby": "question" });
  const rest = h("ul", { class: "unranked" });
  const told = h("p", { class: "unseen", role: "status" });
  const leave = h("input", { type: "checkbox", checked: isLeft, on: { change: () => ((isLeft = leave.checked), (order = isLeft ? [] : order), draw()) } });

  const act = (name, place, change) => {
    const label = app.words(options[place]).text;
    const button = h("button", { type: "button", class: `small ${name}`, "data-key": `${name}-${place}`, "aria-label": app.t(`rank-${name}-of`, { label }) }, app.t(`rank-${name}`));
    button.addEventListener("click", () => {
      change();
      isLeft = leave.checked = false;
      changed();
      draw(`${name}-${place}`, place);
      const at = order.indexOf(place);
      told.textContent = at < 0 ? app.t("rank-told-out", { label }) : app.t("rank-told", { label, n: at + 1 });
    });
    return button;
  };
  const swap = (i, j) => () => ([order[i], order[j]] = [order[j], order[i]]);
  const ranked = (place, i) =>
    h("li", {},
      h("span", { class: "place", "aria-hidden": "true" }, String(i + 1)),
      inWords(app, options[place]),
      h("span", { class: "moves" },
        i > 0 && act("up", place, swap(i, i - 1)),
        i + 1 < order.length && act("down", place, swap(i, i + 1)),
        act("out", place, () => (order = order.filter((other) => other !== place)))));
  const unranked = (place) =>
    h("li", {}, inWords(app, options[place]), h("span", { class: "moves" }, act("add", place, () => order.push(place))));

  function draw(key, place) {
    list.replaceChildren(...order.map(ranked));
    rest.replaceChildren(...options.map((_, i) => i).filter((i) => !order.includes(i)).map(unranked));
    if (!key) return;
    const again = [list, rest].map((where) => where.querySelector(`[data-key="${key}"]`)).find(Boolean);
    (again ?? node.querySelector(`[data-key$="-${place}"]`)).focus(); // the button may be gone at the top
  }
  const node = h("div", { class: "ranking" }, list, rest, told, h("label", { class: "choice apart" }, leave, app.t("leave")));
  draw();
  return {
    node,
    read: () => (isLeft ? { choices: null, isLeft } : order.length ? { choices: order, isLeft } : null),
    focus: () => node.querySelector("button").focus(),
  };
}
