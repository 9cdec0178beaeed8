"""Rules about the source itself, read off its syntax tree."""

import ast
import inspect
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import backprop

PACKAGE = Path(backprop.__file__).parent
CORE = [
    "arrays",
    "gradcheck",
    "layers",
    "losses",
    "network",
    "optimizers",
    "datasets",
    "training",
]
EVERY_FILE = sorted(PACKAGE.rglob("*.py"))
every_module = pytest.mark.parametrize("module", CORE)


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path):
    """Every module that this file imports anywhere, by its full name."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write backprop.x and not .x, so that this test can read it"
            # `from backprop import layers` imports backprop.layers
            names = {f"backprop.{alias.name}" for alias in node.names}
            found |= names if node.module == "backprop" else {node.module}
    return found


def core_imports(module):
    return {name for name in imports(PACKAGE / f"{module}.py") if name.startswith("backprop")}


def test_the_core_is_what_is_listed_here():
    assert {path.stem for path in PACKAGE.glob("*.py")} == {"__init__", *CORE}


@every_module
def test_imports_run_downward(module):
    below = {f"backprop.{name}" for name in CORE[: CORE.index(module)]}
    assert core_imports(module) <= below


def test_gradcheck_knows_nothing_of_the_rest():
    assert core_imports("gradcheck") == set()


@every_module
def test_the_core_needs_numpy_and_nothing_else(module):
    roots = {name.split(".")[0] for name in imports(PACKAGE / f"{module}.py")}
    allowed = {"numpy", "backprop"} | ({"tqdm"} if module == "training" else set())
    assert roots - sys.stdlib_module_names <= allowed


@pytest.mark.parametrize("module", ["__init__", *CORE])
def test_the_core_never_imports_the_classroom(module):
    assert not any("classroom" in name for name in imports(PACKAGE / f"{module}.py"))


def test_nothing_but_the_grader_imports_the_grader():
    grader = PACKAGE / "classroom" / "grade"
    shared = "backprop.classroom.grade.inside.lenient"  # used wherever code is called
    for path in EVERY_FILE:
        if grader not in path.parents:
            assert not any("classroom.grade" in name for name in imports(path) - {shared}), path


def test_what_stands_inside_of_the_sandbox_needs_numpy_alone():
    for path in (PACKAGE / "classroom" / "grade" / "inside").glob("*.py"):
        roots = {name.split(".")[0] for name in imports(path)}
        assert roots - sys.stdlib_module_names <= {"numpy", "wire", "lenient"}, path


def undocumented(node, name):
    """The public classes, functions and methods below this node without a docstring."""
    found = [] if ast.get_docstring(node) else [name]
    for child in getattr(node, "body", []):
        if isinstance(child, ast.ClassDef | ast.FunctionDef) and not child.name.startswith("_"):
            is_nested = isinstance(node, ast.FunctionDef)
            found += [] if is_nested else undocumented(child, f"{name}.{child.name}")
    return found


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_everything_public_has_a_docstring(path):
    assert undocumented(parsed(path), path.stem) == []


def test_all_names_what_is_there_and_no_more():
    public = {
        name
        for name, value in vars(backprop).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert set(backprop.__all__) == public


def test_importing_the_package_imports_no_pictures_and_no_progress_bar():
    script = "import sys, backprop; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "backprop.training" in loaded
    assert not loaded & {"matplotlib", "tqdm", "backprop.classroom"}


def test_without_matplotlib_the_figures_say_what_to_install():
    hidden = "import sys; sys.modules['matplotlib'] = None; import backprop.classroom.figures"
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True)
    assert done.returncode == 1
    assert 'need Matplotlib, which is not here; in the folder of this package `pip install ".[' in (
        done.stderr
    )


def test_the_version_is_the_same_everywhere():
    root = Path(__file__).parent.parent
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert project["version"] == citation["version"] == backprop.__version__
