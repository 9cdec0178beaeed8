"""What a stranger gets, from the repository as it is: the wheel, Binder, the locks, the workflows.

The wheel and Binder's environment are made anew, outside of the repository, and a notebook is run
there. What can't be run here, the workflows, is held against what can.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from test_book import ROOT

UV = Path(sys.executable).with_name("uv")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
PYTHONS = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in (ROOT / ".github" / "workflows").glob("*.yml")
}


def run(*command, **how):
    """Run a program and return what it said; its complaints are the message of a failure."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **how)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def lock(path):
    """Return the version of each package that a lock names."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / path).read_text(encoding="utf-8"), re.M))


LOCK, BINDER = lock("requirements.txt"), lock(".binder/requirements.txt")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(UV, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory):
    """Return the Python of a new environment: Binder's lock, the wheel, and a bare Jupyter."""
    folder = tmp_path_factory.mktemp("elsewhere")
    python = Path(folder, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
    run(UV, "venv", "--quiet", "--python", sys.executable, folder)
    jupyter = [f"{name}=={LOCK[name]}" for name in ("ipykernel", "nbclient")]
    what = ("-r", ROOT / ".binder" / "requirements.txt", wheel, *jupyter)
    run(UV, "pip", "install", "--quiet", "--python", python, *what)
    return python


def test_the_wheel_holds_the_package_its_data_and_the_licences_and_nothing_else(wheel):
    package = ROOT / "src" / "backprop"
    wanted = {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = set(zipfile.ZipFile(wheel).namelist())
    about = {name for name in held if ".dist-info/" in name}
    assert held - about == wanted
    licences = {Path(name).name for name in about if "/licenses/" in name}
    assert licences == {"LICENSE", "LICENSE-CC-BY-4.0", "README.md"}


def test_the_wheel_works_without_the_repository(elsewhere, tmp_path):
    script = """
import backprop, sys
from backprop.classroom.diagnose import diagnose
from backprop.classroom.example import stored_gradients
from backprop.classroom.mistakes import CATALOGUE
from backprop import *
import numpy as np
digits, rng = load_digits(), np.random.default_rng(0)
network = Network([Linear(64, 10, rng=rng)])
train(network, digits.X_train, digits.y_train, epochs=2, progress=False)
print((network.predict(digits.X_test) == digits.y_test).mean() > 0.8)
print(sorted(stored_gradients()), len(CATALOGUE) > 50)
print(backprop.__file__)
"""
    right, rest, file = run(elsewhere, "-I", "-c", script, cwd=tmp_path).splitlines()
    assert right == "True"
    assert rest == "['JAX', 'PyTorch'] True"
    assert not Path(file).is_relative_to(ROOT)


def test_a_notebook_runs_in_the_environment_of_binder(elsewhere, tmp_path):
    name = "the-relu.ipynb"
    shutil.copy(ROOT / "chapters" / name, tmp_path)
    settings = os.environ | {"IPYTHONDIR": str(tmp_path), "JUPYTER_PREFER_ENV_PATH": "1"}
    run(elsewhere, "-m", "jupyter", "execute", "--inplace", name, cwd=tmp_path, env=settings)
    fresh = nbformat.read(tmp_path / name, 4)
    assert any("image/png" in str(cell.get("outputs")) for cell in fresh.cells)


def test_the_plan_of_binder():
    (tool,) = GROUPS["binder"]
    plan = run(
        UV, "tool", "run", "--from", tool, "jupyter-repo2docker", "--no-build", "--debug", ROOT
    )
    steps = re.findall(r"^RUN (.*(?:pip install|\./\.binder).*)$", plan, re.M)
    assert steps == [
        '${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir -r ".binder/requirements.txt"',
        "./.binder/postBuild",
    ]
    version = (ROOT / ".binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert version in PYTHONS
    assert f"environment-2epy-2d{version.replace('.', '-2e')}" in plan
    assert "pip install --no-cache-dir --no-deps ." in (ROOT / ".binder/postBuild").read_text()
    assert os.access(ROOT / ".binder" / "postBuild", os.X_OK) or os.name == "nt"


def test_binder_is_small_and_has_the_versions_of_the_whole_lock():
    assert BINDER.items() <= LOCK.items()
    needed = {
        Requirement(one).name for one in PROJECT["project"]["dependencies"] + EXTRAS["figures"]
    }
    assert needed <= BINDER.keys()
    assert len(BINDER) < 40
    assert not BINDER.keys() & {"jupyterlab", "sphinx", "pytest", "ruff", "nbgrader"}


@pytest.mark.parametrize("name", ["dependencies", *EXTRAS, "book", "test", "style"])
def test_the_lock_gives_what_pyproject_asks_for(name):
    asked = PROJECT["project"].get(name) or EXTRAS.get(name) or GROUPS[name]
    for requirement in map(Requirement, asked):
        if requirement.name != PROJECT["project"]["name"]:
            assert requirement.specifier.contains(LOCK[requirement.name]), requirement


def test_each_dependency_says_why_it_is_there_and_what_it_would_take_to_do_without_it():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = text[text.index("\ndependencies = [") : text.index("[tool.hatch")]
    lines = [
        line for line in section.splitlines() if re.search(r'"[\w-]+(\[\w+\])?[>=]+[\d.]', line)
    ]
    assert len(lines) >= 20
    for line in lines:
        assert re.search(r"# .{8,}; without: .{8,}$", line), line


def test_pre_commit_has_the_versions_of_the_lock():
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    pins = re.findall(r"\[([\w-]+)==([\d.]+)\]", text)
    assert len(pins) == text.count("additional_dependencies")
    for name, version in pins:
        assert LOCK[name] == version


def test_every_python_that_is_admitted_is_tried():
    assert PYTHONS[0] == PROJECT["project"]["requires-python"].removeprefix(">=")
    jobs = WORKFLOWS["check"]["jobs"]
    tried = set(jobs["all"]["strategy"]["matrix"]["python"])
    others = jobs["elsewhere"]["strategy"]["matrix"]["include"]
    assert tried == {PYTHONS[0], PYTHONS[-1]}
    assert tried | {one["python"] for one in others} == set(PYTHONS)
    assert {one["system"].split("-")[0] for one in others} == {"macos", "windows", "ubuntu"}


def test_the_steps_of_the_workflows_are_commands_of_the_makefile():
    targets = re.findall(r"^([a-z-]+(?: [a-z-]+)*):", (ROOT / "Makefile").read_text(), re.M)
    known = {name for line in targets for name in line.split()}
    text = "\n".join(map(str, WORKFLOWS.values()))
    asked = set(re.findall(r"(?<!\\\\)\bmake ([a-z-]+)", text))
    assert {"test", "test-elsewhere", "test-oldest", "test-newest", "dist", "links"} <= asked
    assert asked <= known


def test_where_every_test_runs_there_is_a_sandbox_or_the_run_says_so():
    jobs = [job for workflow in WORKFLOWS.values() for job in workflow["jobs"].values()]
    steps = [[step.get("run", "") for step in job["steps"]] for job in jobs]
    complete = [some for some in steps if "make test" in some]
    assert len(complete) == 2
    for some in complete:
        before = "\n".join(some[: some.index("make test")])
        assert "install --quiet --yes bubblewrap" in before
        assert before.endswith("bwrap --unshare-all --ro-bind / / true\n")


def test_every_action_is_pinned_and_no_workflow_may_do_more_than_it_needs():
    seen = {}
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        for name, at, version in re.findall(r"uses: (\S+?)@(\S+)(?: # (v[\d.]+))?", text):
            assert re.fullmatch("[0-9a-f]{40}", at), f"{path.name}: {name}@{at} is no commit"
            assert version, f"{path.name}: {name} does not say which version that is"
            assert seen.setdefault(name, (at, version)) == (at, version)
        workflow = WORKFLOWS[path.stem]
        assert workflow["permissions"] in ({}, {"contents": "read"})
        assert "pull_request_target" not in text
        assert "secrets." not in text
        assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    assert len(seen) >= 6
