"""The footer says what a page was made with, and nothing of the machine that made it."""

import subprocess
from types import SimpleNamespace

import matplotlib
import numpy as np
from made_with import commit, made_with, own_up, say

LIBRARIES = f"; NumPy {np.__version__}; Matplotlib {matplotlib.__version__}."


def git(folder, *arguments):
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_folder_without_git_names_no_commit(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    git(tmp_path, "init")
    git(tmp_path, "commit", "--allow-empty", "-m", "of another project")
    assert made_with(inner).startswith("Made with backprop ")
    assert "commit" not in made_with(inner)
    assert made_with(inner).endswith(LIBRARIES)


def test_a_repository_names_its_commit_and_owns_up_to_changes(tmp_path):
    git(tmp_path, "init")
    page = tmp_path / "page.md"
    page.write_text("one")
    git(tmp_path, "add", "page.md")
    git(tmp_path, "commit", "-m", "a page")
    name = git(tmp_path, "rev-parse", "--short", "HEAD")
    assert f", commit {name}; NumPy" in made_with(tmp_path)
    page.write_text("two")
    commit.cache_clear()  # of the clean tree
    assert f", commit {name}; NumPy" in made_with(tmp_path), "or every page would be made anew"
    context = {"theme_extra_footer": made_with(tmp_path)}
    own_up(SimpleNamespace(srcdir=str(tmp_path)), "page", "", context, None)
    assert f", commit {name} and later changes; NumPy" in context["theme_extra_footer"]
    assert str(tmp_path) not in context["theme_extra_footer"]


def test_it_stands_behind_the_licence(tmp_path):
    config = SimpleNamespace(html_theme_options={"extra_footer": "CC BY 4.0."})
    say(SimpleNamespace(srcdir=str(tmp_path)), config)
    assert config.html_theme_options["extra_footer"] == f"CC BY 4.0. {made_with(tmp_path)}"
