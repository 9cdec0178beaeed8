import itertools
import linecache
import re
import sys

import numpy as np
import pytest

from backprop.classroom.checks import check, course_seed, grade
from backprop.classroom.exercises import EXERCISES

WRONG = [
    (name, wrong.name, answer)
    for name, exercise in EXERCISES.items()
    for wrong in exercise.wrong
    for answer in wrong.answers
]
SOFTMAX = EXERCISES["softmax"].solve
every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))


@every_exercise
def test_the_right_answer_earns_every_point(exercise):
    for seed in (0, 1, 20_000_000_001):
        result = check(exercise.solve, exercise.name, seed=seed)
        assert result.correct, result
        assert result.earned == result.out_of == sum(exercise.points.values())


@pytest.mark.parametrize(("name", "mistake", "answer"), WRONG)
def test_a_classic_wrong_answer_is_named_and_does_not_earn_every_point(name, mistake, answer):
    for seed in range(5):
        result = check(answer, name, seed=seed)
        assert result.mistakes == (mistake,), result
        assert result.earned < result.out_of


def linear_backward(dZ, X, W):
    return dZ @ W.T, X.T @ dZ, dZ.mean(axis=0)


def test_parts_earn_points_of_their_own_and_a_message_names_the_mistake():
    result = check(linear_backward)
    assert [(part.name, part.earned, part.out_of) for part in result.parts] == [
        ("dX", 2, 2),
        ("dW", 2, 2),
        ("db", 0, 2),
    ]
    assert [part.message for part in result.parts] == ["right", "right", "wrong: bias-averaged"]
    assert str(result).startswith("linear_backward: 4 of 6 points.\n\nWhat is wrong. db is wrong;")
    html = result._repr_mimebundle_()["text/html"]
    assert "<p><strong>linear_backward: 4 of 6 points.</strong></p>" in html
    assert "<details><summary>The mend</summary>" in html


def textbook(X, y, W1, b1, W2, b2, softmax=SOFTMAX):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    dZ2 = (softmax(A1 @ W2 + b2) - np.eye(len(b2))[y]) / len(X)
    dZ1 = dZ2 @ W2.T * (Z1 > 0)
    return X.T @ dZ1, dZ1.sum(axis=0), A1.T @ dZ2, dZ2.sum(axis=0)


def parts_of(function, name=None):
    return {part.name: (part.earned, part.message) for part in check(function, name).parts}


class Endless(tuple):
    """Says that it has two things, and has no end."""

    def __iter__(self):
        return itertools.repeat(0.5)


BACKWARD = {"dW1": 3, "db1": 2, "dW2": 3, "db2": 2}
NOT_WHOLE = {  # what is made of the four right gradients, and which parts it spoils
    "None for some": (lambda a, b, c, d: (None, None, c, d), "dW1 db1"),
    "too few": (lambda a, b, c, d: (a, b, c), "db2"),
    "one array alone": (lambda a, b, c, d: a, "db1 dW2 db2"),
    "a dict with too few": (lambda a, b, c, d: {"dW2": c, "db1": b}, "dW1 db2"),
    "a text": (lambda a, b, c, d: (a, "b", c, d), "db1"),
    "no array": (lambda a, b, c, d: (a, b, object(), d), "dW2"),
    "a wrong shape": (lambda a, b, c, d: (a, b[:1], c, d), "db1"),
    "not a number": (lambda a, b, c, d: (a, b, c, d * np.nan), "db2"),
    "a shape and None": (lambda a, b, c, d: (a[:2], None, c, d), "dW1 db1"),
    "a generator": (lambda a, b, c, d: (one for one in (a, b, c, d)), "dW1 db1 dW2 db2"),
    "an iterator without end": (lambda *_: Endless((1, 2)), "dW1 db1 dW2 db2"),
    "five": (lambda a, b, c, d: (a, b, c, d, 0), "dW1 db1 dW2 db2"),
}


@pytest.mark.parametrize("kind", NOT_WHOLE)
def test_a_part_that_is_missing_or_does_not_fit_costs_its_own_points_alone(kind):
    change, spoilt = NOT_WHOLE[kind]
    result = check(lambda *arguments: change(*textbook(*arguments)), "backward")
    for part in result.parts:
        assert part.earned == (0 if part.name in spoilt.split() else BACKWARD[part.name])
        assert part.message in ("right", "not written yet") or part.message.startswith("wrong")
    assert result.mistakes == ()
    assert not result.correct


