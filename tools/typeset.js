// Typeset formulas without a browser: reads [[TeX, display], ...] from stdin, and writes
// {"formulas": [{"html", "error"}, ...], "css"}, with the style of all the formulas that it saw.
const { readFileSync } = require("fs");

const components = ["input/tex-base", "[tex]/ams", "output/chtml", "a11y/assistive-mml"];
const em = 16; // the sizes that an element without a browser cannot tell
const LONG = 20; // letters; what is shorter stays on one line

// As in print, a long formula in a line of text may go on in the next after =, + and -, if that is
// not between brackets. MathJax would never break it; so its row is put into parts. A line ends at a
// <wbr> alone, and not between the last part and the full stop behind it.
function breakable(adaptor, container) {
  const row = adaptor.firstChild(container);
  if (adaptor.outerHTML(row).split("<mjx-c ").length <= LONG) return container;
  const nodes = [...adaptor.childNodes(row)];
  const letter = (node) => /mjx-c([0-9A-F]+)"/.exec(adaptor.outerHTML(node))?.[1];
  let [depth, part] = [0, []];
  const parts = [part];
  nodes.forEach((node, k) => {
    part.push(node);
    if (adaptor.kind(node) !== "mjx-mo") return;
    if (["28", "5B", "7B"].includes(letter(node))) depth += 1;
    if (["29", "5D", "7D"].includes(letter(node))) depth -= 1;
    const [space, after] = [node, nodes[k + 1]].map((one) => one && adaptor.getAttribute(one, "space"));
    const sum = ["2B", "2212"].includes(letter(node));
    if (depth || space !== after || !(space === "4" || (space === "3" && sum))) return;
    adaptor.removeAttribute(nodes[k + 1], "space"); // a line does not begin with it
    adaptor.setAttribute(node, "rspace", space);
    parts.push((part = []));
  });
  parts.forEach((nodes, k) => {
    if (k) adaptor.append(row, adaptor.node("wbr"));
    adaptor.append(row, adaptor.node("mjx-part", {}, nodes));
  });
  return container;
}

require("mathjax").init({
  loader: { load: [...components, "adaptors/liteDOM"] },
  tex: { packages: ["base", "ams"] },
  options: { enableAssistiveMml: true }, // each formula says itself to a screen reader
  chtml: { fontURL: "vendor/mathjax" },
  startup: { typeset: false },
}).then(({ startup: { adaptor }, tex2chtml, chtmlStylesheet }) => {
  const formulas = JSON.parse(readFileSync(0, "utf8")).map(([tex, display]) => {
    const whole = tex2chtml(tex, { display, em, ex: em / 2, containerWidth: 40 * em });
    const html = adaptor.outerHTML(display ? whole : breakable(adaptor, whole));
    return { html, error: /data-mjx-error="([^"]*)"/.exec(html)?.[1] };
  });
  console.log(JSON.stringify({ formulas, css: adaptor.textContent(chtmlStylesheet()) }));
}).catch((error) => {
  console.error(error);
  process.exit(1);
});
