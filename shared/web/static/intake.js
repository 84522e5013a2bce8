// Letters taken in: a value and its place in the text point at each other; what is typed and where the reader is outlive an answer.
// Without this script every link and form works by itself.
"use strict";

(() => {
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;

  const letterOf = () => document.getElementById("letter");
  const countLetters = (text) => [...text].length;

  // Pointing: a value lights its pieces of the text, a piece lights the value that it belongs to most closely.
  const light = (target) => {
    for (const lit of document.querySelectorAll(".is-lit")) lit.classList.remove("is-lit");
    const piece = target.closest?.("[data-names]");
    const name = piece ? piece.dataset.names.split(" ")[0] : target.closest?.("[data-name]")?.dataset.name;
    if (!name) return;
    for (const each of document.querySelectorAll("[data-names]")) {
      if (each.dataset.names.split(" ").includes(name)) each.classList.add("is-lit");
    }
    for (const each of document.querySelectorAll("[data-name]")) {
      if (each.dataset.name === name) each.classList.add("is-lit");
    }
  };
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, (event) => light(event.target));

  // A passage that is marked in the text becomes the passage of the open forms that ask for one.
  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection();
    const letter = letterOf();
    if (!letter || !chosen || chosen.isCollapsed || chosen.rangeCount === 0) return;
    const range = chosen.getRangeAt(0);
    if (!letter.contains(range.startContainer) || !letter.contains(range.endContainer)) return;
    const before = document.createRange();
    before.setStart(letter, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = countLetters(before.toString());
    for (const form of document.querySelectorAll("form[data-passage]")) {
      const details = form.closest("details");
      if (details && !details.open) continue;
      form.elements.quote.value = range.toString();
      form.elements.start.value = String(start);
      form.elements.quote.dataset.typed = "";
    }
  });

  // Answers: what comes back takes the place of the whole sheet; focus, scroll, open parts and what was typed elsewhere stay.
  let kept = null;
  document.addEventListener("input", (event) => {
    event.target.dataset.typed = "";
    if (event.target.name === "quote") event.target.form.elements.start.value = "";
  });

  const keep = (sent) => {
    const typed = [...document.querySelectorAll("#intake [data-typed][id]")].filter((field) => field.form !== sent);
    const active = document.activeElement;
    kept = {
      focus: active?.id || active?.closest("[id]")?.id || "",
      scroll: letterOf()?.scrollTop ?? 0,
      page: window.scrollY,
      open: [...document.querySelectorAll("#intake details[id][open]")].map((each) => each.id),
      typed: typed.map((field) => ({ id: field.id, value: field.value, isChecked: field.checked })),
    };
  };

  const restore = () => {
    if (!kept) return;
    const { focus, scroll, page, open, typed } = kept;
    kept = null;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    for (const { id, value, isChecked } of typed) {
      const field = document.getElementById(id);
      if (!field) continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = isChecked;
      else field.value = value;
      field.dataset.typed = "";
    }
    const letter = letterOf();
    if (letter) letter.scrollTop = scroll;
    window.scrollTo({ top: page, behavior: "instant" });
    const asked = document.querySelector("#intake [autofocus]");
    if (asked) {
      asked.focus();
      return;
    }
    const again = document.getElementById(focus);
    const place = again && again.matches("a, button, input, select, textarea, summary, [tabindex]") ? again : document.getElementById("state");
    place?.focus({ preventScroll: Boolean(again) });
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target?.id === "intake") keep(event.detail.elt);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { status } = event.detail.xhr;
    if ([403, 409, 413, 415, 422, 503].includes(status) && event.detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      // An answer that was refused stays in its form.
      if (kept && event.detail.requestConfig.elt instanceof HTMLFormElement) {
        for (const field of event.detail.requestConfig.elt.elements) {
          if (field.id) kept.typed.push({ id: field.id, value: field.value, isChecked: field.checked });
        }
      }
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "intake" || event.target?.id === "intake") restore();
  });
})();
