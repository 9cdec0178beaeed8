"""The worked example in scikit-learn, as one would write it there."""

from sklearn.neural_network import MLPClassifier


def gradients(X, y, W1, b1, W2, b2, alpha=0.0):
    """Return the loss, and the gradients as the change that one step of SGD makes."""
    model = MLPClassifier(
        hidden_layer_sizes=(3,),
        solver="sgd",
        learning_rate_init=1.0,
        momentum=0.0,  # the default is 0.9
        alpha=alpha,  # a penalty on the weights; the default is 0.0001
    )
    model.partial_fit(X, y, classes=[0, 1])  # makes its arrays; we overwrite them
    (its_W1, its_W2), (its_b1, its_b2) = model.coefs_, model.intercepts_
    arrays = [its_W1, its_b1, its_W2, its_b2]
    # two classes share one output, the difference of our two
    start = [W1, b1, W2[:, 1:] - W2[:, :1], b2[1:] - b2[:1]]
    for array, wanted in zip(arrays, start, strict=True):
        array[...] = wanted

    model.partial_fit(X, y)  # one step on all the rows

    found = {"loss": model.loss_}
    names = ("dW1", "db1", "dW2", "db2")
    for name, before, after in zip(names, start, arrays, strict=True):
        found[name] = before - after
    return found
