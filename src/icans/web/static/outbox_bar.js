// The bar at the foot of every page that says what waits in this browser. Nothing waits: no bar.

const WHY = {
  "sign-in": "Sign in again to send it.",
  stranger: "Something else than the server answers on this network.",
  server: "The server cannot take it just now. It is tried again.",
};

export function bar({ mine, others, signedIn, why, label, sendAll, send, discard }) {
  const place = document.querySelector("#outbox-bar") ?? made();
  const open = mine.filter((item) => !item.refused);
  const parts = [];
  if (open.length) {
    const said = open.length === 1 ? `${label(open[0])} is` : `${open.length} tests are`;
    const line = entry(`${said} kept on this device, not yet sent.`, WHY[why] ?? "It is sent when the connection is back.");
    line.append(button("Send now", sendAll));
    parts.push(line);
  }
  for (const item of mine.filter((one) => one.refused)) parts.push(refused(item, label(item), send, discard));
  if (others.length) {
    const said = signedIn ? "Answers of another user wait here." : "Answers wait on this device.";
    parts.push(entry(said, "They are sent when whoever asked signs in here."));
  }
  // The same words again would be read out again at each try.
  const said = [...parts.map((part) => part.textContent), ...mine.map(({ id }) => id)].join("|");
  if (place.dataset.said === said) return;
  place.dataset.said = said;
  place.replaceChildren(...parts);
  place.hidden = parts.length === 0;
  const sign = document.querySelector("#outbox");
  if (sign) sign.textContent = mine.length ? `${mine.length} not sent` : "";
}

// The page has a place for the count in its head (`#outbox`, read out when it changes); the rest stands at its foot.
function made() {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL("outbox.css", import.meta.url);
  document.head.append(style);
  const place = document.createElement("section");
  place.id = "outbox-bar";
  place.className = "outbox";
  place.setAttribute("aria-label", "Not yet sent");
  if (!document.querySelector("#outbox")) place.setAttribute("aria-live", "polite");
  place.hidden = true;
  document.body.append(place);
  return place;
}

function refused(item, label, send, discard) {
  const why = item.refused.detail || `Answer ${item.refused.status}.`;
  const line = entry(`The server refused ${label}.`, why);
  line.dataset.refused = "";
  const link = document.createElement("a");
  link.href = `/patients/${encodeURIComponent(item.patient)}`;
  link.textContent = "The patient";
  line.append(link, button("Try again", () => send(item.id)), discarding(item, discard));
  return line;
}

// Asks once more: what is discarded is nowhere else.
function discarding(item, discard) {
  const made = button("Discard", () => {
    made.textContent = "Discard for good";
    made.dataset.sure = "";
    made.onclick = () => discard(item.id);
  });
  return made;
}

function entry(strong, words) {
  const line = document.createElement("p");
  const first = document.createElement("strong");
  const second = document.createElement("span");
  first.textContent = strong;
  second.textContent = words;
  line.append(first, " ", second);
  return line;
}

function button(words, tapped) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.onclick = tapped;
  return made;
}
