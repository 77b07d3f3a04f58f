"""The project's claims about itself are true: paths, modules, commands, links, the picture of the rooms, the lock."""

import ast
import functools
import importlib.util
import re
import shutil
import sysconfig
from itertools import product
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests import lock, structure

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "lib").rglob("*.md")])
PROGRAMS = sorted(
    [ROOT / "app.py", *(path for top in ("lib", "pages", "tests") for path in (ROOT / top).rglob("*.py"))]
)
TOOLS = sorted(
    [
        *(ROOT / name for name in ("Makefile", "pyproject.toml", ".pre-commit-config.yaml")),
        *(path for top in (".ci", ".devcontainer", ".github", ".streamlit") for path in (ROOT / top).rglob("*.*")),
        ROOT / ".ci" / "run",
    ]
)

CODE = re.compile(r"^```.*?^```|^ {4}.*$|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
FOLDERS = r"docs|lib|pages|tests|\.ci|\.devcontainer|\.github|\.streamlit"
PATH = re.compile(rf"(?<![\w./:-])(?:{FOLDERS})/[\w./<>$*-]*")
FILE = re.compile(r"(?<![\w./:<-])(?:(?!__init__)[\w-]+\.(?:lock|md|py|toml|txt|ya?ml)|LICENSE|Makefile)(?![\w./-])")
MODULE = re.compile(r"(?<![\w./-])(?:lib|tests)(?:\.\w+)+")
JOINED = re.compile(r'/ "((?:lib|pages|tests)(?:" / "[\w.-]+)+)"')
RUN = re.compile(r"python3? -m ([\w.]*\w)")
SCRIPT = re.compile(r"\.venv/bin/([\w-]+)")
TARGET = re.compile(r"\bmake ([\w./-]+)")
LINK = re.compile(r"\]\(([^)#\s]+)")
TABLE_OF_MODULES = re.compile(r"^\| `(?:[^`|]* )?([\w.]+\.)` \|.*\n(?:\|.*\n)+", re.MULTILINE)

THEIRS = {".streamlit/secrets.toml": "whoever runs the server may write it"}
"""Named, but not part of the project."""


# ---- what is named


def faults_of_a_page(text: str, folder: Path = ROOT) -> list[str]:
    """The missing things that a Markdown page names."""
    code = "\n".join(found.group() for found in CODE.finditer(text))
    links = [link for link in LINK.findall(text) if "://" not in link and not (folder / link).exists()]
    files = [name for name in FILE.findall(code) if not ((ROOT / name).exists() or (folder / name).exists())]
    rows = [
        f"{table.group(1)}{name}"
        for table in TABLE_OF_MODULES.finditer(text)
        for row in table.group().splitlines()[2:]
        for name in re.findall(r"`(\w+)`", row.split("|")[1])
    ]
    return [
        *links,
        *files,
        *(module for module in rows if not is_named(module)),
        *faults(text),
        *faults_of_commands(code),
    ]


def faults_of_a_program(text: str) -> list[str]:
    """The missing things that a program's text names; commands only in backticks of docstrings and comments."""
    text = text.replace(r"\.", ".")  # as regular expressions write it
    text = JOINED.sub(lambda joined: joined.group(1).replace('" / "', "/"), text)
    return faults(text) + faults_of_commands("\n".join(re.findall(r"`[^`\n]+`|^ {4}python .*$", text, re.MULTILINE)))


def faults(text: str) -> list[str]:
    """The paths and dotted names of ours that do not exist."""
    paths = {path.rstrip(".") for path in PATH.findall(text)} - THEIRS.keys()
    modules = set(MODULE.findall(text))
    return sorted([path for path in paths if not is_path(path)] + [name for name in modules if not is_named(name)])


def faults_of_commands(code: str) -> list[str]:
    """The commands that cannot be run: no such target, module or script."""
    wrong = [f"make {target}" for target in set(TARGET.findall(code)) - targets()]
    wrong += [f"python -m {module}" for module in set(RUN.findall(code)) if not can_be_run(module)]
    scripts = sysconfig.get_path("scripts")
    return wrong + [f".venv/bin/{name}" for name in set(SCRIPT.findall(code)) if not shutil.which(name, path=scripts)]


def is_path(path: str) -> bool:
    """Whether a file or folder exists; <anything>, $anything and * stand for any name."""
    return any(ROOT.glob(re.sub(r"<\w+>|\$\w+", "*", path.rstrip("/"))))


@functools.cache
def is_named(dotted: str) -> bool:
    """Whether 'lib.core.seeds', 'lib.core.seeds.SCHEME' or 'lib.runs.db.store.Store.append' exists."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        place, names = ROOT.joinpath(*parts[:length]), parts[length:]
        if place.is_dir() and not names:
            return True
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if file.exists():
            return has_names(ast.parse(file.read_text(encoding="utf-8")).body, names)
    return False


def has_names(body: list[ast.stmt], names: list[str]) -> bool:
    """Whether the first name is defined in `body`, the next one in that, and so on; an import may have any name."""
    if not names:
        return True
    for statement in body:
        match statement:
            case ast.ClassDef(name=name, body=inner) if name == names[0]:
                return has_names(inner, names[1:])
            case ast.Import(names=imported) | ast.ImportFrom(names=imported):
                if names[0] in {alias.asname or alias.name for alias in imported}:
                    return True
            case _ if names[0] in defined_by(statement):
                return True
    return False


def defined_by(statement: ast.stmt) -> set[str]:
    """The names that a statement other than a class or an import assigns."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return {statement.name}
    stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return {node.id for node in stored if isinstance(node.ctx, ast.Store)}


@functools.cache
def targets() -> frozenset[str]:
    """The targets of `make`."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([\w./-]+):(?!=)", makefile, re.MULTILINE))


@functools.cache
def can_be_run(module: str) -> bool:
    """Whether `python -m` finds it, in the project or in a package."""
    ours = module.partition(".")[0] in ("lib", "pages", "tests")
    return is_named(module) if ours else importlib.util.find_spec(module) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_page_names_is_there(page: Path) -> None:
    assert faults_of_a_page(page.read_text(encoding="utf-8"), page.parent) == []


def test_what_programs_name_is_there() -> None:
    texts = (
        (str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in PROGRAMS if path != Path(__file__)
    )
    assert {name: found for name, text in texts if (found := faults_of_a_program(text))} == {}


def test_what_the_settings_of_tools_name_is_there() -> None:
    texts = ((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in TOOLS)
    wrong = {name: faults(text) + faults_of_commands(re.sub("(?m)^ *#.*", "", text)) for name, text in texts}
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    "wrong",
    [
        *("lib/nowhere.py", "lib/core/nowhere/", "tests/core/*.nothing", "`lib/<nothing>.txt`", ".github/none.yml"),
        *("lib.nowhere", "lib.core.seeds.NOTHING", "lib.runs.db.store.Store.nothing", "tests.nowhere"),
        *("`make nothing`", "    make test nothing\n    make nothing", "`.venv/bin/nothing run app.py`"),
        *("`python -m lib.nowhere`", "`python -m nothing_of_the_kind`", "`nothing.txt`", "[it](NOTHING.md)"),
        "| `python -m tests.benchmarks.` | what |\n|---|---|\n| `speed`, `nothing` | is |\n",
    ],
)
def test_what_is_not_there_is_found(wrong: str) -> None:
    assert len(faults_of_a_page(wrong)) >= 1


def test_what_a_program_joins_is_followed() -> None:
    assert faults_of_a_program('ROOT / "lib" / "core" / "nowhere.py"') == ["lib/core/nowhere.py"]
    assert faults_of_a_program('ROOT / "lib" / "core" / "seeds.py"') == []


@pytest.mark.parametrize(
    "right",
    [
        *("lib/core/seeds.py", "lib/core/", "lib/core/catalogues/<language>.po", ".streamlit/secrets.toml", "app.py"),
        *("lib.core", "lib.core.seeds.SCHEME", "lib.runs.db.store.Store.append", "tests.benchmarks.speed", "lib.ui.*"),
        *(
            "`make`",
            "`make test`",
            "`.venv/bin/python -m lib.train --epochs 1`",
            "`python3 -m venv .venv`",
            "[it](README.md)",
        ),
        *(
            "make nothing of it",
            "https://example.org/lib/x.py",
            "a/tests/x",
            "| `python -m tests.benchmarks.` |\n|---|\n| `speed` |\n",
        ),
    ],
)
def test_what_is_there_is_left_alone(right: str) -> None:
    assert faults_of_a_page(right) == []


# ---- the rooms


def test_the_picture_is_that_of_the_imports() -> None:
    page = structure.PAGE.read_text(encoding="utf-8")
    assert page == structure.with_picture(page, structure.picture()), "`python -m tests.structure` draws it anew"


def test_the_server_imports_nothing_of_ours_but_lib_ui() -> None:
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    ours = [name for name in imported if name.partition(".")[0] in ("lib", "pages", "tests")]
    assert ours
    assert [name for name in ours if not name.startswith("lib.ui.")] == []


# ---- the lock


@pytest.mark.parametrize(("python", "system"), [*product(lock.pythons(), lock.SYSTEMS)])
def test_the_lock_has_what_is_required(python: str, system: str) -> None:
    pins = {wanted: lock.locked(text_of(name), python, system) for wanted, name in lock.LOCKS.items()}
    for wanted, versions in pins.items():
        for requirement in lock.requirements_in(text_of(wanted)):
            assert versions[canonicalize_name(requirement.name)] in requirement.specifier, str(requirement)
    app, tests = pins.values()
    assert app.items() <= tests.items(), "the checks run with what the app runs with"


@pytest.mark.parametrize("wanted", list(lock.LOCKS))
def test_each_requirement_has_one_line_and_its_reason(wanted: str) -> None:
    requirements = lock.requirements_in(text_of(wanted))
    assert len({canonicalize_name(one.name) for one in requirements}) == len(requirements)
    assert len(re.findall(r"^[^#\s-].* # \S", text_of(wanted), re.MULTILINE)) == len(requirements)


@pytest.mark.parametrize("name", list(lock.LOCKS.values()))
def test_a_lock_has_exact_versions_and_names_no_place_to_have_them_from(name: str) -> None:
    lines = [line for line in text_of(name).splitlines() if not line.startswith("#")]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.!+]+( ; .+)?", line)] == []
    assert "://" not in text_of(name)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_browser_of_a_test_is_patient():
    """Playwright's own limit of 30 s is too short beside other work; tests/browser/visiting.py sets ours, once."""
    impatient = [
        file.name
        for file in (ROOT / "tests" / "browser").glob("*.py")
        if file.name != "visiting.py" and re.search(r"browser\.new_(page|context)\(", file.read_text(encoding="utf-8"))
    ]
    assert impatient == []
