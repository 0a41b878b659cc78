// The test in progress, kept in the browser at each tap, so that a reload goes on where it was.

const PREFIX = "icans.draft.";
const HOURS = 24;

export class Draft {
  constructor(storage, account, patient, kind) {
    this.storage = storage;
    this.key = `${PREFIX}${account}.${patient}.${kind}`;
  }

  // The test begun here by the same person, or null. Tests older than a day are dropped, whoever began them.
  find(now = Date.now()) {
    this.dropOld(now);
    const kept = parsed(this.storage.getItem(this.key));
    return kept && kept.version === 1 ? kept : null;
  }

  // False where the browser cannot keep it. Without the handwriting it may still fit.
  keep(state) {
    for (const one of [state, { ...state, ink: null }]) {
      try {
        this.storage.setItem(this.key, JSON.stringify(one));
        return one === state;
      } catch {
        continue;
      }
    }
    return false;
  }

  drop() {
    this.storage.removeItem(this.key);
  }

  dropOld(now) {
    const keys = Array.from({ length: this.storage.length }, (_, n) => this.storage.key(n));
    for (const key of keys.filter((name) => name?.startsWith(PREFIX))) {
      const begun = Date.parse(parsed(this.storage.getItem(key))?.began);
      if (!(now - begun < HOURS * 3600e3)) this.storage.removeItem(key);
    }
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
