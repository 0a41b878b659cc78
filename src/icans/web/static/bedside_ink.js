// Handwriting with a finger or a pen: strokes of [x, y, ms since the first touch], x and y in pixels of the page it was
// written on.

const NEAR = 1.5; // px; points closer to the last one are left out
const MOST = 5000; // points in all; a sentence takes a few hundred
const MOST_STROKES = 500;

export class Ink {
  // changed is called when a stroke ends or all are cleared
  constructor(canvas, changed) {
    Object.assign(this, { canvas, changed, drawing: null });
    this.restore(null);
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.up(event));
    // Drawn anew from the strokes, it is sharp after the tablet was turned.
    new ResizeObserver(() => paint(canvas, this.written())).observe(canvas);
  }

  // { width, height, strokes }, or null where nothing is written
  written() {
    return this.strokes.length ? { ...this.size, strokes: this.strokes } : null;
  }

  restore(handwriting) {
    this.strokes = handwriting ? handwriting.strokes.map((stroke) => stroke.slice()) : [];
    this.size = handwriting && { width: handwriting.width, height: handwriting.height };
    this.points = this.strokes.reduce((sum, stroke) => sum + stroke.length, 0);
    this.began = null;
    paint(this.canvas, this.written());
  }

  clear() {
    this.restore(null);
    this.changed();
  }

  down(event) {
    if (this.drawing !== null || event.button > 0) return;
    if (this.points >= MOST || this.strokes.length >= MOST_STROKES) return;
    event.preventDefault();
    const box = this.canvas.getBoundingClientRect();
    this.size ??= { width: Math.round(box.width), height: Math.round(box.height) };
    // After a reload the clock of the page starts anew; the writing goes on a second later.
    this.began ??= event.timeStamp - (this.strokes.length ? this.strokes.at(-1).at(-1)[2] + 1000 : 0);
    this.drawing = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.push([]);
    this.add(event);
  }

  move(event) {
    if (event.pointerId !== this.drawing) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const one of all.length ? all : [event]) this.add(one);
  }

  up(event) {
    if (event.pointerId !== this.drawing) return;
    this.drawing = null;
    this.changed();
  }

  add(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = fit(box, this.size);
    const place = (away) => Math.round((away / scale) * 10) / 10;
    const [x, y] = [place(event.clientX - box.left), place(event.clientY - box.top)];
    const stroke = this.strokes.at(-1);
    const last = stroke.at(-1);
    if (this.points >= MOST || (last && Math.hypot(x - last[0], y - last[1]) < NEAR)) return;
    stroke.push([x, y, Math.max(0, Math.round(event.timeStamp - this.began))]);
    this.points += 1;
    line(penOf(this.canvas, scale), last ? [last, stroke.at(-1)] : [stroke.at(-1)]);
  }
}

// Draws handwriting into a canvas, as large as its box allows; clears it where there is none.
export function paint(canvas, handwriting) {
  const box = canvas.getBoundingClientRect();
  if (!box.width) return;
  canvas.width = Math.round(box.width * dense());
  canvas.height = Math.round(box.height * dense());
  if (!handwriting) return;
  const pen = penOf(canvas, fit(box, handwriting));
  for (const stroke of handwriting.strokes) line(pen, stroke);
}

function line(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  if (points.length === 1) pen.lineTo(points[0][0] + 0.1, points[0][1]);
  pen.stroke();
}

function penOf(canvas, scale) {
  const pen = canvas.getContext("2d");
  pen.setTransform(scale * dense(), 0, 0, scale * dense(), 0, 0);
  pen.lineWidth = 3;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.strokeStyle = getComputedStyle(canvas).color;
  return pen;
}

function fit(box, size) {
  return Math.min(box.width / size.width, box.height / size.height);
}

function dense() {
  return globalThis.devicePixelRatio || 1;
}
