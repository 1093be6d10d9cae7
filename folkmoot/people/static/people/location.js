// "Use the place where I am": asks the device once, when the button is tapped. Without this script it is hidden.

function position() {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(resolve, () => resolve(null), { timeout: 10000 });
  });
}

async function locate(event) {
  const { form } = event.currentTarget;
  event.preventDefault();
  const found = await position();
  const refusal = document.querySelector("[data-location-refused]");
  if (refusal) refusal.hidden = found !== null;
  if (!found) return;
  // Four digits are ten metres: enough for a unit.
  form.elements.lat.value = found.coords.latitude.toFixed(4);
  form.elements.lon.value = found.coords.longitude.toFixed(4);
  form.requestSubmit();
}

if (navigator.geolocation) {
  for (const part of document.querySelectorAll("[data-location]")) {
    const button = part.matches("button") ? part : part.querySelector("button");
    part.hidden = false;
    button.addEventListener("click", locate);
  }
}