def test_what_is_there_is_named_beside_what_is_missing():
    def backward(*arguments):
        _, db1, dW2, db2 = textbook(*arguments)
        return None, db1[:1], dW2, db2 / len(arguments[0])

    assert parts_of(backward) == {
        "dW1": (0, "not written yet"),
        "db1": (0, "wrong: db1 has shape (1,); (5,) is wanted"),
        "dW2": (3, "right"),
        "db2": (0, "wrong: bias-averaged"),
    }
    said = str(check(backward))
    assert "What is wrong. db1 and db2 are wrong; dW1 is not written yet; dW2 is right." in said
    assert "What does not fit. There is nothing to compare:\n    db1 has shape (1,)" in said


def test_a_mistake_that_touches_nothing_else_is_preferred_where_parts_are_missing():
    def linear_backward(dZ, X, W):
        return None, None, dZ.mean(axis=0)

    assert parts_of(linear_backward)["db"] == (0, "wrong: bias-averaged")


def test_the_parts_of_a_listed_exercise_may_be_missing_too():
    def forward(X, W1, b1, W2, b2):
        Z1 = X @ W1 + b1
        return None, np.maximum(0, Z1), Z1 @ W2 + b2

    def half(X, W1, b1, W2, b2):
        return X @ W1 + b1, np.maximum(0, X @ W1 + b1)

    assert parts_of(forward) == {
        "Z1": (0, "not written yet"),
        "A1": (1, "right"),
        "Z2": (0, "wrong: relu-left-out"),
    }
    assert [earned for earned, _ in parts_of(half, "forward").values()] == [2, 1, 0]


def test_each_part_names_the_mistake_that_explains_it_and_no_other():
    def backward(X, y, W1, b1, W2, b2):
        dW1, db1, dW2, db2 = textbook(X, y, W1, b1, W2, b2)
        X *= 2
        return dW1, db1 / len(y), dW2, np.full_like(db2, db2.sum())

    result = check(backward)
    assert set(result.mistakes) == {"bias-averaged", "bias-over-everything", "inputs-changed"}
    assert [part.message for part in result.parts] == [
        "right",
        "wrong: bias-averaged",
        "right",
        "wrong: bias-over-everything",
    ]


def test_a_transpose_forgotten_in_dW_costs_dW_alone_and_is_named():  # noqa: N802
    def linear_backward(dZ, X, W):
        return dZ @ W.T, X @ dZ, dZ.mean(axis=0)

    assert parts_of(linear_backward) == {
        "dX": (2, "right"),
        "dW": (0, "wrong: transpose-missing-in-dW"),
        "db": (0, "wrong: bias-averaged"),
    }


SWAPS = {
    "backward": (lambda a, b, c, d: (b, a, c, d), "dW1 db1"),
    "twice the same": (lambda a, b, c, d: (a, a, c, d), "db1"),
    "in a ring": (lambda a, b, c, d: (d, a, c, b), "dW1 db1 db2"),
}


@pytest.mark.parametrize("kind", SWAPS)
def test_results_in_the_wrong_places_are_named(kind):
    change, spoilt = SWAPS[kind]
    result = check(lambda *arguments: change(*textbook(*arguments)), "backward")
    assert result.mistakes == ("results-swapped",)
    assert {part.name for part in result.parts if not part.earned} == set(spoilt.split())
    assert "the right arrays in the wrong places: " not in str(result)
    assert "The right arrays in the wrong places: " in result.text(2)


def test_results_of_a_listed_exercise_in_the_wrong_places_are_named():
    right = EXERCISES["forward"].solve
    assert parts_of(lambda *a: (*right(*a)[1::-1], right(*a)[2]), "forward") == {
        "Z1": (0, "wrong: results-swapped"),
        "A1": (0, "wrong: results-swapped"),
        "Z2": (2, "right"),
    }


@pytest.mark.parametrize(
    ("axis", "mistake"), [(None, "softmax-over-everything"), (0, "softmax-over-batch")]
)
def test_a_softmax_over_too_much_is_named_though_it_overflows(axis, mistake):
    def softmax(Z):
        return np.exp(Z) / np.exp(Z).sum(axis=axis)

    assert check(softmax).mistakes == (mistake,)


def test_a_mask_of_the_product_is_named():
    assert check(lambda dA, Z: dA * (dA * Z > 0), "relu_backward").mistakes == ("mask-of-product",)


