// Keeps the page's live region up to date without reloading: the server says that something changed (server-sent events), the page
// fetches its fragment anew. Focus, scroll and what is being typed stay as they are. Without this script the page works by reloading.
"use strict";

(() => {
  const region = document.getElementById("live");
  if (!region) return;
  const form = document.querySelector("[data-live-form]");
  const note = document.querySelector("[data-live-note]");
  const TYPING_PAUSE = 250;
  const PATIENCE = 10000;
  let isFetching = false;
  let isStale = false;
  let shown = null;
  let typing = 0;
  let isChosen = false;

  const say = (state) => {
    note.hidden = false;
    note.dataset.state = state;
    const text = note.querySelector("[data-live-text]");
    if (text.textContent !== note.dataset[state]) text.textContent = note.dataset[state];
  };

  const rows = () => new Map([...region.querySelectorAll("tr[id], li[id]")].map((row) => [row.id, row.textContent]));

  // A focused element is found again by its own id, a link by its row and address, a button or summary by its row: the fragment's are new.
  const focusMark = () => {
    const active = document.activeElement;
    if (!region.contains(active) || active === region) return null;
    return { id: active.id, row: active.closest("[id]")?.id, href: active.getAttribute("href"), kind: active.localName };
  };

  const again = (mark) => {
    if (mark.id) return document.getElementById(mark.id);
    if (!mark.href) return mark.row && document.getElementById(mark.row)?.querySelector(mark.kind);
    const links = [...region.querySelectorAll("a[href]")].filter((link) => link.getAttribute("href") === mark.href);
    return links.find((link) => link.closest("[id]")?.id === mark.row) ?? links[0];
  };

  // Who has scrolled into the region goes on seeing the same row at the same height, whatever came in above it.
  const anchor = () => {
    if (region.getBoundingClientRect().top >= 0) return null;
    const row = [...region.querySelectorAll("tr[id], li[id]")].find((each) => each.getBoundingClientRect().bottom > 0);
    return row && { id: row.id, top: row.getBoundingClientRect().top };
  };

  const keepPlace = (held, x, y) => {
    const row = held && document.getElementById(held.id);
    window.scrollTo(x, row ? window.scrollY + row.getBoundingClientRect().top - held.top : y);
  };

  const openDetails = () => [...region.querySelectorAll("details[id][open]")].map((each) => each.id);

  // Said to screen readers once it changes; the element itself stays, since one that is replaced is not announced.
  const announce = () => {
    const place = document.querySelector("[data-live-found]");
    const found = region.querySelector("[data-found]")?.textContent.trim();
    if (place && found && place.textContent !== found) place.textContent = found;
  };

  const show = (html) => {
    // What other services serve within this page asks anew (hx-trigger="dondoc:changed from:body").
    document.body.dispatchEvent(new Event("dondoc:changed"));
    if (html === shown) return;
    const before = rows();
    const focus = focusMark();
    const open = openDetails();
    const held = isChosen ? null : anchor();
    const { scrollX, scrollY } = window;
    region.innerHTML = html;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focus) again(focus)?.focus({ preventScroll: true });
    keepPlace(held, scrollX, scrollY);
    if (!isChosen) for (const [id, text] of rows()) if (before.get(id) !== text) document.getElementById(id).classList.add("is-changed");
    isChosen = false;
    shown = html;
    announce();
    window.htmx?.process(region);
  };

  const refresh = async () => {
    isStale = true;
    if (isFetching) return;
    isFetching = true;
    try {
      while (isStale) {
        isStale = false;
        const asked = window.location.search;
        const answer = await fetch(region.dataset.fragment + asked, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
        // The session is over: the page asks to sign in, and comes back here.
        if (answer.status === 401) return window.location.reload();
        if (!answer.ok) throw new Error(`${answer.status}`);
        const html = await answer.text();
        if (asked === window.location.search) show(html);
        else isStale = true;
      }
    } catch {
      say("lost");
      window.setTimeout(refresh, 2000);
    } finally {
      isFetching = false;
    }
  };

  const chosen = () => {
    const fields = [...new FormData(form)].filter(([, value]) => value !== "");
    return `?${new URLSearchParams(fields)}`;
  };

  const choose = () => {
    window.clearTimeout(typing);
    if (chosen() === (window.location.search || "?")) return;
    isChosen = true;
    window.history.replaceState(null, "", window.location.pathname + chosen());
    refresh();
  };

  if (form) {
    form.addEventListener("input", () => {
      window.clearTimeout(typing);
      typing = window.setTimeout(choose, TYPING_PAUSE);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      choose();
    });
  }

  const events = new EventSource(`${region.dataset.stream}?${new URLSearchParams({ seen: region.dataset.seen })}`);
  events.addEventListener("open", () => say("open"));
  events.addEventListener("error", () => {
    say("lost");
    // Closed for good is what the server refuses; fetching the fragment tells why.
    if (events.readyState === EventSource.CLOSED) refresh();
  });
  events.addEventListener("change", () => {
    say("open");
    refresh();
  });
  window.addEventListener("pagehide", () => events.close());
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
})();
