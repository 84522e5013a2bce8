// A file of units is sent as it is; without scripts its content is pasted into the form instead.
"use strict";

for (const form of document.querySelectorAll("[data-file-form]")) {
  const field = form.querySelector("[data-file]");
  const file = field.querySelector("input");
  field.hidden = false;

  form.addEventListener("submit", async (event) => {
    if (file.files.length === 0) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    const chosen = new URLSearchParams();
    for (const name of ["rename", "dry_run"]) {
      if (form.elements[name].checked) chosen.set(name, "1");
    }
    try {
      const answer = await fetch(`${form.getAttribute("action")}?${chosen}`, {
        method: "POST",
        headers: { "Content-Type": "text/csv", "X-CSRF-Token": form.elements.csrf.value },
        body: file.files[0],
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of document.querySelectorAll("main > .told")) old.remove();
      const heading = document.querySelector("main h1");
      heading.after(...page.querySelectorAll("main > .told"));
      heading.scrollIntoView();
      const rows = page.querySelector("main .rows");
      if (rows && document.querySelector("main .rows")) document.querySelector("main .rows").replaceWith(rows);
    } catch {
      form.submit();
    } finally {
      button.disabled = false;
    }
  });
}
