"""Grading of submitted notebooks that cannot be fooled: `python -m backprop.classroom.grade`."""
