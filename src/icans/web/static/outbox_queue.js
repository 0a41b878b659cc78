// Tests that are not on the server yet, kept in the browser until they are: one key of localStorage for each.
//
// An item is { id, patient, account, kept, body, refused }: opaque ids, the answers, and when it was put here. The id
// is the one the server knows a repetition by, so an item may be sent twice and is recorded once.

export const PREFIX = "icans.outbox.";

// What the server's reply to a test means: { state: "sent", answer }, { state: "waiting", why, after } or
// { state: "refused", status, detail }.
//
// A page in place of an answer (a sign-in page, the portal of a guest network) is not an answer: the item waits.
export function meaning({ status, answer, after }) {
  if (status === 200 || status === 201) {
    if (answer !== null && typeof answer === "object" && "grade" in answer) return { state: "sent", answer };
    return { state: "waiting", why: "stranger" };
  }
  if (status === 0 || status === 401) return { state: "waiting", why: "sign-in" };
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return { state: "waiting", why: "server", after };
  }
  return { state: "refused", status, detail: detailOf(answer) };
}

function detailOf(answer) {
  const detail = answer?.detail;
  if (typeof detail === "string") return detail;
  if (Array.isArray(detail)) return detail.map((one) => one?.msg).filter(Boolean).join("; ");
  return "";
}

// storage   localStorage, or what works like it
// post      (item) -> { status, answer, after }; throws where the server is not reached
// account   () -> the opaque id of whoever is signed in, or ""
// changed   called after every change of what is kept
// sent      called with (item, answer) once the server has an item
export class Outbox {
  constructor({ storage, post, account, changed = () => {}, sent = () => {} }) {
    Object.assign(this, { storage, post, account, changed, sent });
    this.unkept = new Map();
    this.underway = new Map();
  }

  // Puts an item here. False where the browser cannot keep it: it is then held by this page only.
  keep(item) {
    try {
      this.storage.setItem(PREFIX + item.id, JSON.stringify(item));
      this.unkept.delete(item.id);
    } catch {
      this.unkept.set(item.id, item);
    }
    this.changed();
    return !this.unkept.has(item.id);
  }

  discard(id) {
    this.storage.removeItem(PREFIX + id);
    this.unkept.delete(id);
    this.changed();
  }

  find(id) {
    return this.unkept.get(id) ?? parsed(this.storage.getItem(PREFIX + id));
  }

  // Everything that is kept, the oldest first.
  all() {
    const kept = [...this.unkept.values()];
    for (let n = 0; n < this.storage.length; n += 1) {
      const key = this.storage.key(n);
      if (key?.startsWith(PREFIX)) kept.push(parsed(this.storage.getItem(key)));
    }
    return kept.filter((item) => item !== null).sort((a, b) => a.kept.localeCompare(b.kept));
  }

  mine() {
    const account = this.account();
    return account ? this.all().filter((item) => item.account === account) : [];
  }

  others() {
    const account = this.account();
    return this.all().filter((item) => item.account !== account);
  }

  // Tries to send one item. Only whoever asked the questions sends them. Never throws.
  send(id) {
    const underway = this.underway.get(id);
    if (underway) return underway;
    const attempt = this.attempt(id).finally(() => this.underway.delete(id));
    this.underway.set(id, attempt);
    return attempt;
  }

  async attempt(id) {
    const item = this.find(id);
    if (item === null) return { state: "gone" };
    if (item.account !== this.account()) return { state: "waiting", why: "other" };
    let found;
    try {
      found = meaning(await this.post(item));
    } catch {
      return { state: "waiting", why: "offline" };
    }
    if (found.state === "sent") {
      this.discard(id);
      this.sent(item, found.answer);
    } else if (found.state === "refused") {
      this.keep({ ...item, refused: { status: found.status, detail: found.detail } });
    }
    return found;
  }

  // Sends what waits, one by one; stops at the first that the network or the server holds up.
  // again: also what was refused before, such as for a sign-in that had run out
  async sendAll(again = () => false) {
    let last = { state: "nothing" };
    for (const item of this.mine()) {
      if (item.refused && !again(item)) continue;
      last = await this.send(item.id);
      if (last.state === "waiting") break;
    }
    return last;
  }
}

// Seconds until try number n (from 0 on): 2, 4, 8 ... at most 60, or what the server asks for; spread by `chance` (0 to
// 1) so that a ward full of tablets does not come back at once. Our choice.
export function wait(n, after = 0, chance = Math.random()) {
  return Math.max(after || 0, Math.min(60, 2 ** (n + 1)) * (0.75 + chance / 2));
}

function parsed(text) {
  try {
    const item = JSON.parse(text);
    return item && typeof item.id === "string" && typeof item.kept === "string" ? item : null;
  } catch {
    return null;
  }
}
