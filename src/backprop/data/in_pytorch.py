"""The worked example in PyTorch, as one would write it there."""

import torch
from torch import nn


def gradients(X, y, W1, b1, W2, b2):
    """Return the loss, and the gradients in the names and shapes of the book."""
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2)).double()
    with torch.no_grad():
        for layer, W, b in ((model[0], W1, b1), (model[2], W2, b2)):
            layer.weight.copy_(torch.tensor(W).T)  # nn.Linear keeps (outputs, inputs)
            layer.bias.copy_(torch.tensor(b))
    X = torch.tensor(X, requires_grad=True)

    loss = nn.CrossEntropyLoss()(model(X), torch.tensor(y))  # logits, mean
    loss.backward()

    found = {"loss": loss.item(), "dX": X.grad.numpy()}
    for number, layer in enumerate((model[0], model[2]), start=1):
        found[f"dW{number}"] = layer.weight.grad.T.numpy()
        found[f"db{number}"] = layer.bias.grad.numpy()
    return found
