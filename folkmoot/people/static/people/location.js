// "Use the place where I am": asks the device once, when the button is tapped. Without this script it is hidden.

async function locate(event) {
  const form = event.target;
  if (form.elements.lat.value) return;
  event.preventDefault();
  const position = await new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(resolve, () => resolve(null), { timeout: 10000 });
  });
  if (!position) return;
  // Four digits are ten metres: enough for a unit.
  form.elements.lat.value = position.coords.latitude.toFixed(4);
  form.elements.lon.value = position.coords.longitude.toFixed(4);
  form.submit();
}

if (navigator.geolocation) {
  for (const form of document.querySelectorAll("form[data-location]")) {
    form.hidden = false;
    form.addEventListener("submit", locate);
  }
}
