/* Writing a case: counts characters as typed, and saves by itself. The page works without it, by its buttons. */
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-status]");
  let timer = 0, dirty = false, busy = false;

  const count = (area) => {
    const told = form.querySelector(`[data-count="${area.name}"]`);
    if (!told) return;
    const length = [...area.value.replace(/\r\n?/g, "\n")].length, limit = Number(area.dataset.limit);
    told.textContent = `${length} / ${limit}`;
    told.classList.toggle("is-over", length > limit);
    area.setAttribute("aria-invalid", String(length > limit));
  };

  const save = async () => {
    if (!dirty || busy) return;
    busy = true; dirty = false;
    status.textContent = form.dataset.saving;
    const body = new FormData(form);
    body.set("autosave", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
      const said = await answer.json();
      if (answer.ok) {
        form.elements.revision.value = said.revision;
        status.textContent = `${form.dataset.saved}, ${new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })}`;
      } else {
        status.textContent = `${form.dataset.unsaved}: ${said.fault}`;
      }
    } catch {
      dirty = true;
      status.textContent = form.dataset.unsaved;
    }
    busy = false;
    if (dirty) timer = setTimeout(save, 4000);
  };

  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea")) count(event.target);
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, 4000);
  });
  form.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(save, 800); });
  form.addEventListener("submit", () => { dirty = false; clearTimeout(timer); });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}
