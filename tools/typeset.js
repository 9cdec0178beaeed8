// Typeset formulas without a browser: reads [[TeX, display], ...] from stdin, and writes
// {"formulas": [{"html", "error"}, ...], "css"}, with the style of all the formulas that it saw.
const { readFileSync } = require("fs");

const components = ["input/tex-base", "[tex]/ams", "output/chtml", "a11y/assistive-mml"];
const em = 16; // the sizes that an element without a browser cannot tell

require("mathjax").init({
  loader: { load: [...components, "adaptors/liteDOM"] },
  tex: { packages: ["base", "ams"] },
  options: { enableAssistiveMml: true }, // each formula says itself to a screen reader
  chtml: { fontURL: "vendor/mathjax" },
  startup: { typeset: false },
}).then(({ startup: { adaptor }, tex2chtml, chtmlStylesheet }) => {
  const formulas = JSON.parse(readFileSync(0, "utf8")).map(([tex, display]) => {
    const html = adaptor.outerHTML(tex2chtml(tex, { display, em, ex: em / 2, containerWidth: 40 * em }));
    return { html, error: /data-mjx-error="([^"]*)"/.exec(html)?.[1] };
  });
  console.log(JSON.stringify({ formulas, css: adaptor.textContent(chtmlStylesheet()) }));
}).catch((error) => {
  console.error(error);
  process.exit(1);
});
