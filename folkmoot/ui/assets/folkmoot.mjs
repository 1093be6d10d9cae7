// What pages gain with scripts. Without it everything still works.
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

function begin(root) {
  for (const Component of [Button, ErrorSummary]) {
    const name = Component.moduleName;
    for (const found of root.querySelectorAll(`[data-module="${name}"]:not([data-${name}-init])`)) new Component(found);
  }
  for (const box of root.querySelectorAll("[data-copy]")) offerCopy(box);
  // Not every browser lets the keyboard into what can be scrolled.
  for (const wide of root.querySelectorAll(".scroll")) if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
}

// The code can be marked and read out anyway; a button appears only where the browser lets us copy.
function offerCopy(box) {
  if (!navigator.clipboard) return;
  const button = box.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(box.querySelector("code").textContent);
    button.textContent = button.dataset.done;
  });
}

begin(document);
document.addEventListener("htmx:load", (event) => begin(event.detail.elt));
