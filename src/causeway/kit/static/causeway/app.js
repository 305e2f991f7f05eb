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

/* Bulk bar: shown while rows are picked. Lists are exchanged in place, so everything is looked up when it is needed. */
const picks = () => by("[name=pick]");
function counted() {
  const all = picks(), picked = all.filter((box) => box.checked), bar = document.getElementById("bulk");
  all.forEach((box) => box.closest("tr").classList.toggle("is-picked", box.checked));
  if (!bar) return;
  bar.hidden = picked.length === 0;
  bar.querySelector("[data-picked]").textContent = picked.length;
  const sums = {};
  picked.forEach((box) => { if (box.dataset.currency) sums[box.dataset.currency] = (sums[box.dataset.currency] || 0) + Number(box.dataset.amount); });
  const sum = bar.querySelector("[data-sum]");
  if (sum) sum.textContent = Object.entries(sums)
    .map(([currency, amount]) => new Intl.NumberFormat(root.lang, { style: "currency", currency }).format(amount)).join(" + ");
}
function pickAll(on) { picks().forEach((one) => { one.checked = on; }); counted(); }
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) pickAll(event.target.checked);
  else if (event.target.name === "pick") counted();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-unpick]")) pickAll(false);
  if (event.target.matches("td.cw-check, th.cw-check")) event.target.querySelector("input")?.click();      // the whole cell is the target
});
document.addEventListener("htmx:afterSettle", counted);

/* Keyboard: / searches, Ctrl-K goes anywhere, j and k move through rows, x picks, Enter opens, n adds, ? shows the keys. */
let here = null;
function move(step) {
  const rows = by(".cw-table tbody tr:not(.cw-group):not(.cw-why-row), [data-row]");
  if (!rows.length) return;
  const at = rows.indexOf(here);
  here?.classList.remove("is-here");
  here = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  here.classList.add("is-here");
  (here.querySelector("a.cw-what, a") || here).focus();
}
function pickHere() {
  const box = here?.querySelector("[name=pick]");
  if (box) { box.checked = !box.checked; counted(); }
}
const keys = {
  "/": () => (document.querySelector(".cw-search input") || document.querySelector("[type=search]"))?.focus(),
  j: () => move(1), k: () => move(-1), x: pickHere,
  n: () => document.querySelector("[data-new]")?.click(),
  "?": () => document.getElementById("keys")?.showModal(),
};
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k") { event.preventDefault(); openPalette(); return; }
  const typing = event.target.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

/* Menus that fold out: Escape folds them in and goes back to their button, a click elsewhere folds them in. */
const unfolded = () => by("details.cw-more[open], details.cw-choose[open]");
document.addEventListener("click", (event) => unfolded().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  unfolded().forEach((menu) => { if (menu.contains(document.activeElement)) menu.querySelector("summary").focus(); menu.open = false; });
});

/* Command palette: pages of the menu and hits of the search; arrows walk, Enter opens. Without it the same form opens the search page. */
const palette = document.getElementById("palette"), hits = document.getElementById("hits");
let asked = 0, timer = 0;
function openPalette() {
  if (!palette) { keys["/"](); return; }
  palette.showModal();
  const field = palette.querySelector("input");
  field.select();
  offer(field.value);
}
function pagesFor(text) {
  const wanted = text.toLowerCase();
  const links = by(".cw-nav li a").filter((link) => link.textContent.toLowerCase().includes(wanted)).slice(0, text ? 5 : 20);
  const list = document.createElement("ul");
  list.className = "cw-list";
  links.forEach((link) => {
    const item = document.createElement("li"), made = document.createElement("a");
    made.href = link.href;
    made.dataset.hit = "";
    made.textContent = link.lastElementChild?.classList.contains("cw-n") ? link.childNodes[1].textContent : link.textContent.trim();
    item.append(made);
    list.append(item);
  });
  return links.length ? list : "";
}
async function offer(text) {
  const mine = ++asked;
  if (!text.trim()) { show(pagesFor(""), ""); return; }
  try {
    const answer = await fetch(`${palette.querySelector("form").action}?q=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(answer.status);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine === asked) show(pagesFor(text), ...found.body.children);
  } catch { if (mine === asked) hits.textContent = hits.dataset.failed; }
}
function show(...parts) {
  hits.replaceChildren(...parts.filter(Boolean));
  hits.querySelector("[data-hit]")?.closest("li").classList.add("is-here");
}
if (palette) {
  const field = palette.querySelector("input");
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => offer(field.value), 120); });
  palette.addEventListener("keydown", (event) => {
    const links = by("[data-hit]", hits), at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      (links[at + (event.key === "ArrowDown" ? 1 : -1)] || field).focus();
      by("li", hits).forEach((item) => item.classList.toggle("is-here", item.contains(document.activeElement)));
    }
    if (event.key === "Enter" && event.target === field && links[0]) { event.preventDefault(); location.assign(links[0].href); }
  });
  palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
}

/* Fields that only some kinds of event ask for: shown when such a kind is chosen. Without this all are shown. */
function fit(select) {
  [...select.form.elements].filter((field) => field.dataset.for).forEach((field) => {
    field.disabled = !field.dataset.for.split(" ").includes(select.value);
    field.closest("div").hidden = field.disabled;
  });
}
by("form select[name=kind]").forEach((select) => { fit(select); select.addEventListener("change", () => fit(select)); });

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

/* A form that is judged as it is filled in: the server says what it thinks, and the part of the page named shows it. */
by("[data-live]").forEach((form) => {
  let timer;
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(async () => {
    const body = new FormData(form);
    body.set("do", "check");
    const reply = await fetch(location.href, { method: "POST", body });
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById(form.dataset.live);
    const place = document.getElementById(form.dataset.live);
    if (fresh && place) place.replaceWith(fresh);
  }, 600); });
});
