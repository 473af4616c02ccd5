"""Where an agent comes from, as a recipe names it in one line."""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.util
import inspect
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import cloudpickle

from ...envs.core.names import did_you_mean

SourceKind = Literal["python", "sb3", "language_model", "object"]

_FORMS = (
    "file.py:NAME, package.module:NAME, the .zip of a Stable-Baselines3 model, or a Hugging Face model as a folder or "
    "as owner/name"
)
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_OBJECTS: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Source:
    """Where an agent comes from.

    Attributes:
        kind: `python` (a class, function or object of a module), `sb3` (a saved model of Stable-Baselines3),
            `language_model` (of Hugging Face), or `object` (one that this very process was handed).
        text: the source in one line, its path made absolute.
        path: the file or folder; None for what has none: an installed module, a model on the hub, an object.
        module: the module's name where it is named by one, of `python`.
        attribute: what the module calls it, of `python`; its or its class's own name, of `object`.
    """

    kind: SourceKind
    text: str
    path: Path | None = None
    module: str = ""
    attribute: str = ""

    def digest(self) -> str | None:
        """The SHA-256 of what is there now, by which a later difference is noticed; None where nothing can be read.

        It covers the one file that is named (a module it imports is not part of it), all files of a model's folder,
        and of an object its source code, or else its pickle.
        """
        if self.kind == "object":
            return _object_digest(self.load())
        path = self.path
        if self.kind == "python" and path is None:
            found = _find_module(self.module)
            path = Path(found) if found else None
        if path is None:
            return None
        digest = hashlib.sha256()
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(f"{file.relative_to(path)}\0".encode())
                with file.open("rb") as opened:
                    digest.update(hashlib.file_digest(opened, "sha256").digest())
        return digest.hexdigest()

    def load(self) -> Any:
        """The class, function or object of a source of Python.

        Raises:
            ValueError: the module cannot be imported or has nothing of that name.
        """
        if self.kind == "object":
            return _OBJECTS[self.text]
        module = _import_file(self.path, self.text) if self.path else _import_module(self.module, self.text)
        if not hasattr(module, self.attribute):
            near = did_you_mean(self.attribute, [name for name in vars(module) if not name.startswith("_")])
            where = self.path.name if self.path else self.module
            raise ValueError(f"source {self.text}: {where} has no {self.attribute!r}{near}")
        return getattr(module, self.attribute)


def find_source(text: str, folder: Path | None = None) -> Source:
    """What a recipe's source names, without importing it.

    Args:
        text: `file.py:NAME`, `package.module:NAME`, `model.zip`, a folder, or `owner/name` on the Hugging Face hub.
        folder: what relative paths are relative to first; the working directory is tried after it.

    Raises:
        ValueError: there is no such file or folder, or the text has none of these forms.
    """
    if text.startswith("<"):
        if text not in _OBJECTS:
            raise ValueError(
                f"source {text} was an object of another process and cannot be made again; to repeat a run, put the "
                "class or function in a file and give file.py:NAME"
            )
        thing = _OBJECTS[text]
        return Source("object", text, attribute=getattr(thing, "__name__", type(thing).__name__))
    if text.endswith(".zip"):
        path = _existing(text, folder, "saved model")
        return Source("sb3", str(path), path)
    if text.endswith(".py"):
        path = _existing(text, folder, "file")
        raise ValueError(f"source {text} names a file; say what in it is the agent: {_choices(text, path)}")
    module, colon, attribute = text.rpartition(":")
    if colon:
        if not attribute.isidentifier() or not module:
            raise ValueError(f"source must be {_FORMS}, got {text!r}")
        if module.endswith(".py"):
            path = _existing(module, folder, "file")
            return Source("python", f"{path}:{attribute}", path, attribute=attribute)
        if not all(part.isidentifier() for part in module.split(".")):
            raise ValueError(f"source must be {_FORMS}, got {text!r}")
        return Source("python", text, module=module, attribute=attribute)
    for base in _bases(folder):
        path = (base / Path(text).expanduser()).resolve()
        if path.is_dir():
            if not (path / "config.json").is_file():
                raise ValueError(f"source {text} is a folder without config.json, so it holds no Hugging Face model")
            return Source("language_model", str(path), path)
    if _HUB_NAME.fullmatch(text) and not text.startswith((".", "~")):
        return Source("language_model", text)
    raise ValueError(f"source must be {_FORMS}, got {text!r}")


def register_object(thing: Any) -> str:
    """Make an object of this process known as a source; one of the same name takes the place of the former.

    Returns:
        The source: `<class MyAgent in __main__>`.
    """
    is_class, is_function = isinstance(thing, type), inspect.isroutine(thing)
    word = "class" if is_class else "function" if is_function else "object"
    named = thing if is_class or is_function else type(thing)
    text = f"<{word} {named.__qualname__} in {named.__module__}>"
    _OBJECTS[text] = thing
    return text


def _bases(folder: Path | None) -> list[Path]:
    return [Path.cwd()] if folder is None else [folder, Path.cwd()]


def _existing(text: str, folder: Path | None, what: str) -> Path:
    for base in _bases(folder):
        path = (base / Path(text).expanduser()).resolve()
        if path.is_file():
            return path
    raise ValueError(f"source names the {what} {text}, which is not there")


def _choices(text: str, path: Path) -> str:
    """What a file defines at its top, as sources; found without running it."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError):
        return f"{text}:NAME"
    names = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    return " or ".join(f"{text}:{name}" for name in names if not name.startswith("_")) or f"{text}:NAME"


def _import_file(path: Path, text: str) -> ModuleType:
    # a file that was edited is another module, so that a notebook gets what the file says now
    key = hashlib.sha256(str(path).encode() + b"\0" + path.read_bytes()).hexdigest()[:16]
    name = f"palaestra_external_{path.stem}_{key}"
    if name in sys.modules:
        return sys.modules[name]
    _make_importable(path.parent)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"source {text}: {path.name} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # another's code may raise anything
        del sys.modules[name]
        raise ValueError(f"source {text}: {path.name} cannot be imported ({_reason(error)})") from error
    cloudpickle.register_pickle_by_value(module)  # no other process can import it by its name
    return module


def _import_module(name: str, text: str) -> ModuleType:
    _make_importable(Path.cwd())
    try:
        return importlib.import_module(name)
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}."):
            raise ValueError(
                f"source {text}: there is no module {error.name!r} here or among the installed ones; "
                "a file is named as path/to/file.py:NAME"
            ) from error
        raise ValueError(f"source {text}: {name} cannot be imported ({_reason(error)})") from error


def _find_module(name: str) -> str | None:
    """The file of a module."""
    _make_importable(Path.cwd())
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return found.origin if found is not None and found.has_location else None


def _make_importable(folder: Path) -> None:
    # at the end: a file beside an agent must not hide an installed module
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _object_digest(thing: Any) -> str | None:
    try:
        content = _source_code(thing) or cloudpickle.dumps(thing)
    except Exception:  # an object may refuse to be pickled in any way
        return None
    return hashlib.sha256(content).hexdigest()


def _source_code(thing: Any) -> bytes | None:
    if not isinstance(thing, type) and not inspect.isroutine(thing):
        return None  # what an object holds counts too
    try:
        return inspect.getsource(thing).encode()
    except OSError:  # typed into a prompt
        return None


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