def test_what_is_right_on_paper_and_fails_in_a_computer_is_worth_a_point():
    result = check(unshifted, "softmax")
    assert (result.earned, result.out_of, result.mistakes) == (1, 3, ("nothing-subtracted",))


def unshifted(Z):
    exponentials = np.exp(Z)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def test_what_numpy_warns_of_is_told_by_the_report_alone(recwarn):
    def log_of_zero(Z, y):
        return -np.log(naive_softmax(Z)[np.arange(len(y)), y]).mean()

    def backward(*arguments):
        dW1, db1, dW2, db2 = textbook(*arguments)
        return dW1 / np.zeros_like(dW1), db1, dW2, db2

    assert "exp overflows" in check(unshifted, "softmax").text(9)
    assert "its logarithm is minus infinity" in check(log_of_zero, "cross_entropy").text(9)
    assert not check(backward).correct
    assert not recwarn.list


def test_only_answers_of_one_part_have_a_worth():
    for exercise in EXERCISES.values():
        assert len(exercise.points) == 1 or not any(wrong.worth for wrong in exercise.wrong)


@every_exercise
def test_a_stub_is_not_written_yet(exercise):
    def stub(*_):
        raise NotImplementedError

    result = check(stub, exercise.name)
    assert not result.written
    assert result.earned == 0
    assert str(result) == f"{exercise.name} is not written yet: 0 of {result.out_of} points."
    assert {part.message for part in result.parts} == {"not written yet"}


def linear_forward(X, W, b):
    raise NotImplementedError


def test_what_calls_a_stub_is_told_which_function_it_waits_for():
    def forward(X, W1, b1, W2, b2):
        Z1 = linear_forward(X, W1, b1)
        return Z1, np.maximum(0, Z1), None

    result = check(forward)
    assert not result.written
    assert str(result) == (
        "forward waits for linear_forward, which is not written yet: 0 of 5 points."
    )


@every_exercise
def test_answers_learnt_by_heart_earn_nothing_with_another_seed(exercise):
    def asked(seed):
        heard = []

        def listens(*arguments):
            heard.append(arguments)
            answer = exercise.solve(*arguments)
            return tuple(answer.values()) if isinstance(answer, dict) else answer

        check(listens, exercise.name, seed=seed)
        return heard

    def key(arguments):
        return tuple(np.asarray(argument).tobytes() for argument in arguments)

    stub_question = key(asked(0)[0])  # the call that looks for a stub is the same for every seed
    first, other = ({key(one) for one in asked(seed)} - {stub_question} for seed in (0, 1))
    assert first
    assert not first & other


class Exits:
    """Something that ends Python when it is read as an array."""

    def __array__(self, *_, **__):
        raise SystemExit


