// What a page shows, as plain data. Playwright calls these functions by name: `facts.links()`.
const article = document.querySelector("article.bd-article") ?? document.body;
const shown = (element) => element.checkVisibility({ visibilityProperty: true });
const words = (element) => (element.ariaLabel ?? element.textContent).replace(/\s+/g, " ").trim();
const describe = (element) =>
  `<${element.localName} class="${element.className}"> ${words(element).slice(0, 80)}`;

/** Return the links of the page, the names that a link can lead to, and the text. */
function links() {
  const hrefs = [...document.querySelectorAll("a[href]")].map((link) => link.href);
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  return { hrefs: [...new Set(hrefs)], ids, title: document.title, text: article.innerText };
}

/** Open all that folds away, and return what stays hidden. */
function openToggles() {
  const toggles = [...document.querySelectorAll("button.toggle-button")];
  for (const one of toggles) if (one.ariaExpanded === "false") one.click();
  for (const one of article.querySelectorAll("details")) one.open = true;
  const closed = toggles.filter((one) => one.ariaExpanded !== "true");
  const hidden = toggles.filter((one) => !shown(one.closest(".admonition").lastElementChild));
  return [...new Set([...closed, ...hidden])].map(describe);
}

/** Say whether what has the focus fills a box that cuts off the frame around it. */
function cutOff(one) {
  const { outlineStyle, outlineOffset } = getComputedStyle(one);
  if (outlineStyle === "none" || Number.parseFloat(outlineOffset) < 0) return false;
  const { left, right, top } = one.getBoundingClientRect();
  for (let box = one.parentElement; box; box = box.parentElement) {
    if (!/hidden|clip/.test(getComputedStyle(box).overflow)) continue;
    const edge = box.getBoundingClientRect();
    const x = edge.left + box.clientLeft;
    if (left < x + 1 && right > x + box.clientWidth - 1 && top < edge.top + box.clientTop + 1) return true;
  }
  return false;
}

/** Return what a keyboard reaches and its reader would not see there: no frame, no shadow. */
function unseen() {
  const stops = "a[href], button, input, select, summary, [tabindex='0']";
  const found = [...document.querySelectorAll(stops)].filter((one) => {
    one.focus({ preventScroll: true });
    const { outlineStyle, boxShadow } = getComputedStyle(one);
    const unmarked = outlineStyle === "none" && boxShadow === "none";
    return document.activeElement === one && (unmarked || cutOff(one));
  });
  document.activeElement.blur();
  return found.slice(0, 3).map((one) => `no focus to be seen: ${describe(one)}`);
}

/** Return formulas that stand there as TeX, or in red. */
function untypeset() {
  const raw = /\\[([]|\$\$|\\begin\{|\\(?:frac|sum|mathrm|partial)\b|\$[^$\s][^$]*\$/;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [...document.querySelectorAll("mjx-merror, [data-mjx-error]")].map(describe);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (raw.test(data) && !parentElement.closest("pre, code, script, style")) found.push(data.trim());
  }
  const empty = [...document.querySelectorAll(".math")].filter((one) => !one.querySelector("mjx-math"));
  return [...found, ...empty.map(describe)];
}

/** Return what reaches beyond the right edge of the screen, and does not lie in a box that scrolls,
 *  and formulas that do: their result would be out of sight. (On a page four times enlarged they may.) */
function overflowing() {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let box = element.parentElement; box; box = box.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)) return true;
    return false;
  };
  const aside = ".bd-sidebar-secondary, .bd-sidebar-secondary *, mjx-assistive-mml *";
  const out = [...document.querySelectorAll(`.bd-main :not(${aside})`)].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.right > width + 1 && box.width > 1 && shown(element) && !scrolls(element);
  });
  const page = document.documentElement.scrollWidth > width ? ["the page scrolls sideways"] : [];
  const cut = [...article.querySelectorAll(".math, .math > mjx-container")].filter(
    (box) => width > 320 && shown(box) && box.clientWidth && box.scrollWidth > box.clientWidth + 1,
  );
  return [...page, ...[...out.slice(0, 3), ...cut].map(describe)];
}

/** Return what paper cuts of a page that is about to be printed, for paper does not scroll. */
function torn() {
  document.documentElement.dataset.theme = "dark";
  dispatchEvent(new Event("beforeprint"));
  const dark = document.documentElement.dataset.theme === "dark" ? ["paper is dark"] : [];
  const boxes = [...article.querySelectorAll("pre, figure, table, .math, div:has(> table)")];
  const cut = boxes.filter((box) => shown(box) && box.scrollWidth > box.clientWidth + 1);
  return [...dark, ...overflowing(), ...cut.map(describe)];
}

