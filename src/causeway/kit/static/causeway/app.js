/* Small helps for the pages; every page works without them. */
const root = document.documentElement;
const by = (selector, from = document) => [...from.querySelectorAll(selector)];

/* Theme: kept in the account where someone is signed in, else for this visit. */
by("[data-theme-toggle]").forEach((button) => button.addEventListener("click", () => {
  const dark = root.dataset.bsTheme ? root.dataset.bsTheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.bsTheme = dark ? "light" : "dark";
  const form = document.getElementById("theme-form");
  if (form) fetch(form.action, { method: "POST", body: new URLSearchParams([...new FormData(form), ["theme", root.dataset.bsTheme]]) });
}));
if (!root.dataset.bsTheme) root.dataset.bsTheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

/* Bulk bar: shown while rows are picked. */
const bar = document.getElementById("bulk");
const picks = by("[name=pick]");
function counted() {
  const picked = picks.filter((box) => box.checked);
  picks.forEach((box) => box.closest("tr").classList.toggle("is-picked", box.checked));
  if (!bar) return;
  bar.hidden = picked.length === 0;
  bar.querySelector("[data-picked]").textContent = picked.length;
  const sums = {};
  picked.forEach((box) => { if (box.dataset.currency) sums[box.dataset.currency] = (sums[box.dataset.currency] || 0) + Number(box.dataset.amount); });
  bar.querySelector("[data-sum]").textContent = Object.entries(sums)
    .map(([currency, sum]) => new Intl.NumberFormat(root.lang, { style: "currency", currency }).format(sum)).join(" + ");
}
picks.forEach((box) => box.addEventListener("change", counted));
by("[data-pick-all]").forEach((box) => box.addEventListener("change", () => { picks.forEach((one) => { one.checked = box.checked; }); counted(); }));
by("[data-unpick]").forEach((button) => button.addEventListener("click", () => { picks.forEach((one) => { one.checked = false; }); counted(); }));

/* Keyboard: / searches, j and k move through rows, x picks, Enter opens, ? shows the keys. */
const rows = by(".cw-table tbody tr:not(.cw-group):not(.cw-why-row)");
let here = -1;
function move(step) {
  if (!rows.length) return;
  here = Math.max(0, Math.min(rows.length - 1, here + step));
  (rows[here].querySelector("a") || rows[here]).focus();
}
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox";
  if ((event.ctrlKey || event.metaKey) && event.key === "k") { event.preventDefault(); document.querySelector(".cw-search input")?.focus(); return; }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") { event.preventDefault(); document.querySelector(".cw-search input")?.focus(); }
  if (event.key === "j") move(1);
  if (event.key === "k") move(-1);
  if (event.key === "x" && rows[here]) { const box = rows[here].querySelector("[name=pick]"); if (box) { box.checked = !box.checked; counted(); } }
  if (event.key === "?") document.getElementById("keys")?.showModal();
});

/* Forms that send themselves when a choice changes; print; copy. */
by("[data-autosubmit]").forEach((field) => field.addEventListener("change", () => field.form.requestSubmit()));
by("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
by("[data-copy]").forEach((button) => button.addEventListener("click", () => {
  navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.replace(/[ \t]+/g, " ").replace(/\s*\n\s*/g, "\n").trim());
  button.textContent = button.dataset.done;
}));
by("[data-close]").forEach((button) => button.addEventListener("click", () => button.closest("dialog, .cw-toast").remove()));
/* A page that waits for work in the background asks again. */
const waiting = document.querySelector("[data-reload]");
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.reload) * 1000);