BAD = {
    "None": (lambda Z: None, "it returns None; is there a `return A` at its end?"),
    "a string": (lambda Z: "A", "A holds <U1 values; real numbers are wanted"),
    "an error": (lambda Z: 1 / 0, "ZeroDivisionError: division by zero, in line"),
    "a wrong shape": (lambda Z: Z[:1], "A has shape (1, "),
    "too few arguments": (lambda: 0, "it cannot be called with these arguments: TypeError"),
    "not a number": (lambda Z: Z * np.nan, "A holds NaN or infinity."),
    "one number off": (lambda Z: np.maximum(0, Z) + (Z == 0), "A[0, 0] should be 0 and is 1."),
    "two things": (lambda Z: (Z, Z), "it returns a tuple of 2; one array is wanted: A"),
    "an exit": (lambda Z: exit(), "SystemExit"),
    "an array that exits": (lambda Z: Exits(), "SystemExit, in line"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_answer_is_told_kindly(kind):
    function, message = BAD[kind]
    result = check(function, "relu_forward")
    assert result.earned == 0
    assert result.mistakes == ()
    assert message in str(result)


def test_an_endless_loop_is_stopped():
    def relu_forward(Z):
        while True:
            pass

    result = check(relu_forward, time_limit=0.2)
    assert "it had not returned after 0.2 seconds" in str(result)


def test_a_function_that_changes_its_arguments_loses_a_point():
    def relu_forward(Z):
        Z[Z < 0] = 0
        return Z

    result = check(relu_forward)
    assert (result.earned, result.out_of, result.correct) == (1, 2, False)
    assert result.headline == (
        "relu_forward: 1 of 2 points (1 taken off: it changes its arguments)."
    )
    assert "Your code changes Z in place" in str(result)
    assert "Work on a copy, as in `Z = Z.copy()`." in str(result)


@pytest.mark.parametrize("slope", [0.5, 0.37])
def test_a_slope_between_0_and_1_at_the_kink_is_a_convention(slope):
    def relu_backward(dA, Z):
        return dA * ((Z > 0) + slope * (Z == 0))

    result = check(relu_backward)
    assert result.correct
    assert "A convention" in str(result)


def test_nothing_is_taken_off_where_nothing_was_earned():
    def relu_forward(Z):
        Z[...] = 7
        return -Z

    result = check(relu_forward)
    assert (result.earned, result.mistakes) == (0, ("inputs-changed",))
    assert result.headline == "relu_forward: 0 of 2 points."


def test_no_number_is_minus_nought():
    said = str(check(lambda Z: -0.0 * np.abs(Z), "relu_forward"))
    assert "and is 0." in said
    assert "-0" not in said


def test_the_innermost_line_of_the_answer_is_quoted_whichever_cell_it_stands_in():
    cells = {
        "<a cell>": "def inner(dZ):\n    return np.linalg.inv(dZ[0])",
        "<another>": "def linear_backward(dZ, X, W):\n    return inner(dZ), X, W",
    }
    space = {"np": np}
    for name, source in cells.items():
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        exec(compile(source, name, "exec"), space)
    said = str(check(space["linear_backward"]))
    assert "LinAlgError" in said
    assert "in line 2 (inner):\n    return np.linalg.inv(dZ[0])" in said


def test_float32_is_near_enough_and_one_part_in_a_thousand_is_not():
    right = EXERCISES["linear_forward"].solve
    for factor, correct in ((1.0, True), (1.001, False)):
        answer = check(
            lambda *a, factor=factor: (factor * right(*a)).astype(np.float32), "linear_forward"
        )
        assert answer.correct is correct


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (
            (5, "relu_forward"),
            TypeError,
            "5 can't be called; hand in the function itself, without ()",
        ),
        ((np.abs, None), ValueError, "there is no exercise 'absolute'; there are linear_forward, "),
        ((np.abs, "relu"), ValueError, "there is no exercise 'relu'; there are linear_forward, "),
    ],
)
def test_what_cannot_be_checked_is_refused(arguments, kind, message):
    with pytest.raises(kind, match=f"^{re.escape(message)}"):
        check(*arguments)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"seed": -1}, "seed is -1; a whole number of at least 0 is wanted"),
        ({"seed": True}, "seed is True; a whole number of at least 0 is wanted"),
        ({"time_limit": 0}, "time_limit is 0; a number of seconds above 0 is wanted"),
    ],
)
def test_seeds_and_limits_that_make_no_sense_are_refused(how, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check(linear_backward, **how)


def test_grade_takes_the_seed_of_the_course_and_keeps_what_is_printed_to_itself(
    tmp_path, monkeypatch, capsys
):
    folder = tmp_path / "autograded" / "ada" / "linear-layer"
    folder.mkdir(parents=True)
    assert course_seed(folder) == 0
    (tmp_path / "seed.txt").write_text("4711\n")
    assert course_seed(folder) == 0  # no course, only a file of that name
    (tmp_path / "nbgrader_config.py").touch()
    assert course_seed(folder) == 4711
    (tmp_path / "seed.txt").write_text("geheim\n")
    with pytest.raises(ValueError, match=r"seed.txt holds 'geheim'; a whole number is wanted"):
        course_seed(folder)
    (tmp_path / "seed.txt").write_text("4711\n")
    monkeypatch.chdir(folder)

    def linear_backward(dZ, X, W):
        print("full marks, please")
        print("RuntimeWarning: overflow", file=sys.stderr)
        return dZ @ W.T, X.T @ dZ, dZ.mean(axis=0)

    assert grade(linear_backward) == 4
    said = capsys.readouterr()
    assert said.out.startswith("linear_backward: 4 of 6 points.")
    assert "full marks" not in said.out
    assert said.err == ""


@pytest.mark.parametrize(("flag", "seed"), [(False, 50), (True, 105)])  # where chance once won
def test_who_says_the_same_of_every_line_finds_no_planted_mistake(flag, seed):
    assert check(lambda *_: [flag] * 7, "wrong_lines", seed=seed).earned == 0


# --- a line that raises costs what hangs on it, and no more


def whole(back, divide=len, softmax=SOFTMAX, gate=lambda dA1, Z1: dA1 * (Z1 > 0)):
    """The backward pass of somebody who goes back through W2, divides or shuts gates so."""

    def backward(X, y, W1, b1, W2, b2):
        Z1 = X @ W1 + b1
        A1 = np.maximum(0, Z1)
        P = softmax(A1 @ W2 + b2)
        dZ2 = P - np.eye(P.shape[1])[y]
        dZ2 /= divide(P)
        dZ1 = gate(back(dZ2, W1, W2), Z1)
        return X.T @ dZ1, dZ1.sum(axis=0), np.dot(A1.T, dZ2), dZ2.sum(axis=0)

    return backward


def naive_softmax(Z):
    exponentials = np.exp(Z - Z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


RAISING = {  # what is wrong, where it runs at all, and what the other parts are worth
    "order and transpose": (lambda dZ2, W1, W2: W2.T @ dZ2, 5),
    "by np.dot": (lambda dZ2, W1, W2: np.dot(W2.T, dZ2), 5),
    "by a method": (lambda dZ2, W1, W2: W2.T.dot(dZ2), 5),
    "wrong weights": (lambda dZ2, W1, W2: dZ2 @ W1, 5),
    "nowhere": (lambda dZ2, W1, W2: dZ2 @ np.ones((9, 9, 9)), 5),
    "added": (lambda dZ2, W1, W2: dZ2 @ W2.T + np.ones(9), 5),
    "no product": (lambda dZ2, W1, W2: [][0], 0),
    "unknown name": (lambda dZ2, W1, W2: dZ @ W2.T, 0),  # noqa: F821
}


@pytest.mark.parametrize("kind", RAISING)
def test_a_product_that_does_not_fit_costs_what_hangs_on_it_alone(kind):
    back, earned = RAISING[kind]
    result = check(whole(back, softmax=naive_softmax), "backward")
    assert result.earned == earned
    said = str(result)
    assert "in line" in said
    if earned:
        assert [part.earned for part in result.parts] == [0, 0, 3, 2]
        assert "dW1 and db1 are wrong; dW2 and db2 are right" in said
        assert "dW1 and db1 hang on this line." in said
        assert result.parts[0].message == "wrong: dW1 hangs on the line that raises"


def test_what_is_right_only_where_sizes_are_equal_earns_nothing_beside_it():
    """With W2.T @ dZ2, code runs only if N = H = C, and there 1/C is 1/N."""

    def back(dZ2, W1, W2):
        return W2.T @ dZ2

    by_classes = whole(back, divide=lambda P: P.shape[1], softmax=naive_softmax)
    result = check(by_classes, "backward")
    assert result.earned == 0
    assert result.mistakes == ("mean-over-classes",)
    summed = check(whole(back, divide=lambda P: 1, softmax=naive_softmax), "backward")
    assert (summed.earned, summed.mistakes) == (0, ("mean-missing",))


def test_what_is_lost_cannot_be_passed_off_as_a_number():
    class Lost(np.ndarray):
        pass

    def linear_backward(dZ, X, W):
        lost = W.T @ dZ  # raises, or is lost
        return lost, (X.T @ dZ).view(Lost), lost * 0 + dZ.sum(axis=0)

    assert [part.earned for part in check(linear_backward).parts] == [0, 0, 0]


def test_a_slope_that_is_none_is_called_so_beside_a_line_that_raises():
    def backward(X, y, W1, b1, W2, b2):
        dW1, db1, _, db2 = whole(
            lambda dZ2, W1, W2: dZ2 @ W2.T,
            softmax=naive_softmax,
            gate=lambda dA1, Z1: dA1 * ((Z1 >= 0) + 1.0 * (Z1 == 0)),
        )(X, y, W1, b1, W2, b2)
        return dW1, db1, W1 @ X, db2

    result = check(backward)
    assert [part.earned for part in result.parts] == [0, 0, 0, 2]
    assert "dW2 hangs on this line." in str(result)
    assert "you take the slope 2." in str(result)


def test_a_line_that_raises_and_that_no_part_needs_costs_a_point():
    def linear_backward(dZ, X, W):
        X @ dZ @ W @ dZ  # left over, and fits nowhere
        return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)

    def forward(X, W1, b1, W2, b2):
        Z1 = X @ W1 + b1
        X @ X @ X  # the same
        return Z1, np.maximum(0, Z1), None

    whole, half = check(linear_backward), check(forward)
    assert (whole.earned, whole.mistakes, whole.correct) == (5, ("stray-line-raises",), False)
    assert (half.earned, half.mistakes) == (2, ("stray-line-raises",))
    assert "5 of 6 points (1 taken off: a line of it raises)" in whole.headline
    for said in map(str, (whole, half)):
        assert "No part needs it. All was judged as if this line were not there." in said
        assert "Correct" not in said


def test_what_is_lost_is_not_gone_through_and_what_is_decided_by_it_is_lost():
    def linear_backward(dZ, X, W):
        dX = W.T @ dZ
        return dX, X.T @ dZ, sum(dX)

    def asks(dZ, X, W):
        dX = W.T @ dZ
        return (dX, X.T @ dZ, dZ.sum(axis=0)) if dX else (dX, None, None)

    def waits(dZ, X, W):
        while W.T @ dZ:  # raises, and would never end
            pass
        return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)

    for function in (linear_backward, asks, waits):
        result = check(function, "linear_backward", time_limit=2)
        assert (result.earned, "W.T @ dZ" in str(result)) == (0, True)


