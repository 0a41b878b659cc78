// What every page does: send our token with each request of htmx, and send a form once.

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = token();
});

// The ward says how old it is when the connection is gone: an old ward must not look new.
document.addEventListener("htmx:sendError", () => warn("No connection: this page is not being kept up to date."));
document.addEventListener("htmx:responseError", () => warn("The server does not answer: this page may be out of date."));
// After every answer, also one that is a fault: only a good one makes the page new.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) document.getElementById("stale")?.remove();
});

function warn(words) {
  if (document.getElementById("stale")) return;
  const box = document.createElement("p");
  box.id = "stale";
  box.className = "problems";
  box.setAttribute("role", "alert");
  box.textContent = words;
  document.getElementById("main").prepend(box);
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    setTimeout(() => form.querySelectorAll("button").forEach((button) => (button.disabled = true)));
  });
}
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-once] button").forEach((button) => (button.disabled = false));
});

// A page that was out of sight is brought up to date as soon as somebody looks at it.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") document.body.dispatchEvent(new Event("seen"));
});

// A menu closes when one goes elsewhere.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  });
});