/** Return code cells without a button that copies them. */
function uncopyable() {
  const cells = [...article.querySelectorAll("div.cell_input div.highlight")];
  return cells.filter((cell) => !cell.querySelector("button.copybtn")).map(describe);
}

/** Return the looks of a page, each with one element that has it: text of one colour, size and weight
 *  on one background. */
function looks(theme) {
  const found = new Map();
  const known = new Map([[null, ""]]);
  const backgrounds = (one) => {
    if (!known.has(one))
      known.set(one, getComputedStyle(one).backgroundColor + backgrounds(one.parentElement));
    return known.get(one);
  };
  const texts = [...document.body.querySelectorAll(":not(script, style, mjx-math *)")].filter(
    (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && shown(one),
  );
  for (const one of texts) {
    const { color, fontSize, fontWeight, opacity } = getComputedStyle(one);
    found.set([theme, color, fontSize, fontWeight, opacity, backgrounds(one)].join(), one);
  }
  return found;
}

/** Return what axe found, in words. It does not know MathML, and takes a header of it for empty. */
const explain = (theme, { violations }) =>
  violations.flatMap(({ id, help, nodes }) =>
    nodes
      .filter(({ element }) => id !== "empty-table-header" || !element.querySelector("math"))
      .slice(0, 3)
      .map(({ html, any }) =>
        `${theme}: ${id}: ${help}: ${html.slice(0, 200)} ${any[0]?.message ?? ""}`),
  );

/** Return which texts and pictures cannot be read in a theme, and the looks that axe judged; those
 *  that it knows from other pages it need not judge again. */
async function unreadable(theme, known) {
  document.documentElement.dataset.theme = theme;
  const found = looks(theme);
  for (const look of known) found.delete(look);
  const include = [...found.values()];
  const pale = include.length
    ? await axe.run({ include }, { runOnly: ["color-contrast"], elementRef: true })
    : { violations: [] };
  const turned = theme === "dark" ? "invert(1)" : "none";
  const pictures = [...article.querySelectorAll("img:not([src$='.svg'])")].filter(
    (one) => shown(one) && !(one.naturalWidth && getComputedStyle(one).filter.startsWith(turned)),
  );
  const words = pictures.map((one) => `${theme}: the picture ${one.alt}`);
  return { unreadable: [...explain(theme, pale), ...words], looks: [...found.keys()] };
}

/** Return what axe has against the page, by tags. It looks at every element, so of formulas and code
 *  only the boxes are left to it: the letters of formulas are hidden from screen readers, which get
 *  MathML instead, and the tokens of code are plain spans. */
async function barriers(tags) {
  for (const one of document.querySelectorAll("mjx-math")) {
    const { width, height } = one.getBoundingClientRect();
    one.style.cssText = `display: inline-block; width: ${width}px; height: ${height}px`;
    one.replaceChildren();
  }
  for (const one of article.querySelectorAll("pre")) one.textContent = one.textContent;
  await new Promise((resume) => requestAnimationFrame(() => requestAnimationFrame(resume)));
  const rules = { "color-contrast": { enabled: false } };  // see unreadable()
  const options = { runOnly: { type: "tag", values: tags }, rules, elementRef: true };
  return explain("axe", await axe.run(document, options));
}

/** Return whether a control is a "select", a "slider", or something to press. */
function kindOf(control) {
  if (control.type === "range" || control.role === "slider") return "slider";
  return control.localName;
}

/** Return where the track of a slider lies: its left end, its width and the height of its middle. */
function trackOf(slider) {
  const track = slider.closest(".noUi-target") ?? slider;
  track.scrollIntoView({ block: "center", behavior: "instant" });
  const { x, y, width, height } = track.getBoundingClientRect();
  return { x, width, y: y + height / 2 };
}

/** Return what shows in the output in which a control stands: its pictures and its words, without
 *  what is announced and taken away. */
function pictureOf(control) {
  const output = control.closest(".cell_output");
  const said = output.querySelector(".book-said")?.innerText ?? "";
  const pictures = [...output.querySelectorAll("img, svg")].filter(shown);
  return [...pictures.map((one) => one.src ?? one.outerHTML), output.innerText.replace(said, "")].join("\n");
}

/** Return what a screen reader would pass over, read out of order, or call like something else. */
function unheard() {
  const all = (selector, wrong) => [...document.querySelectorAll(selector)].filter(wrong);
  const twice = (elements, name) => {
    const names = elements.map(name);
    return elements.filter((_, k) => names.indexOf(names[k]) < k);
  };
  const named = (box) => box.role === "group" && box.ariaLabel && box.ariaLabel !== "Scrolls sideways";
  const headings = all("h1, h2, h3, h4, h5, h6, [role=heading]", shown);
  const landmarks = ":is(header, footer):not(main *), nav, main, aside, search, [role=region]";
  const unfolding = ".primary-toggle, .secondary-toggle, .toggle-button, [data-bs-toggle=dropdown]";
  const headed = (cell) => {
    const head = cell.closest("table").rows[0].cells[cell.cellIndex];
    return cell.cellIndex > 0 && words(head) !== "row";
  };
  const found = {
    "no name": all(".cell_input, .cell_output, .book-frames", (box) => !named(box)),
    "no name of a table": all("article table", (one) => !one.ariaLabel && !named(one.parentElement)),
    "no heading": all(".exercise > .admonition-title, .sd-card-title", (one) => one.role !== "heading"),
    "a heading above the page's": headings.slice(0, 1).filter((one) => one.localName !== "h1"),
    "a row without a header": all("article tbody tr", (row) => !row.querySelector("th[scope=row]")),
    "a number that heads nothing": all("article tbody td", (cell) => words(cell) && !headed(cell)),
    "no state": [
      ...all(unfolding, (one) => !one.ariaExpanded),
      ...all(".btn-fullscreen-button", (one) => !one.ariaPressed),
    ],
    "an empty landmark": all(landmarks, (one) => shown(one) && !one.textContent.trim()),
    "an id that is there twice": twice(all("[id]", () => true), (one) => one.id),
    "called alike": twice(all("article :is(button, summary, select, input)", shown), spoken),
  };
  return Object.entries(found).flatMap(([what, those]) =>
    those.slice(0, 3).map((one) => `${what}: ${describe(one)} ${one.id}`),
  );
}

/** Return the name of a control. */
const spoken = (one) => one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.innerText.trim();

/** Return the link to this page if it cannot be seen in the sidebar. */
function outOfSight() {
  const here = document.querySelector(".bd-sidenav a[aria-current=page]");
  if (!here) return document.querySelector(".bd-sidenav .current") ? ["no link is the current one"] : [];
  const [inner, outer] = [here, here.closest(".bd-sidebar")].map((one) => one.getBoundingClientRect());
  const seen = inner.top >= outer.top && inner.bottom <= Math.min(outer.bottom, innerHeight);
  return seen ? [] : [describe(here)];
}

/** Return what scrolls sideways and is no stop for Tab, and what is a stop, or says that it is wide,
 *  and does not scroll. */
async function unreachable() {
  let wrong = [];
  for (let frame = 0; frame < 2 || (wrong.length && frame < 30); frame += 1) {  // a busy machine lags
    await new Promise((resume) => requestAnimationFrame(resume));
    wrong = outOfReach();
  }
  return wrong.slice(0, 3).map((box) => `Tab: ${describe(box)}`);
}

function outOfReach() {
  const boxes =
    "pre, figure, .math, .math > mjx-container, .pst-scrollable-table-container, .book-numbers div, " +
    ".output.text_html";
  return [...article.querySelectorAll(boxes)].filter((box) => {
    const scrolls = /auto|scroll/.test(getComputedStyle(box).overflowX);
    const hides = scrolls && box.scrollWidth > box.clientWidth + 1;
    const says = getComputedStyle(box, "::before").content.includes("wider");
    return shown(box) && (hides !== (box.tabIndex === 0) || (says && !hides));
  });
}

/** Return the interactive figures that speak before their reader rests, never, or of something else. */
async function unspoken() {
  const rest = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds));
  const hears = async (figure) => {
    const said = figure.querySelector(".book-said");
    const [control] = figure.querySelectorAll("select, input");
    const move = (to) => {
      if (control.options) control.selectedIndex = to;
      else control.value = to;
      control.dispatchEvent(new Event("input", { bubbles: true }));
    };
    said.textContent = "";
    for (const to of [1, 0, 1]) {
      move(to);
      await rest(200);
      if (said.textContent) return "speaks at once";
    }
    for (let tries = 0; tries < 40 && !said.textContent; tries++) await rest(50);
    return said.textContent === figure.querySelector(".shown").textContent ? "" : "says something else";
  };
  const found = [...document.querySelectorAll(".book-explore")].map(async (figure) => {
    const wrong = await hears(figure);
    return wrong && `${wrong}: ${describe(figure)}`;
  });
  return (await Promise.all(found)).filter(Boolean);
}

window.facts = {
  links, openToggles, unseen, untypeset, overflowing, torn, uncopyable, unreadable, barriers,
  unheard, outOfSight, unreachable, unspoken, kindOf, trackOf, pictureOf,
};
