"""What no page asks for leaves the built site, and nothing else."""

from types import SimpleNamespace

from unasked import drop, without_tabs


def test_what_no_page_asks_for_is_dropped(tmp_path):
    files = {
        "chapters/a.html": '<link href="../_static/look.css?v=1"><script src="../_static/go.js">',
        "_static/look.css": '@import "basic.css";'
        f"url(letters.woff2?v=2) url('letters.ttf') url(data:image/png;base64,{'x' * 999})",
        "_static/basic.css": "",
        "_static/letters.woff2": "",
        "_static/go.js": "",
        "_static/go.js.LICENSE.txt": "",
        "_static/letters.ttf": "",
        "_static/go.js.map": "",
        "_static/gone.js.LICENSE.txt": "",
        "_static/macros.html": '<script src="gone.js">',
        "_static/gone.js": "",
        "_images/a.png": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    app = SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="html"))
    drop(app, ValueError("the build failed"))
    assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == len(files)
    drop(app, None)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == set(list(files)[:6]) | {"_images/a.png"}


def test_the_script_for_tabs_is_on_pages_with_tabs_alone():
    scripts = [SimpleNamespace(filename=name) for name in ("design-tabs.js", "book.js")]
    for body, left in (('<div class="sd-tab-set">', scripts), ("<p>", scripts[1:])):
        context = {"body": body, "script_files": scripts}
        without_tabs(None, "index", "page.html", context, None)
        assert context["script_files"] == left
