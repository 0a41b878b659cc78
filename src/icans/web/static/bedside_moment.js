// Moments as the record takes them, and ids made in the browser.

// A moment with the offset of this clock: 2025-03-03T14:35:00+01:00.
export function stamp(date) {
  const two = (n) => String(n).padStart(2, "0");
  const offset = -date.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const away = Math.abs(offset);
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}` +
    `T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}` +
    `${sign}${two(Math.floor(away / 60))}:${two(away % 60)}`
  );
}

// The hour and minute that a stamp says, as it was on the clock: 14:35.
export function clock(stamped) {
  return stamped.slice(11, 16);
}

// A random UUID of version 4. `crypto.randomUUID` is not there on plain http, which a ward network may have.
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
