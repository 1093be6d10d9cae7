// A vote whose papers two offices give out: the code of the other one is typed here, or comes with its link.

import { originOf } from "../address.js";
import { claimCode } from "../codes.js";
import { h } from "../dom.js";
import { registrarLeft } from "../sittings.js";
import { form, heading, secrecy, typed } from "./parts.js";

export function second(app) {
  const { sitting } = app;
  const other = registrarLeft(sitting);
  const first = sitting.papers[0].paper.registrars.find((name) => name !== other);
  const code = typed(app, { label: app.t("second-label", { other }), hint: app.t("second-hint") });
  const enter = () => {
    const claim = claimCode(code.input.value);
    return claim ? app.join({ claim, address: originOf(other) }, code.complain) : code.complain(app.t("claim-misspelt"));
  };
  return [
    heading(app.t("second-title")),
    h("p", { class: "lead" }, app.t("second-lead", { first, other })),
    form({ label: app.t("go-on"), act: enter }, code.field),
    secrecy(app),
  ];
}