def forward_by(activate, output=lambda A1, W2, b2: A1 @ W2 + b2):
    """The forward pass of somebody who applies ReLU, and the output layer, so."""

    def forward(X, W1, b1, W2, b2):
        Z1 = X @ W1 + b1
        A1 = activate(Z1)
        return Z1, A1, output(A1, W2, b2)

    return forward


def filled_up(A1, W2, b2):
    Z2 = np.zeros_like(A1)
    Z2[:] = A1 @ W2 + b2
    return Z2


def filled_row_by_row(A1, W2, b2):
    Z2 = np.zeros_like(A1)
    for i, a in enumerate(A1):
        Z2[i] = a @ W2 + b2
    return Z2


@pytest.mark.parametrize(
    "activate",
    [
        lambda Z1: max(0, Z1),
        lambda Z1: max(Z1, 0),
        lambda Z1: Z1 if Z1 > 0 else 0,
        lambda Z1: Z1 * (Z1 > 0 and 1),
    ],
)
def test_one_truth_for_a_whole_array_is_named_and_costs_what_is_made_of_it(activate):
    result = check(forward_by(activate), "forward")
    assert [part.earned for part in result.parts] == [2, 0, 0]
    assert result.mistakes == ("one-truth-for-many",)
    assert "A1 and Z2 hang on this line." in str(result)
    assert "`np.maximum(0, Z)` for `max(0, Z)`" in str(result)
    alone = check(activate, "relu_forward")
    assert (alone.earned, alone.mistakes) == (0, ("one-truth-for-many",))


