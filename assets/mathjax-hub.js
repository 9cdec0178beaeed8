// ipywidgets asks for MathJax 2, `MathJax.Hub.Queue(["Typeset", ...])`; the page has MathJax 3,
// which replaces `window.MathJax` while it starts. Whatever stands there gets a Hub that answers.
let mathjax = window.MathJax;
const Hub = {
  Queue([, , element]) {
    mathjax.startup?.promise?.then(() => mathjax.typesetPromise([element]));
  },
};
Object.defineProperty(window, "MathJax", {
  get: () => mathjax && Object.assign(mathjax, { Hub }),
  set: (value) => { mathjax = value; },
});
