// Comfort only: without this script the chains are lit by their names above the picture.
// An arrow or a box that is pointed at or has the focus lights every chain through it.
(() => {
  "use strict";
  const section = document.getElementById("mechanisms");
  const picture = section?.querySelector("svg");
  const marks = picture ? [...picture.querySelectorAll("[data-about]")] : [];
  if (!marks.length || !section.querySelector(".chains")) return;

  const lights = document.createElement("div");
  lights.className = "lights";
  lights.setAttribute("role", "status");
  const hint = "Point at an arrow or a box, or reach it with the Tab key, to light every chain through it.";
  lights.textContent = hint;
  picture.closest(".scroll").after(lights);
  picture.setAttribute("role", "group");

  const numbersOf = (mark) =>
    [...mark.querySelector(".link").classList]
      .filter((name) => name.startsWith("on-")).map((name) => Number(name.slice(3)));

  const line = (tag, words) => {
    const made = document.createElement(tag);
    made.textContent = words;
    return made;
  };

  const MOST = 3;
  const tell = (mark, numbers) => {
    const chains = numbers.map((number) => {
      const label = document.getElementById(`chain-${number}`).closest("label");
      const words = label.querySelector("span").textContent;
      // Its pathway is seen in the picture; what is wanted here is where it is weakest.
      const weakest = label.querySelector("small").textContent.split("; ").slice(1).join("; ");
      return `${words}: ${weakest}`;
    });
    const count = chains.length === 1 ? "On one chain" : `On ${chains.length} chains`;
    const parts = [line("b", mark.dataset.about)];
    if (chains.length) {
      parts.push(` · ${count}.`);
      const list = document.createElement("ul");
      list.append(...chains.slice(0, MOST).map((words) => line("li", words)));
      if (chains.length > MOST) list.append(line("li", `and ${chains.length - MOST} more, named above the picture`));
      parts.push(list);
    } else parts.push(" · On none of the chains.");
    lights.replaceChildren(...parts);
  };

  let lit = null;
  const light = (mark) => {
    if (mark === lit) return;
    lit = mark;
    for (const part of picture.querySelectorAll(".lit, .weakest")) part.classList.remove("lit", "weakest");
    section.classList.toggle("pointed", Boolean(mark));
    if (!mark) {
      lights.textContent = hint;
      return;
    }
    const numbers = numbersOf(mark);
    const mine = numbers.length ? [] : [...mark.querySelectorAll(".link")];
    for (const number of numbers) {
      mine.push(...picture.querySelectorAll(`.on-${number}`));
      for (const part of picture.querySelectorAll(`.weak-${number}`)) part.classList.add("weakest");
    }
    for (const part of mine) part.classList.add("lit");
    tell(mark, numbers);
  };

  const markOf = (element) => (element instanceof Element ? element.closest("[data-about]") : null);
  const focused = () => {
    const mark = markOf(document.activeElement);
    return mark && picture.contains(mark) ? mark : null;
  };

  for (const mark of marks) {
    const source = mark.querySelector("[data-node]");
    mark.setAttribute("tabindex", "0");
    mark.setAttribute("aria-label", mark.dataset.about);
    mark.setAttribute("role", source ? "button" : "img");
    // A thin line is hard to hit: a wide one that nobody sees lies under it.
    for (const path of mark.querySelectorAll('path[fill="none"]')) {
      const wide = document.createElementNS(picture.namespaceURI, "path");
      for (const [name, value] of [["d", path.getAttribute("d")], ["fill", "none"],
        ["stroke", "transparent"], ["stroke-width", "16"]]) wide.setAttribute(name, value);
      mark.prepend(wide);
    }
    if (!source) continue;
    source.setAttribute("tabindex", "-1");
    const open = () => source.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    mark.addEventListener("click", (event) => {
      if (!event.target.closest("[data-node]")) open();
    });
    mark.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
  }

  picture.addEventListener("pointerover", (event) => light(markOf(event.target) ?? focused()));
  picture.addEventListener("pointerleave", () => light(focused()));
  // Not on the picture itself: an SVG that listens for the focus gets it.
  section.addEventListener("focusin", () => light(focused()));
  section.addEventListener("focusout", () => setTimeout(() => light(focused())));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && lit) light(null);
  });
})();