@pytest.mark.parametrize("output", [filled_up, filled_row_by_row])
def test_an_array_that_was_made_in_the_wrong_shape_costs_itself_alone(output):
    result = check(forward_by(lambda Z1: np.maximum(0, Z1), output), "forward")
    assert [part.earned for part in result.parts] == [2, 1, 0]
    assert result.mistakes == ("filled-in-another-shape",)
    assert "has to fit" in str(result)


@pytest.mark.parametrize(
    "differs",
    [
        lambda one, other: not np.allclose(one, other),
        lambda one, other: (one != other).any() and not np.allclose(one, other),
        lambda one, other: np.abs(one - other).max() > 1e-6,
        lambda one, other: float(abs(one - other).max()) > 1e-6,
    ],
)
def test_a_product_that_does_not_fit_costs_one_line_of_the_planted_mistakes(differs):
    def wrong_lines(X, Y, Z1, A1, P, W2, dZ2, dW2, db2, dA1, dZ1, dW1, db1):
        return (
            differs(dZ2, (P - Y) / len(X)),
            differs(dW2, A1 @ dZ2),
            differs(db2, dZ2.sum(axis=0)),
            differs(dA1, dZ2 @ W2.T),
            differs(dZ1, dA1 * (Z1 > 0)),
            differs(dW1, X.T @ dZ1),
            differs(db1, dZ1.sum(axis=0)),
        )

    result = check(wrong_lines)
    assert [part.earned for part in result.parts] == [1, 0, 1, 1, 1, 1, 1]
    assert "dW2 hangs on this line." in str(result)


@pytest.mark.parametrize("at_all", [True, False])
def test_what_is_changed_below_a_line_that_raises_is_seen(at_all):
    def linear_backward(dZ, X, W):
        dX, dW, db = dZ @ np.ones((9, 9, 9)), X.T @ dZ, dZ.sum(axis=0)
        dZ *= 2 if at_all else 1
        return dX, dW, db

    result = check(linear_backward)
    assert ("inputs-changed" in result.mistakes, result.earned) == (at_all, 4 - at_all)


