// Interactive figures: of the pictures that stand in the page, show the one that is chosen.
for (const figure of document.querySelectorAll(".book-explore")) {
  const controls = [...figure.querySelectorAll("select, input")];
  const frames = [...figure.querySelectorAll(".book-frame")];
  const size = (control) => control.options?.length ?? Number(control.max) + 1;
  const place = (control) => control.selectedIndex ?? Number(control.value);

  const show = () => {
    for (const slider of figure.querySelectorAll("input")) {
      const name = slider.dataset.names.split("|")[slider.value];
      slider.setAttribute("aria-valuetext", name);
      slider.parentElement.nextElementSibling.textContent = name;
    }
    const chosen = controls.reduce((before, control) => before * size(control) + place(control), 0);
    frames.forEach((frame, k) => frame.classList.toggle("shown", k === chosen));
    return frames[chosen];
  };
  const change = () => {
    figure.querySelector(".book-said").textContent = show().textContent;
  };
  const step = (slider, by) => () => {
    slider.value = Number(slider.value) + by;
    change();
  };

  for (const slider of figure.querySelectorAll("input")) {
    const [back, next] = slider.closest(".book-control").querySelectorAll("button");
    back.addEventListener("click", step(slider, -1));
    next.addEventListener("click", step(slider, 1));
  }
  for (const control of controls) control.addEventListener("input", change);
  figure.querySelector(".book-controls").hidden = false;
  figure.querySelector(".book-frames").removeAttribute("tabindex");
  figure.classList.add("alive");
  show();
}
