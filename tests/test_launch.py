"""The launch buttons follow the repository: a fork has its own, a copy without one has none."""

import subprocess
from types import SimpleNamespace

import nbformat
import pytest
from colab import add_cell, install
from launch import aim, branch, configure, has_colab, repository
from nbformat.v4 import new_code_cell, new_notebook

IN_CI = {
    "GITHUB_REPOSITORY": "ann/course",
    "GITHUB_REF_TYPE": "branch",
    "GITHUB_REF_NAME": "spring",
}


@pytest.fixture
def clone(tmp_path):
    """A repository; its value is a function that gives it a remote."""

    def remote(url):
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
        subprocess.run(["git", "remote", "add", "origin", url], cwd=tmp_path, check=True)
        return tmp_path

    return remote


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/ann/course.git",
        "https://github.com/ann/course",
        "https://ann:secret@github.com/ann/course.git",
        "git@github.com:ann/course.git",
        "ssh://git@github.com/ann/course.git",
    ],
)
def test_a_remote_on_github_is_known_however_it_is_written(clone, url):
    assert repository(clone(url), {}) == "ann/course"


@pytest.mark.parametrize("url", ["/srv/git/course", "https://example.org/github.com/ann/course"])
def test_another_remote_is_not_guessed_at(clone, url):
    assert repository(clone(url), {}) == ""


def test_a_folder_without_git_has_no_repository(tmp_path):
    assert repository(tmp_path, {}) == ""
    assert branch(tmp_path, {}) == "main"
    assert not has_colab(tmp_path, {})


def test_continuous_integration_says_which_repository_and_branch(clone):
    folder = clone("https://github.com/somebody/else")
    assert (repository(folder, IN_CI), branch(folder, IN_CI)) == ("ann/course", "spring")
    assert has_colab(folder, IN_CI)
    assert branch(folder, IN_CI | {"GITHUB_REF_TYPE": "tag"}) == "main"


def options(folder, monkeypatch):
    for name in IN_CI:
        monkeypatch.delenv(name, raising=False)
    config = SimpleNamespace(html_theme_options={})
    configure(SimpleNamespace(srcdir=str(folder)), config)
    return config.html_theme_options


def test_the_theme_gets_buttons_only_for_what_is_there(clone, tmp_path, monkeypatch):
    assert options(tmp_path, monkeypatch) == {}
    given = options(clone("https://github.com/ann/course"), monkeypatch)
    assert given["repository_url"] == "https://github.com/ann/course"
    assert set(given["launch_buttons"]) == {"binderhub_url", "notebook_interface"}, (
        "no Colab branch"
    )


def aimed(page):
    binder = f"https://mybinder.org/v2/gh/ann/course/main?urlpath=lab/tree/{page}.ipynb"
    colab = f"https://colab.research.google.com/github/ann/course/blob/main/{page}.ipynb"
    urls = [binder, colab, f"../_sources/{page}.ipynb"]
    app = SimpleNamespace(config=SimpleNamespace(html_theme_options={"repository_branch": "main"}))
    context = {"header_buttons": [{"buttons": [{"url": url} for url in urls]}, {"type": "link"}]}
    aim(app, page, "page.html", context, None)
    return [button["url"] for button in context["header_buttons"][0]["buttons"]]


def test_colab_opens_the_branch_that_installs_the_package():
    binder, colab, download = aimed("chapters/one")
    assert colab.endswith("/ann/course/blob/colab/chapters/one.ipynb")
    assert binder.endswith("/ann/course/main?urlpath=lab/tree/chapters/one.ipynb")
    assert download == "../_sources/chapters/one.ipynb"


def test_the_page_of_a_sheet_opens_the_notebook_for_students():
    urls = aimed("exercises/source/one")
    assert all(url.endswith("/exercises/release/one.ipynb") for url in urls)


def test_the_notebooks_for_colab_begin_with_one_cell_that_installs(tmp_path):
    path = tmp_path / "chapter.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("import backprop")]), path)
    for commit in ("old", "new"):
        add_cell(path, install("ann/course", commit))
    first, second = nbformat.read(path, 4).cells
    assert first.source.endswith('%pip install --quiet "git+https://github.com/ann/course@new"')
    assert second.source == "import backprop"
