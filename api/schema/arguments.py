"""Variables and arguments of planned operations: what is the same for each request is worked out once.

What graphql-core would do with each of them it still does, wherever it is more than taking a value over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    Undefined,
    VariableNode,
    coerce_input_value,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature
from graphql.execution.values import (
    VariableValues,
    VariableValueSource,
    get_argument_values,
    input_is_nested_too_deeply,
)
from graphql.language import Visitor, visit

Arguments = Callable[[VariableValues], dict[str, Any]]
"""Tells the arguments of one field, given the variables of a request. Raises GraphQLError."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that an operation declares."""

    signature: GraphQLVariableSignature
    leaf: Callable[[Any], Any] | None
    """Reads the value, when it is no object and no list."""
    required: bool

    @classmethod
    def of(cls, signature: GraphQLVariableSignature) -> "Variable":
        wanted = get_nullable_type(signature.type)
        leaf = wanted.coerce_input_value if is_leaf_type(wanted) else None
        return cls(signature, leaf, is_non_null_type(signature.type))

    def read(self, value: Any) -> Any:
        """The value as resolvers take it; Undefined when it does not fit."""
        if self.leaf is None:
            deep = isinstance(value, dict | list) and input_is_nested_too_deeply(value, self.signature.type)
            return Undefined if deep else coerce_input_value(value, self.signature.type)
        if value is None:
            return Undefined if self.required else None
        try:
            return self.leaf(value)
        except Exception:
            # As graphql-core does, whose words the caller is answered in then.
            return Undefined


def values_of(declared: dict[str, Variable], given: dict[str, Any]) -> VariableValues | None:
    """The variables of one request; None when one is missing or does not fit."""
    values = VariableValues({}, {})
    for name, variable in declared.items():
        if name not in given:
            return None
        read = variable.read(given[name])
        if read is Undefined:
            return None
        values.sources[name] = VariableValueSource(variable.signature, given[name])
        values.coerced[name] = read
    return values


def arguments_of(definition: GraphQLField, node: FieldNode) -> Arguments:
    """How the arguments of a field are found for each request."""
    written = {argument.name.value: argument.value for argument in node.arguments or ()}
    direct = {name: value.name.value for name, value in written.items() if isinstance(value, VariableNode)}
    if any(_has_variable(value) for name, value in written.items() if name not in direct):
        return lambda variables: get_argument_values(definition, node, variables)
    fixed = _fixed(definition, node, direct)
    if not direct:
        return lambda _: fixed
    taken = [(_out_name(name, definition.args[name]), variable) for name, variable in direct.items()]
    needed = frozenset(direct[name] for name in direct if is_non_null_type(definition.args[name].type))

    def arguments(variables: VariableValues) -> dict[str, Any]:
        values, coerced = fixed.copy(), variables.coerced
        for name, variable in taken:
            value = coerced.get(variable, Undefined)
            if value is Undefined or (value is None and variable in needed):
                return get_argument_values(definition, node, variables)
            values[name] = value
        return values

    return arguments


def _fixed(definition: GraphQLField, node: FieldNode, direct: dict[str, str]) -> dict[str, Any]:
    """The arguments that are written out, and the defaults of those that are not written."""
    others = {name: argument for name, argument in definition.args.items() if name not in direct}
    written = tuple(argument for argument in node.arguments or () if argument.name.value not in direct)
    return get_argument_values(GraphQLField(definition.type, args=others), FieldNode(name=node.name, arguments=written))


def _out_name(name: str, argument: GraphQLArgument) -> str:
    return argument.out_name or name


def _has_variable(value: Any) -> bool:
    finder = _VariableFinder()
    visit(value, finder)
    return finder.found


class _VariableFinder(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.found = True
