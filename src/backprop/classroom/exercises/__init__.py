"""The functions that students write, one entry each. `backprop.classroom.checks` judges them."""

from backprop.classroom.exercises.entry import Exercise, Wrong
from backprop.classroom.exercises.linear import LINEAR
from backprop.classroom.exercises.softmax import SOFTMAX

EXERCISES: dict[str, Exercise] = {exercise.name: exercise for exercise in (*SOFTMAX, *LINEAR)}

__all__ = ["EXERCISES", "Exercise", "Wrong"]