def copied(dZ, W):
    dX = np.zeros_like(dZ)
    dX[:] = dZ @ W.T  # made in another shape
    return dX.copy()


def filled_through_views(dZ, W):
    dX = np.zeros_like(dZ)
    for row, dz in zip(dX, dZ, strict=True):
        row[:] = W.T @ np.cos(dz)
    return dX


def filled_among_zeros(dZ, W):
    dX = np.zeros((len(dZ), len(W)))
    for i, dz in enumerate(dZ):
        dX[i] = W.T @ np.cos(dz)
    return dX


def filled_as_out(dZ, W):
    dX = np.zeros_like(dZ)
    np.matmul(W.T, dZ, out=dX)
    return dX


LOSING = {  # what does not fit, and comes back in some other guise
    "an array of rows": lambda dZ, W: np.array([W.T @ np.cos(dz) for dz in dZ]),
    "an array of rows, used": lambda dZ, W: np.exp(np.array([W.T @ dz for dz in dZ])) + dZ[0, 0],
    "a list of rows": lambda dZ, W: [W.T @ np.cos(dz) for dz in dZ],
    "its size": lambda dZ, W: abs(W.T @ dZ),
    "its opposite": lambda dZ, W: ~(W.T @ dZ > 0),
    "a copy": copied,
    "what was filled row by row": filled_through_views,
    "what was filled among zeros": filled_among_zeros,
    "what was given as out": filled_as_out,
}


@pytest.mark.parametrize("kind", LOSING)
def test_what_is_lost_is_lost_in_every_guise(kind):
    def linear_backward(dZ, X, W):
        return LOSING[kind](dZ, W), X.T @ dZ, dZ.sum(axis=0)

    result = check(linear_backward)
    assert [part.earned for part in result.parts] == [0, 2, 2], str(result)
    assert result.earned == 4
    assert result.parts[0].message == "wrong: dX hangs on the line that raises"


def piling_up(answers):
    """A linear backward pass whose db grows with each call; `answers` changes what is right."""
    calls = 0

    def linear_backward(dZ, X, W):
        nonlocal calls
        calls += 1
        return answers(dZ @ W.T, X.T @ dZ, calls * dZ.sum(axis=0))

    return linear_backward


def test_what_piles_up_earns_nothing_beside_a_mistake_that_nobody_knows():
    result = check(piling_up(lambda dX, dW, db: (dX, np.cos(dW), db)))
    assert [part.earned for part in result.parts] == [2, 0, 0]
    swapped = check(piling_up(lambda dX, dW, db: (dW, dX, db)))
    assert swapped.earned == 0


def test_who_raises_where_all_sizes_differ_is_not_excused_by_what_piles_up():
    def only_square(dX, dW, db):
        if dX.shape[1] != len(db):
            raise ValueError("too hard")
        return dX, dW, db

    assert check(piling_up(only_square)).earned == 0


def test_a_listed_exercise_forgives_as_well():
    def forward(X, W1, b1, W2, b2):
        Z1 = X @ W1 + b1
        A1 = np.maximum(0, Z1)
        return Z1, A1, W2 @ A1 + b2

    result = check(forward)
    assert [part.earned for part in result.parts] == [2, 1, 0]
    assert "Z2 hangs on this line." in str(result)


# --- what is said


@pytest.mark.parametrize(
    ("name", "low", "taken", "allowed"),
    [
        ("relu_backward", 0, 2, None),
        ("relu_backward", 0, -1, None),
        ("leaky_relu_backward", 0.1, 1.1, None),
        ("leaky_relu_backward", 0.1, 0, None),
        ("leaky_relu_backward", 0.1, 0.55, "Any from 0.1 to 1 is allowed."),
        ("relu_backward", 0, 0.55, "Any from 0 to 1 is allowed."),
    ],
)
def test_a_slope_at_0_that_is_none_is_called_so(name, low, taken, allowed):
    def answer(dA, Z):
        return dA * ((Z > 0) + low * (Z < 0) + taken * (Z == 0))

    result = check(answer, name)
    assert f"At a pre-activation of exactly 0 you take the slope {taken:g}." in str(result)
    assert f"Any from {low:g} to 1 is allowed." in str(result)
    assert result.correct is bool(allowed)
    assert result.mistakes == (() if allowed else ("slope-at-zero",))


