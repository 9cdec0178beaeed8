// What opens something is named after what it opens; the theme calls each "Toggle hidden content".
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll(".admonition-title > .toggle-button")) {
    button.ariaLabel = button.parentElement.textContent.replace(/\s+/g, " ").trim();
  }
});

// What scrolls sideways can be reached by Tab, also once it is unfolded or the window is narrower.
const BOXES = "pre, figure, .math, .math > mjx-container, .pst-scrollable-table-container";
document.addEventListener("DOMContentLoaded", () => {
  const watch = new ResizeObserver((seen) => {
    for (const { target } of seen) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const box of document.querySelectorAll(BOXES)) watch.observe(box);
});
