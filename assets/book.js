// What opens something is named after what it opens; the theme calls each "Toggle hidden content".
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll(".admonition-title > .toggle-button")) {
    button.ariaLabel = button.parentElement.textContent.replace(/\s+/g, " ").trim();
  }
});

// What scrolls sideways can be reached by Tab, also once it is unfolded, the letters have come, or
// the window is narrower.
const BOXES =
  "pre, figure, .math, .math > mjx-container, .pst-scrollable-table-container, .book-numbers div";
document.addEventListener("DOMContentLoaded", () => {
  const boxes = [...document.querySelectorAll(BOXES)];
  const reach = (box) => {
    const wide = box.scrollWidth > box.clientWidth;
    const scrolls = wide && /auto|scroll/.test(getComputedStyle(box).overflowX);
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
    if (box.localName !== "figure") {
      box.role = scrolls ? "group" : null;
      box.ariaLabel = scrolls ? "Scrolls sideways" : null;
    }
  };
  const watch = new ResizeObserver((seen) => seen.forEach(({ target }) => reach(target)));
  boxes.forEach((box) => watch.observe(box));
  document.fonts.ready.then(() => boxes.forEach(reach));
});

// The theme takes the focus from a button that was pressed, and so the place from who uses keys.
// (From who uses the mouse it takes a tooltip.)
document.addEventListener("DOMContentLoaded", () => {
  const toggles = ".theme-switch-button, .search-button, .primary-toggle, .secondary-toggle";
  for (const button of document.querySelectorAll(toggles)) {
    button.blur = () => button.matches(":focus-visible") || HTMLElement.prototype.blur.call(button);
  }
  for (const [which, name] of [["primary", "Chapters"], ["secondary", "Contents"]]) {
    const dialog = document.getElementById(`pst-${which}-sidebar-modal`);
    if (!dialog) continue;
    dialog.ariaLabel = name;
    dialog.addEventListener("close", () => {
      if (document.activeElement === document.body)
        document.querySelector(`.${which}-toggle`)?.focus({ preventScroll: true });
    });
  }
  const search = document.getElementById("pst-search-dialog");
  if (search) search.ariaLabel = "Search";
});

// Which page this is, is told and in sight; signs that are drawn from a font are not read; a copy is announced.
document.addEventListener("DOMContentLoaded", () => {
  const here = document.querySelector(".bd-sidenav a.current[href='#']");
  here?.setAttribute("aria-current", "page");
  addEventListener("load", () => {
    const sidebar = here?.closest(".bd-sidebar-primary");
    if (!sidebar) return;
    const [inner, outer] = [here, sidebar].map((one) => one.getBoundingClientRect());
    if (inner.top < outer.top || inner.bottom > Math.min(outer.bottom, innerHeight))
      sidebar.scrollTop += inner.top - outer.top - outer.height / 2;
  });
  for (const sign of document.querySelectorAll("i[class*='fa-'], span[class*='fa-']")) {
    sign.ariaHidden = "true";
  }
  const said = document.createElement("p");
  said.role = "status";
  said.className = "visually-hidden";
  document.querySelector("article.bd-article")?.append(said);
  document.addEventListener("click", ({ target }) => {
    if (!target.closest(".copybtn")) return;
    said.textContent = "Copied";
    setTimeout(() => (said.textContent = ""), 3000);
  });
});
