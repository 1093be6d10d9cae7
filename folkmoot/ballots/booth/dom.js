// Elements by function. Text is only ever text: nothing here reads HTML.

/** An element with attributes and children. `on` holds listeners; false, null and undefined are left out. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing out of one path. */
export function drawing(viewBox, path, kind) {
  const svg = document.createElementNS(SVG, "svg");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("class", kind);
  svg.setAttribute("aria-hidden", "true");
  svg.append(shape);
  return svg;
}

/** A button that does one thing once: while it works, it cannot be pressed again. */
export function button(label, act, { kind = "", ...attributes } = {}) {
  const element = h("button", { type: "button", class: `button ${kind}`.trim(), ...attributes }, label);
  element.addEventListener("click", () => once(element, act));
  return element;
}

/** Do what a button is for, unless it is being done. */
export async function once(element, act) {
  if (element.getAttribute("aria-disabled")) return;
  element.setAttribute("aria-disabled", "true");
  try {
    await act();
  } finally {
    element.removeAttribute("aria-disabled");
  }
}

/** Give the device a file. */
export function offerFile(name, text) {
  const link = h("a", { href: URL.createObjectURL(new Blob([text], { type: "text/plain" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
