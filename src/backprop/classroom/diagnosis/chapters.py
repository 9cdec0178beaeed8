"""Where in the book an equation is derived, in words that a reader has without the book's links."""

CHAPTERS = {
    "Follow one nudge to the loss": {"At a fork, slopes add": ("eq-fork",)},
    "Send numbers forward, from the inputs to the loss": {
        "One row, then all rows": ("eq-Z1",),
        "ReLU, entry by entry": ("eq-A1",),
        "Logits and probabilities": ("eq-Z2", "eq-P"),
        "The loss": ("eq-loss",),
    },
    "Turn logits into a loss, and back": {
        "From scores to probabilities": ("eq-softmax-one",),
        "The Jacobian, once": ("eq-softmax-jacobian",),
        "The collapse": ("eq-collapse-softmax",),
    },
    "Differentiate a linear layer": {
        "Add up along the paths": ("eq-dW-entry", "eq-dW", "eq-db", "eq-dX")
    },
    "Open and shut the gate": {
        "A layer of gates": ("eq-relu-dZ",),
        "A gate that never shuts quite": ("eq-leaky-dZ",),
    },
    "Derive the backward pass, step by step": {
        "Loss and softmax, in one step": ("eq-dZ2",),
        "The output layer": ("eq-dW2", "eq-dA1"),
        "The gate": ("eq-gate", "eq-dZ1"),
        "The hidden layer": ("eq-dW1", "eq-db1"),
        "One step": ("eq-sgd",),
    },
}
SECTIONS = {
    label: (chapter, section)
    for chapter, sections in CHAPTERS.items()
    for section, labels in sections.items()
    for label in labels
}


def where(label: str) -> str:
    """Say in which chapter and section of the book an equation stands."""
    chapter, section = SECTIONS[label]
    return f"The book derives it in the chapter “{chapter}”, under “{section}”."
