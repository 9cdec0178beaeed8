"""What the cells below an unfinished exercise show in the place of an error."""

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from backprop.classroom.so_far import SoFar

RIGHT = np.array([[1.0, 2.0], [3.0, 4.0]])


@pytest.fixture(autouse=True)
def notebook():
    """Displayed things are printed as text where no notebook runs."""
    InteractiveShell.clear_instance()


def stub(_):
    raise NotImplementedError


def broken(array):
    return array @ undefined_name  # noqa: F821


def test_all_parts_are_shown_as_on_paper(capsys):
    with SoFar() as mine:
        mine.show((RIGHT, RIGHT[0]), "dW1", "db")
    assert capsys.readouterr().out == "dW_1 =\n[[1. 2.]\n [3. 4.]]\ndb =\n[1. 2.]\n"


@pytest.mark.parametrize(
    "answer", [(None, RIGHT, None), {"dW": RIGHT}, [None, RIGHT], ("dX", RIGHT, [[1], [2, 3]])]
)
def test_what_is_there_is_shown_and_the_rest_is_named(capsys, answer):
    with SoFar() as mine:
        mine.show(answer, "dX", "dW", "db")
    assert capsys.readouterr().out == "No array yet: dX and db.\ndW =\n[[1. 2.]\n [3. 4.]]\n"
    assert list(mine.parts) == ["dW"]


@pytest.mark.parametrize("answer", [None, (None, None), "P", (RIGHT,) * 3, 1 + 2j])
def test_an_answer_without_arrays_shows_nothing(capsys, answer):
    with SoFar() as mine:
        mine.show(answer, "dX", "dW")
    assert capsys.readouterr().out == "No array yet: dX and dW.\n"
    assert mine.parts == {}


def test_what_cannot_be_set_as_a_matrix_is_named(capsys):
    with SoFar() as mine:
        mine.show((RIGHT[None], RIGHT), "A", "B")
    assert capsys.readouterr().out.startswith("Not a matrix: A, of more than 2 dimensions.\nB =")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: stub(RIGHT), "This cell waits for stub, which is not written yet.\n"),
        (lambda: broken(RIGHT), "what it is given (NameError: name 'undefined_name' is not"),
        (lambda: RIGHT @ np.ones(3), "This cell cannot go on with what it is given (ValueError: "),
        (lambda: RIGHT[9], "The check says more.\n"),
        (lambda: 1 / 0, "(ZeroDivisionError: division by zero)"),
    ],
)
def test_an_error_becomes_a_sentence(capsys, call, said):
    with SoFar() as mine:
        mine.show(call(), "A")
    assert said in capsys.readouterr().out


def test_a_function_that_is_not_there_is_named(capsys):
    with SoFar():
        linear_backward(RIGHT)  # noqa: F821
    assert "waits for linear_backward, which is not defined. Run" in capsys.readouterr().out


def test_who_presses_stop_stops():
    with pytest.raises(KeyboardInterrupt), SoFar():
        raise KeyboardInterrupt