def test_nothing_but_zeros_is_said_in_one_sentence():
    def backward(X, y, W1, b1, W2, b2):
        return tuple(map(np.zeros_like, (W1, b1, W2, b2)))

    result = check(backward)
    assert (result.earned, result.mistakes) == (0, ("all-zeros",))
    assert "What is wrong. Every entry of dW1, db1, dW2 and db2 is 0, whatever" in str(result)
    assert "mistake 1" not in str(result)
    assert check(lambda dA, Z: 0 * Z, "relu_backward").mistakes == ("all-gates-shut",)


def test_zeros_at_all_gates_are_not_blamed_on_what_arrives_there():
    said = str(
        check(whole(lambda dZ2, W1, W2: dZ2 @ W2.T, gate=lambda dA1, Z1: 0 * dA1), "backward")
    )
    assert "at dA1, at dZ1, or in the lines for dW1 and db1" in said


def over(shift, axis):
    def softmax(Z):
        exponentials = np.exp(Z - Z.max(axis=shift, keepdims=True))
        return exponentials / exponentials.sum(axis=axis, keepdims=True)

    return softmax


@pytest.mark.parametrize("shift", [0, 1, None])
@pytest.mark.parametrize(("axis", "over_what"), [(0, "batch"), (None, "everything")])
def test_a_softmax_over_too_much_is_named_in_the_whole_pass_too(shift, axis, over_what):
    backward = whole(lambda dZ2, W1, W2: dZ2 @ W2.T, softmax=over(shift, axis))
    assert check(backward, "backward").mistakes == (f"softmax-over-{over_what}",)


def test_a_dict_and_a_bias_in_a_row_are_right_and_remarked_upon():
    def linear_backward(dZ, X, W):
        return {"dX": dZ @ W.T, "dW": X.T @ dZ, "db": dZ.sum(axis=0, keepdims=True)}

    result = check(linear_backward)
    assert result.correct
    said = str(result)
    assert said.count("By the way. You return a dict.") == 1
    assert said.count("By the way. db has shape (1, H); the sheets want (H,).") == 1


def test_nothing_written_is_not_called_wrong():
    result = check(lambda dZ, X, W: (None, None, None), "linear_backward")
    assert {part.message for part in result.parts} == {"not written yet"}
    assert "wrong" not in str(result)
    half = check(lambda dZ, X, W: (dZ @ W.T, None, dZ.sum(axis=0)), "linear_backward")
    assert "What is missing. dW is not written yet; dX and db are right." in str(half)


def test_a_text_gives_one_hint_at_a_time():
    result = check(lambda dA, Z: dA, "relu_backward")
    first, second, last = result.text(), result.text(2), result.text(99)
    assert str(result) == first
    assert "Hint 1." in first
    assert "Hint 2." not in first
    assert "(Z > 0)" not in first
    assert first.endswith(
        "3 more steps lead to the mend: `print(check(relu_backward).text(2))` shows the next."
    )
    assert "Hint 2." in second
    assert "What you compute." not in second
    assert last.index("Hint 2.") < last.index("What you compute.") < last.index("The mend.")
    assert "To go on." not in last


def test_nobody_is_told_of_exponentials_where_there_are_none():
    assert "exp" not in str(check(lambda dA, Z: dA * np.nan, "relu_backward"))
    assert "exp" not in str(check(lambda Z: Z * np.nan, "relu_forward"))
    assert "exp" in str(check(lambda Z: Z * np.nan, "softmax"))


def test_what_a_function_prints_is_shown_once(capsys):
    def relu_forward(Z):
        print("here")
        return np.maximum(0, Z)

    assert check(relu_forward).correct
    assert capsys.readouterr().out == "here\n"


@pytest.mark.parametrize(
    ("slope", "said"),
    [
        (
            lambda Z: np.sign(Z),
            "Where Z is above 0 your dZ is right. Where it is not, dZ is wrong.",
        ),
        (lambda Z: Z > 1.5, "Where Z is not above 0 your dZ is right. Where it is, dZ is wrong."),
        (lambda Z: -1, "Your dZ is wrong where Z is above 0, and where it is not."),
    ],
)
def test_of_an_unknown_gate_it_is_said_on_which_side_it_is_wrong(slope, said):
    assert said in str(check(lambda dA, Z: dA * slope(Z), "relu_backward"))
