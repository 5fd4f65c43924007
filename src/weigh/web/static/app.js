// Comfort only: without this script the forms are sent as forms and every number is a link.
(() => {
  "use strict";
  const panel = document.getElementById("panel");
  const body = document.getElementById("panel-body");
  const back = document.getElementById("panel-back");
  const said = document.getElementById("said");
  const trail = [];
  let opener = null;

  // ---- From any number to where it comes from, in the panel -------------------------------------
  const addressOf = (element) => {
    if (element.getAttribute("href")) return element.getAttribute("href");
    const base = element.closest("[data-nodes]");
    const form = element.closest("article")?.querySelector("form[data-card]");
    if (!base) return null;
    const query = form ? settingsOf(form) : "";
    return base.dataset.nodes + encodeURIComponent(element.dataset.node) + (query ? `?${query}` : "");
  };

  const show = async (address) => {
    const url = new URL(address, location.href);
    url.searchParams.set("part", "1");
    const answer = await fetch(url);
    if (!answer.ok) { location.href = address; return; }
    body.innerHTML = await answer.text();
    back.hidden = trail.length < 2;
    panel.hidden = false;
    panel.scrollTop = 0;
    panel.focus({ preventScroll: true });
  };

  const close = () => {
    panel.hidden = true;
    trail.length = 0;
    if (opener && opener.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  };

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-node]") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const address = addressOf(link);
    if (!address || address.startsWith("#")) return;
    event.preventDefault();
    if (!panel.contains(link)) { trail.length = 0; opener = link; }
    trail.push(address);
    show(address);
  });
  back.addEventListener("click", () => { trail.pop(); show(trail[trail.length - 1]); });
  document.getElementById("panel-close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) close();
  });
  body.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link && !link.dataset.node) close();
  });

  // ---- The contents stand open where there is room beside the page ------------------------------
  const contents = document.getElementById("toc");
  if (contents && matchMedia("(min-width: 68.75rem)").matches) contents.open = true;

  // ---- A place that an address names is never folded away ---------------------------------------
  const unfold = () => {
    let name = "";
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const place = name && document.getElementById(name);
    if (!place) return;
    let folded = false;
    for (let part = place.closest("details"); part; part = part.parentElement.closest("details")) {
      folded ||= !part.open;
      part.open = true;
    }
    if (folded) place.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  // ---- On paper nothing is folded away ----------------------------------------------------------
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not([open], .reader, .balance)")];
    for (const part of unfolded) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of unfolded) part.open = false;
  });

  // ---- A reader's settings: the card follows at once --------------------------------------------
  const settingsOf = (form) => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") query.append(name, value);
    return [...query.keys()].some((name) => name !== "c") ? query.toString() : "";
  };

  const named = (details) => details.querySelector("summary").textContent;

  let latest = 0;
  const redraw = async (form, query) => {
    const card = form.closest("article");
    const focused = document.activeElement;
    const mine = ++latest;
    const name = focused && focused.name;
    const value = focused && focused.type === "checkbox" ? focused.value : null;
    card.setAttribute("aria-busy", "true");
    let answer;
    try {
      answer = await fetch(form.dataset.card + (query ? `?${query}` : ""));
    } catch {
      card.removeAttribute("aria-busy");
      form.querySelector(".problem").textContent = "The server could not be reached; nothing was changed.";
      return;
    }
    if (mine !== latest) return;
    card.removeAttribute("aria-busy");
    const text = await answer.text();
    if (!answer.ok) {
      form.querySelector(".problem").textContent = text;
      return;
    }
    const holder = document.createElement("template");
    holder.innerHTML = text;
    const fresh = holder.content.firstElementChild;
    const findings = holder.content.getElementById("findings");
    const opened = new Set([...card.querySelectorAll("details[open]")].map(named));
    for (const part of fresh.querySelectorAll("details")) {
      if (part.matches(".reader") || opened.has(named(part))) part.open = true;
    }
    card.replaceWith(fresh);
    if (findings) document.getElementById("findings")?.replaceWith(findings);
    const path = location.pathname + (query ? `?${query}` : "");
    history.replaceState(null, "", `${path}#${fresh.id}`);
    const again = name && [...fresh.querySelectorAll("form [name]")].find(
      (field) => field.name === name && (value === null || field.value === value));
    if (again) again.focus({ preventScroll: true });
    const sentence = fresh.querySelector(".statement");
    said.textContent = sentence ? sentence.textContent : "These settings leave no study.";
  };

  const formOf = (event) =>
    event.target instanceof Element ? event.target.closest("form[data-card]") : null;
  document.addEventListener("change", (event) => {
    const form = formOf(event);
    if (form) redraw(form, settingsOf(form));
  });
  document.addEventListener("submit", (event) => {
    const form = formOf(event);
    if (!form) return;
    event.preventDefault();
    redraw(form, settingsOf(form));
  });
  document.addEventListener("click", (event) => {
    const reset = event.target instanceof Element ? event.target.closest("[data-reset]") : null;
    if (!reset || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const form = reset.closest("article").querySelector("form[data-card]");
    if (!form) return;
    event.preventDefault();
    redraw(form, reset.dataset.reset);
  });
})();
