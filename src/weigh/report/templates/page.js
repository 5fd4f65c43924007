// Comfort only: without this script every number is a plain link into the list at the page's end.
(() => {
  "use strict";
  const panel = document.getElementById("panel");
  const body = document.getElementById("panel-body");
  const back = document.getElementById("panel-back");
  const peek = document.getElementById("peek");
  const trail = [];
  let opener = null;
  let timer = 0;

  const entry = (node) => document.getElementById("node-" + node.split(/\s+/).join("_"));

  const show = (node) => {
    const found = entry(node);
    if (!found) return false;
    const copy = document.createElement("div");
    copy.className = "node";
    for (const child of found.childNodes) copy.append(child.cloneNode(true));
    body.replaceChildren(copy);
    back.hidden = trail.length < 2;
    panel.hidden = false;
    panel.scrollTop = 0;
    panel.focus({ preventScroll: true });
    return true;
  };

  const close = () => {
    panel.hidden = true;
    trail.length = 0;
    if (opener && opener.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  };

  const hidePeek = () => {
    clearTimeout(timer);
    peek.hidden = true;
    document.querySelectorAll('[aria-describedby="peek"]').forEach((link) => {
      link.removeAttribute("aria-describedby");
    });
  };

  const showPeek = (target) => {
    const found = entry(target.dataset.node);
    if (!found || panel.contains(target)) return;
    const lines = [found.querySelector(".node-head")];
    const below = found.querySelector("blockquote, .place, :scope > p:nth-of-type(2)");
    if (below) lines.push(below);
    peek.replaceChildren(...lines.map((line) => {
      const copy = document.createElement("p");
      copy.textContent = line.textContent;
      return copy;
    }));
    peek.hidden = false;
    const box = target.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left), innerWidth - peek.offsetWidth - 8);
    const under = box.bottom + 6 + peek.offsetHeight < innerHeight;
    peek.style.left = `${left}px`;
    peek.style.top = `${under ? box.bottom + 6 : Math.max(8, box.top - peek.offsetHeight - 6)}px`;
    if (target.matches("a")) target.setAttribute("aria-describedby", "peek");
  };

  const target = (event) =>
    event.target instanceof Element ? event.target.closest("[data-node]") : null;

  document.addEventListener("click", (event) => {
    const link = target(event);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const inside = panel.contains(link);
    if (!inside) {
      trail.length = 0;
      opener = link;
    }
    trail.push(link.dataset.node);
    if (show(link.dataset.node)) {
      event.preventDefault();
      hidePeek();
    }
  });

  const soon = (event) => {
    const link = target(event);
    if (!link) return;
    clearTimeout(timer);
    timer = setTimeout(() => showPeek(link), 300);
  };
  const later = (event) => {
    if (!target(event) && !peek.contains(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(hidePeek, 250);
  };
  document.addEventListener("mouseover", soon);
  document.addEventListener("mouseout", later);
  document.addEventListener("focusin", (event) => {
    const link = target(event);
    if (link && link.matches(":focus-visible")) soon(event);
  });
  document.addEventListener("focusout", later);
  peek.addEventListener("mouseenter", () => clearTimeout(timer));

  back.addEventListener("click", () => {
    trail.pop();
    show(trail[trail.length - 1]);
  });
  document.getElementById("panel-close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (!peek.hidden) hidePeek();
    else if (!panel.hidden) close();
  });
  addEventListener("scroll", hidePeek, { passive: true });

  // A link that leads out of the panel closes it, so that what it leads to is not covered.
  body.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link && !link.dataset.node) {
      panel.hidden = true;
      opener = null;
    }
  });

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });
})();
