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


def test_what_is_right_on_paper_and_fails_in_a_computer_is_worth_a_point():
    def softmax(Z):
        with np.errstate(all="ignore"):
            exponentials = np.exp(Z)
            return exponentials / exponentials.sum(axis=1, keepdims=True)

    result = check(softmax)
    assert (result.earned, result.out_of, result.mistakes) == (1, 3, ("nothing-subtracted",))


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


BAD = {
    "None": (lambda Z: None, "it returns None; is there a `return A` at its end?"),
    "a string": (lambda Z: "A", "A holds <U1 values; real numbers are wanted"),
    "an error": (lambda Z: 1 / 0, "ZeroDivisionError: division by zero, in line"),
    "a wrong shape": (lambda Z: Z[:1], "A has shape (1, "),
    "too few arguments": (lambda: 0, "it cannot be called with these arguments: TypeError"),
    "not a number": (lambda Z: Z * np.nan, "A holds NaN or infinity."),
    "one number off": (lambda Z: np.maximum(0, Z) + (Z == 0), "A[0, 0] should be 0 and is 1."),
    "two things": (lambda Z: (Z, Z), "A has shape (2, "),
    "an exit": (lambda Z: exit(), "SystemExit"),
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
    assert "Your code changes Z in place." in str(result)


def test_a_slope_between_0_and_1_at_the_kink_is_a_convention():
    def relu_backward(dA, Z):
        return dA * ((Z > 0) + 0.5 * (Z == 0))

    result = check(relu_backward)
    assert result.correct
    assert "A convention" in str(result)


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
