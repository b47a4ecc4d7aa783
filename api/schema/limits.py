"""How large a question may be: bounds that are checked before anything is executed, over HTTP and sockets alike."""

from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

MAX_TOKENS = 2000
MAX_DEPTH = 12
MAX_INTROSPECTION_DEPTH = 16
"""What the usual tools ask to learn the schema lies at 15."""
MAX_FIELDS = 500
MAX_ALIASES = 30
MAX_ROOT_FIELDS = 20


class QueryLimits(ASTValidationRule):
    """One operation, no deeper than MAX_DEPTH, with at most MAX_FIELDS fields once its fragments are spread.

    Each fragment is measured once and remembered, so that spreading it often costs nothing: a rule that walks
    fragments anew at each spread can itself be used to stop a server.
    """

    def enter_document(self, document: DocumentNode, *_: Any) -> None:
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        if len(operations) > 1:
            self._refuse("Send one operation at a time.", operations[1])
            return
        measure = _Measure(document)
        for operation in operations:
            depth, fields, aliases = measure.of(operation.selection_set)
            if len(operation.selection_set.selections) > MAX_ROOT_FIELDS:
                self._refuse(f"Ask for at most {MAX_ROOT_FIELDS} fields at the top.", operation)
            if depth > MAX_DEPTH:
                self._refuse(f"Nest at most {MAX_DEPTH} levels deep.", operation)
            if fields > MAX_FIELDS:
                self._refuse(f"Ask for at most {MAX_FIELDS} fields.", operation)
            if aliases > MAX_ALIASES:
                self._refuse(f"Use at most {MAX_ALIASES} aliases.", operation)

    def _refuse(self, message: str, node: OperationDefinitionNode) -> None:
        self.report_error(GraphQLError(message, node))


class _Measure:
    """Depth, fields and aliases of selections, with fragments spread."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, tuple[int, int, int]] = {}

    def of(self, selections: SelectionSetNode | None) -> tuple[int, int, int]:
        depth = fields = aliases = 0
        for node in selections.selections if selections else ():
            below, inside, renamed = self._of_one(node)
            depth, fields, aliases = max(depth, below), fields + inside, aliases + renamed
        return depth, fields, aliases

    def _of_one(self, node: Any) -> tuple[int, int, int]:
        if isinstance(node, FieldNode):
            depth, fields, aliases = self.of(node.selection_set)
            if node.name.value in ("__schema", "__type"):
                depth -= MAX_INTROSPECTION_DEPTH - MAX_DEPTH
            return depth + 1, fields + 1, aliases + (node.alias is not None)
        if isinstance(node, InlineFragmentNode):
            return self.of(node.selection_set)
        if isinstance(node, FragmentSpreadNode):
            return self._of_fragment(node.name.value)
        raise TypeError(f"{type(node).__name__} is no selection")

    def _of_fragment(self, name: str) -> tuple[int, int, int]:
        if name not in self._known:
            # A cycle is another rule's to report; here it must only end.
            self._known[name] = (0, 0, 0)
            fragment = self._fragments.get(name)
            self._known[name] = self.of(fragment.selection_set) if fragment else (0, 0, 0)
        return self._known[name]
