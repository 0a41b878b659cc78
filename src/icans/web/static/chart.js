// The course chart answers to the pointer and to the keyboard: value, time and source of the nearest mark.
// The words are those that the chart itself carries as titles; nothing is worked out here.

const REACH = 24;

for (const chart of document.querySelectorAll("[data-course]")) start(chart);

function start(chart) {
  const svg = chart.querySelector("svg");
  if (!svg) return;
  const marks = [...svg.querySelectorAll("title")]
    .filter((title) => title.parentElement !== svg)
    .map((title) => ({ element: title.parentElement, words: said(title) }));
  marks.forEach((mark) => mark.element.querySelector(":scope > title").remove());
  if (!marks.length) return;
  const tip = document.createElement("p");
  tip.className = "chart-tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  chart.append(tip);
  chart.parentElement.querySelector(".chart-hint").hidden = false;
  svg.setAttribute("tabindex", "0");
  let chosen = -1;

  const show = (index) => {
    marks[chosen]?.element.classList.remove("picked");
    chosen = index;
    const mark = marks[index];
    tip.hidden = !mark;
    if (!mark) return;
    mark.element.classList.add("picked");
    tip.textContent = mark.words;
    place(chart, tip, mark.element.getBoundingClientRect());
  };

  svg.addEventListener("pointermove", (event) => show(nearest(marks, event)));
  svg.addEventListener("pointerdown", (event) => show(nearest(marks, event)));
  svg.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && show(-1));
  svg.addEventListener("blur", () => show(-1));
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") show(-1);
    if (!step) return;
    event.preventDefault();
    show((chosen + step + marks.length) % marks.length);
  });
}

function said(title) {
  const item = title.parentElement.closest("[data-item]")?.dataset.item;
  const name = item ? `${item.replaceAll("_", " ")}: ` : "";
  return name + title.textContent;
}

function nearest(marks, event) {
  let best = -1;
  let least = REACH * REACH;
  marks.forEach((mark, index) => {
    const box = mark.element.getBoundingClientRect();
    const dx = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
    const dy = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
    const away = dx * dx + dy * dy;
    if (away < least || (away === least && box.width * box.height < area(marks[best]))) {
      least = away;
      best = index;
    }
  });
  return best;
}

function area(mark) {
  if (!mark) return Infinity;
  const box = mark.element.getBoundingClientRect();
  return box.width * box.height;
}

function place(chart, tip, at) {
  const frame = chart.getBoundingClientRect();
  const left = at.left - frame.left + chart.scrollLeft + at.width / 2;
  const room = chart.scrollLeft + frame.width - tip.offsetWidth - 8;
  const top = at.top - frame.top - tip.offsetHeight - 10;
  // The document's own rules are read from a sheet of its own: the policy allows no style in an element.
  sheet().replaceSync(
    `.chart-tip { left: ${Math.max(4, Math.min(left - tip.offsetWidth / 2, room))}px; top: ${top < 0 ? at.bottom - frame.top + 10 : top}px; }`,
  );
}

let made;
function sheet() {
  if (!made) {
    made = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, made];
  }
  return made;
}
