import pytest

from backprop.classroom.checks import check
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
