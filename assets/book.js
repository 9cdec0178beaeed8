// What opens something is named after what it opens, and what copies after what it copies; the theme
// calls each "Toggle hidden content" and "Copy to clipboard".
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll(".admonition-title > .toggle-button")) {
    const title = button.parentElement.textContent.replace(/\s+/g, " ").trim();
    button.ariaLabel = `${button.dataset.toggleHint}: ${title}`;
  }
  for (const report of document.querySelectorAll(".book-report")) {
    const output = report.closest(".cell_output")?.ariaLabel.toLowerCase();
    const parts = [...report.querySelectorAll("section")];
    for (const summary of report.querySelectorAll("summary")) {
      const part = parts.indexOf(summary.closest("section")) + 1;
      summary.ariaLabel = `${summary.textContent}: ${output}${part > 1 ? `, part ${part}` : ""}`;
    }
  }
});
addEventListener("load", () => {
  for (const button of document.querySelectorAll(".copybtn")) {
    const name = button.closest(".cell_input").ariaLabel;
    button.ariaLabel = `Copy ${name[0].toLowerCase()}${name.slice(1)}`;
  }
});

// What scrolls sideways can be reached by Tab, also once it is unfolded, the letters have come, or
// the window is narrower.
const BOXES =
  "pre, figure, .math, .math > mjx-container, .pst-scrollable-table-container, .book-numbers div, " +
  ".output.text_html";
document.addEventListener("DOMContentLoaded", () => {
  const boxes = [...document.querySelectorAll(BOXES)];
  const named = new Set(boxes.filter((box) => box.ariaLabel || box.localName === "figure"));
  const reach = (box) => {
    const wide = box.scrollWidth > box.clientWidth + 1;  // or the hat of a letter is a stop
    const scrolls = wide && /auto|scroll/.test(getComputedStyle(box).overflowX);
    if (scrolls && box.tabIndex !== 0) box.tabIndex = 0;
    if (!scrolls && box.tabIndex === 0) box.removeAttribute("tabindex");
    if (!named.has(box)) {
      box.role = scrolls ? "group" : null;
      box.ariaLabel = scrolls ? "Scrolls sideways" : null;
    }
  };
  const again = (seen) => seen.forEach(({ target }) => reach(target));
  const [sizes, stops] = [new ResizeObserver(again), new MutationObserver(again)];
  for (const box of boxes) {
    sizes.observe(box);
    stops.observe(box, { attributeFilter: ["tabindex"] });  // the theme takes a pixel for a scroll
  }
  document.fonts.ready.then(() => boxes.forEach(reach));
  matchMedia("(max-width: 600px)").addEventListener("change", () => boxes.forEach(reach));
});

// The theme takes the focus from a button that was pressed, and so the place from who uses keys.
// (From who uses the mouse it takes a tooltip.)
document.addEventListener("DOMContentLoaded", () => {
  const toggles = ".theme-switch-button, .search-button, .primary-toggle, .secondary-toggle";
  for (const button of document.querySelectorAll(toggles)) {
    button.blur = () => button.matches(":focus-visible") || HTMLElement.prototype.blur.call(button);
  }
  const wide = matchMedia("(min-width: 992px)");  // here the chapters stand beside the page
  for (const [which, name] of [["primary", "Chapters"], ["secondary", "Contents"]]) {
    const dialog = document.getElementById(`pst-${which}-sidebar-modal`);
    const button = document.querySelector(`.${which}-toggle`);
    if (!dialog || !button) continue;
    dialog.ariaLabel = name;
    const sidebar = document.getElementById(`pst-${which}-sidebar`);
    const tell = () => {
      const beside = wide.matches && which === "primary";
      button.ariaExpanded = beside ? !sidebar.classList.contains("pst-sidebar-hidden") : dialog.open;
    };
    new MutationObserver(tell).observe(sidebar, { attributeFilter: ["class"] });
    wide.addEventListener("change", tell);
    tell();
    dialog.addEventListener("close", () => {
      tell();
      if (document.activeElement === document.body) button.focus({ preventScroll: true });
    });
  }
  for (const button of document.querySelectorAll(".btn-fullscreen-button")) {
    const tell = () => (button.ariaPressed = Boolean(document.fullscreenElement));
    document.addEventListener("fullscreenchange", tell);
    tell();
  }
  const search = document.getElementById("pst-search-dialog");
  if (search) search.ariaLabel = "Search";
});

// Which page this is, is told and in sight; signs that are drawn from a font are not read; what a
// button did is announced.
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
  const say = (words) => {
    said.textContent = words;
    setTimeout(() => (said.textContent = ""), 3000);
  };
  document.addEventListener("click", ({ target }) => {
    if (target.closest(".copybtn")) say("Copied");
  });
  const modes = { auto: "as your system", light: "light", dark: "dark" };
  for (const button of document.querySelectorAll(".theme-switch-button")) {
    const name = () => (button.ariaLabel = `Colours: ${modes[document.documentElement.dataset.mode]}`);
    button.dataset.bsTitle = "Colours";
    button.addEventListener("click", () => say(name()));
    name();
  }
});

// Paper is white, whatever the theme.
let theme;
addEventListener("beforeprint", () => {
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => { document.documentElement.dataset.theme = theme; });

// Which part of a page is read is marked in its contents. The theme marks headings that pass by, and
// is wrong after a leap, and on the way up.
document.addEventListener("DOMContentLoaded", () => {
  const contents = document.getElementById("pst-page-toc-nav");
  if (!contents) return;
  const links = [...contents.querySelectorAll("a")];
  const top = (link) => document.getElementById(link.hash.slice(1)).getBoundingClientRect().top;
  document.addEventListener("scrollend", () => {
    const marked = links.find((link) => link.matches(".active"));
    const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
    if (end && marked && top(marked) >= 0) return;  // a last part that was chosen stays below
    const read = links.findLast((link) => top(link) < 0.3 * innerHeight);
    for (const link of links) {
      link.classList.toggle("active", link === read);
      link.ariaCurrent = link === read ? "true" : null;
    }
    for (const entry of contents.querySelectorAll(".toc-entry"))
      entry.classList.toggle("active", entry.contains(read));
  });
});

// What a search found is shown with its surroundings. Sphinx looks for stems, such as "leaki", and
// shows the menus of a page where it finds none.
document.addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined") return;
  const query = (new URLSearchParams(location.search).get("q") ?? "").trim().toLowerCase();
  const words = query.match(/[\p{L}\p{N}]+/gu) ?? [];
  Search.makeSearchSummary = (html, stems, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article.bd-article");
    for (const one of article.querySelectorAll(".headerlink, .visually-hidden, script, style")) one.remove();
    const part = (anchor && page.getElementById(anchor.slice(1))) || article;
    const text = part.textContent.replace(/\s+/g, " ").trim();
    const places = [query, ...words, ...stems].map((word) => text.toLowerCase().indexOf(word));
    const found = places.find((place) => place >= 0) ?? 0;
    const start = found < 120 ? 0 : text.indexOf(" ", found - 120) + 1;
    const [shown] = text.slice(start).match(/^.{0,240}(?=\s|$)/);
    const summary = document.createElement("p");
    summary.className = "context";
    summary.textContent = `${start ? "… " : ""}${shown}${start + shown.length < text.length ? " …" : ""}`;
    return summary;
  };
});
