// Sends what waits in this browser, on every page: at once, when the connection is back, and again with growing pauses.
// Shows what is not sent yet, what the server refused, and that answers of somebody else wait.

import { clock } from "./bedside_moment.js";
import { Outbox, PREFIX, wait } from "./outbox_queue.js";
import { bar } from "./outbox_bar.js";

const PATIENCE = 20e3; // ms until a request counts as lost: our choice

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

async function post(item) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const reply = await fetch(`/api/patients/${encodeURIComponent(item.patient)}/tests`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": meta("csrf-token") },
      body: JSON.stringify(item.body),
      redirect: "manual",
      signal: stop.signal,
    });
    const answer = await reply.json().catch(() => null);
    return { status: reply.status, answer, after: Number(reply.headers.get("Retry-After")) || 0 };
  } finally {
    clearTimeout(timer);
  }
}

let tries = 0;
let timer = 0;
let last = { state: "nothing" };

export const outbox = new Outbox({
  storage: localStorage,
  post,
  account: () => meta("account-id"),
  changed: () => draw(),
  sent: (item, answer) => {
    window.dispatchEvent(new CustomEvent("icans:sent", { detail: { id: item.id, answer } }));
  },
});

// Sends all that may be sent now; what is held up is tried again later.
export async function sendAll(again) {
  came(await outbox.sendAll(again));
}

// Sends one item now, and whatever else waits after it. Answers what became of it.
export async function sendNow(id) {
  const found = await outbox.send(id);
  if (found.state === "waiting") came(found);
  else sendAll();
  return found;
}

function came(found) {
  clearTimeout(timer);
  last = found;
  tries = found.state === "waiting" ? tries + 1 : 0;
  if (found.state === "waiting" && found.why !== "sign-in") {
    timer = setTimeout(() => sendAll(), wait(tries - 1, found.after) * 1000);
  }
  draw();
}

function draw() {
  bar({
    mine: outbox.mine(),
    others: outbox.others(),
    signedIn: meta("account-id") !== "",
    why: last.state === "waiting" ? last.why : "",
    label: (item) => `${item.body.kind.toUpperCase()} of ${clock(item.body.time)}`,
    sendAll: () => sendAll(() => true),
    send: (id) => sendNow(id),
    discard: (id) => outbox.discard(id),
  });
}

window.addEventListener("online", () => {
  tries = 0;
  sendAll();
});
window.addEventListener("offline", draw);
window.addEventListener("storage", (event) => {
  if (event.key === null || event.key.startsWith(PREFIX)) draw();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) sendAll();
});
window.addEventListener("beforeunload", (event) => {
  if (outbox.unkept.size > 0) event.preventDefault();
});

// A new page has a new token and perhaps another right: what was refused for those is tried once more.
sendAll((item) => item.refused?.status === 403);
