"""The functions that students write, one entry each. `backprop.classroom.checks` judges them."""

from backprop.classroom.exercises.backward import BACKWARD
from backprop.classroom.exercises.entry import Exercise, Wrong
from backprop.classroom.exercises.forward import FORWARD
from backprop.classroom.exercises.planted import PLANTED
from backprop.classroom.exercises.softmax import SOFTMAX
from backprop.classroom.exercises.training import TRAINING

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise for exercise in (*FORWARD, *SOFTMAX, *BACKWARD, *TRAINING, *PLANTED)
}

__all__ = ["EXERCISES", "Exercise", "Wrong"]
