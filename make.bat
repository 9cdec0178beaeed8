@echo off
rem For Windows without make: `.\make book` and `.\make test`. The Makefile knows more commands.
setlocal
cd /d "%~dp0"
set BIN=.venv\Scripts
rem What Python writes is read as UTF-8 everywhere else.
set PYTHONUTF8=1
if not "%1"=="book" if not "%1"=="test" (
    echo .\make book   builds the site into _build\html
    echo .\make test   builds it, and runs every test that does not need the system of the authors
    exit /b 1
)
rem The Python in use, if it is new enough; otherwise the newest that is installed.
set PYTHON=py
python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set PYTHON=python
if not exist %BIN%\python.exe %PYTHON% -m venv .venv || exit /b 1
%BIN%\python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e . || exit /b 1
if not exist assets\vendor\ready (
    %BIN%\python tools\vendor.py || exit /b 1
    type nul > assets\vendor\ready
)
%BIN%\jupyter-book build -n -W --keep-going --quiet . || exit /b 1
rem Jupyter warns of an event loop that only Windows has.
if "%1"=="test" %BIN%\python -m pytest -m "not locked" --nbval-sanitize-with tools\other_versions.cfg -W "default:Proactor event loop:RuntimeWarning"
