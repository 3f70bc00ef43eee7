"""Reading YAML so that every fault can name its file and line; a plain `yaml.load` forgets where things stood."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class InstrumentRefused(ValueError):
    """This instrument cannot be used. The message begins with the file and the line at fault."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path.name}:{line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class Source:
    """One YAML file, read node by node. Lines count from 1. Everything here raises InstrumentRefused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
        except yaml.MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            line = mark.line + 1 if mark else 1
            raise InstrumentRefused(path, line, f"This is not YAML: {fault.problem}.") from fault
        except (UnicodeDecodeError, yaml.YAMLError) as fault:
            raise InstrumentRefused(path, 1, f"This is not YAML text: {fault}.") from fault
        if root is None:
            raise InstrumentRefused(path, 1, "This file is empty.")
        self.root: yaml.Node = root

    def refusal(self, node: yaml.Node, reason: str) -> InstrumentRefused:
        """The refusal of what stands at `node`."""
        return InstrumentRefused(self.path, node.start_mark.line + 1, reason)

    def mapping(
        self, node: yaml.Node, must: Collection[str] = (), may: Collection[str] | None = ()
    ) -> dict[str, yaml.Node]:
        """The keys and values at `node`. With `may=None` any key will do."""
        if not isinstance(node, yaml.MappingNode):
            raise self.refusal(node, "Here must be keys and values.")
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = self.text(key_node)
            if key in found:
                raise self.refusal(key_node, f"{key} is here twice.")
            if may is not None and key not in must and key not in may:
                raise self.refusal(key_node, f"{key} is not known here.")
            found[key] = value
        for key in must:
            if key not in found:
                raise self.refusal(node, f"{key} is missing.")
        return found

    def sequence(self, node: yaml.Node) -> list[yaml.Node]:
        """The entries of the list at `node`."""
        if not isinstance(node, yaml.SequenceNode):
            raise self.refusal(node, "Here must be a list.")
        return list(node.value)

    def text(self, node: yaml.Node) -> str:
        """The words at `node`; a bare number will do for a key or a code."""
        if not isinstance(node, yaml.ScalarNode) or node.tag.endswith((":null", ":bool")) or not node.value:
            raise self.refusal(node, "Here must be words.")
        return str(node.value)

    def texts(self, node: yaml.Node) -> tuple[str, ...]:
        """The list of words at `node`."""
        return tuple(self.text(one) for one in self.sequence(node))

    def one_of(self, node: yaml.Node, known: Collection[str]) -> str:
        """The word at `node`, which must be a known one."""
        word = self.text(node)
        if word not in known:
            raise self.refusal(node, f"{word} is not one of: {', '.join(known)}.")
        return word

    def whole(self, node: yaml.Node, least: int, most: int) -> int:
        """The whole number at `node`, `least` to `most`."""
        if isinstance(node, yaml.ScalarNode) and node.tag.endswith(":int"):
            try:
                number = int(node.value)
            except ValueError:
                number = least - 1
            if least <= number <= most:
                return number
        raise self.refusal(node, f"Here must be a whole number from {least} to {most}.")

    def yes_no(self, node: yaml.Node) -> bool:
        """true or false, and nothing else."""
        if isinstance(node, yaml.ScalarNode) and node.value in ("true", "false"):
            return bool(node.value == "true")
        raise self.refusal(node, "Here must be true or false.")

    def words(self, node: yaml.Node, known: Collection[str] | None = None) -> dict[str, str]:
        """Words by key; the keys must be known ones, when `known` is given."""
        return {key: self.text(one) for key, one in self.mapping(node, may=known).items()}

    def steps(self, node: yaml.Node, most: int) -> dict[int, str]:
        """Words for each step of a scale from 1 to `most`."""
        names = [str(step) for step in range(1, most + 1)]
        found = self.mapping(node, must=names)
        return {int(name): self.text(found[name]) for name in names}
