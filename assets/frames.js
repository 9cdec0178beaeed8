// Interactive figures: of the pictures that stand in the page, show the one that is chosen.
for (const figure of document.querySelectorAll(".book-explore")) {
  const controls = [...figure.querySelectorAll("select, input")];
  const sliders = [...figure.querySelectorAll("input")];
  const frames = [...figure.querySelectorAll(".book-frame")];
  const size = (control) => control.options?.length ?? Number(control.max) + 1;
  const place = (control) => control.selectedIndex ?? Number(control.value);
  const label = (control) => control.labels[0].querySelector("span").textContent;
  const buttons = (slider) => slider.closest(".book-control").querySelectorAll("button");

  const show = () => {
    for (const slider of sliders) {
      const name = slider.dataset.names.split("|")[slider.value];
      slider.setAttribute("aria-valuetext", name);
      slider.parentElement.nextElementSibling.textContent = name;
      const [back, next] = buttons(slider);
      back.ariaDisabled = slider.value === slider.min;
      next.ariaDisabled = slider.value === slider.max;
    }
    const chosen = controls.reduce((before, control) => before * size(control) + place(control), 0);
    frames.forEach((frame, k) => frame.classList.toggle("shown", k === chosen));
    return frames[chosen];
  };
  // Told when the reader rests, and then taken away, or it would be read beside the picture.
  const said = figure.querySelector(".book-said");
  let later;
  const say = (words, after) => {
    clearTimeout(later);
    later = setTimeout(() => {
      said.textContent = words;
      if (words) say("", 5000);
    }, after);
  };
  const change = () => say(show().textContent, 400);

  for (const slider of sliders) {
    const name = controls.slice(0, controls.indexOf(slider) + 1).map(label).join(" ");
    slider.ariaLabel = name;
    const [back, next] = buttons(slider);
    for (const [button, by] of [[back, -1], [next, 1]]) {
      button.ariaLabel = `${button.textContent}: ${name}`;
      button.addEventListener("click", () => {
        if (button.ariaDisabled === "true") return;
        slider.value = Number(slider.value) + by;
        change();
      });
    }
  }
  for (const control of controls) control.addEventListener("input", change);
  figure.querySelector(".book-controls").hidden = false;
  figure.querySelector(".book-frames").removeAttribute("tabindex");
  figure.classList.add("alive");
  show();
}
