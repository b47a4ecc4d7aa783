"""Making plans of documents that have been validated."""

from collections.abc import Callable, Iterable
from enum import Enum
from functools import partial
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    default_field_resolver,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_union_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature

from api.schema.arguments import Variable, arguments_of
from api.schema.plans import Complete, Course, Place, Plan, PlannedField, Selection

_DEFINITION = "strawberry-definition"
"""Under this name Strawberry keeps its own field in graphql-core's."""

_EXACT: dict[str, type] = {"String": str, "ID": str, "Boolean": bool, "Cursor": str}
"""Scalars whose values of exactly this type are sent as they are."""


class Unplannable(Exception):
    """This document is left to graphql-core."""


def make_plan(schema: GraphQLSchema, document: DocumentNode, operation_name: str | None) -> Plan | None:
    """The plan of one operation of a valid document.

    None where a document asks for what is seldom asked (directives, the schema's own shape, an interface), and where
    it does not say which of its operations is meant.
    """
    definitions = document.definitions
    operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
    if operation_name is not None:
        operations = [node for node in operations if node.name and node.name.value == operation_name]
    if len(operations) != 1:
        return None
    (operation,) = operations
    fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
    root = schema.get_root_type(operation.operation)
    if root is None:
        return None
    try:
        selection = _Planner(schema, fragments).selection(root, [operation.selection_set])
    except Unplannable:
        return None
    declared = [get_variable_signature(schema, node) for node in operation.variable_definitions or ()]
    variables = {one.name: Variable.of(one) for one in declared if isinstance(one, GraphQLVariableSignature)}
    return Plan(schema, operation, fragments, selection, variables)


class _Planner:
    def __init__(self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments

    def selection(self, parent: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> Selection:
        """What is asked of an object type: fields of one key are one field."""
        collected: dict[str, list[FieldNode]] = {}
        for selections in sets:
            self._collect(parent, selections, collected)
        return Selection(tuple(self._field(parent, key, nodes) for key, nodes in collected.items()))

    def _collect(self, parent: GraphQLObjectType, given: SelectionSetNode, into: dict[str, list[FieldNode]]) -> None:
        for node in given.selections:
            if node.directives:
                raise Unplannable
            if isinstance(node, FieldNode):
                into.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._applies(node.type_condition.name.value, parent):
                    self._collect(parent, node.selection_set, into)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, parent):
                    self._collect(parent, fragment.selection_set, into)

    def _applies(self, condition: str, parent: GraphQLObjectType) -> bool:
        if condition == parent.name:
            return True
        named = self._schema.get_type(condition)
        return named is not None and is_abstract_type(named) and self._schema.is_sub_type(named, parent)

    def _field(self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> PlannedField:
        name = nodes[0].name.value
        if name == "__typename":
            # Known by now: a resolver that has nothing to find out.
            definition = GraphQLField(GraphQLNonNull(GraphQLString))
            return PlannedField(
                key, nodes, parent, definition, False, _as_it_is, None, lambda *_: parent.name, lambda _: {}
            )
        definition = parent.fields.get(name)
        if definition is None:
            raise Unplannable
        leaf = get_nullable_type(definition.type)
        return PlannedField(
            key=key,
            nodes=nodes,
            parent=parent,
            definition=definition,
            nullable=not is_non_null_type(definition.type),
            complete=self._completing(definition.type, nodes),
            attribute=_attribute(definition),
            resolve=_resolver(self._schema, definition),
            arguments=arguments_of(definition, nodes[0]),
            leaf=_writer(leaf) if is_leaf_type(leaf) else None,
            exact=_EXACT.get(leaf.name) if is_leaf_type(leaf) else None,
            ask=_ask(definition),
        )

    def _completing(self, given: GraphQLOutputType, nodes: list[FieldNode]) -> Complete:
        """How values of a type are completed; that a null is in its right place is seen to by who asks."""
        wanted = get_nullable_type(given)
        sets = [node.selection_set for node in nodes if node.selection_set]
        if is_list_type(wanted):
            return self._list(wanted, nodes)
        if is_object_type(wanted):
            return self.selection(wanted, sets).draw_for
        if is_union_type(wanted):
            return self._union(wanted, sets)
        if is_leaf_type(wanted):
            return _leaf(wanted)
        raise Unplannable

    def _list(self, wanted: GraphQLList[Any], nodes: list[FieldNode]) -> Complete:
        nullable = not is_non_null_type(wanted.of_type)
        inner = self._completing(wanted.of_type, nodes)
        return partial(_complete_list, nullable, inner)

    def _union(self, wanted: GraphQLUnionType, sets: list[SelectionSetNode]) -> Complete:
        selections = {member.name: self.selection(member, sets) for member in wanted.types}

        members = {_origin(member): selections[member.name] for member in wanted.types}

        def complete(course: Course, planned: PlannedField, value: Any, place: Place) -> Any:
            member = members.get(type(value))
            if member is not None:
                return member.draw(course, value, place)
            name = wanted.resolve_type(value, planned.info(course, place), wanted) if wanted.resolve_type else None
            if not isinstance(name, str):
                raise TypeError(f"{type(value).__name__} is no member of {wanted.name}.")
            return selections[name].draw(course, value, place)

        return complete


def _origin(member: GraphQLObjectType) -> type | None:
    """The class whose values are this type and no other; None where that is not for the class alone to say."""
    ours = member.extensions.get(_DEFINITION)
    return None if ours is None or ours.concrete_of or ours.is_type_of else ours.origin


def _complete_list(
    nullable: bool, inner: Complete, course: Course, planned: PlannedField, value: Any, place: Place
) -> list[Any]:
    items: list[Any] = []
    for index, item in enumerate(value):
        items.append(None)
        planned.put_as(inner, course, item, (items, index, nullable, place))
    return items


def _leaf(wanted: GraphQLLeafType) -> Complete:
    write, exact = _writer(wanted), _EXACT.get(wanted.name)

    def complete(course: Course, planned: PlannedField, value: Any, place: Place) -> Any:
        return value if type(value) is exact else write(value)

    return complete


def _writer(wanted: GraphQLLeafType) -> Callable[[Any], Any]:
    """Turns a value into what is sent, as graphql-core does. Raises what graphql-core raises."""
    coerce = wanted.coerce_output_value
    if isinstance(wanted, GraphQLEnumType):
        return _enum(coerce)
    if wanted is not GraphQLInt:
        return coerce
    return lambda value: value if type(value) is int and GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT else coerce(value)


def _enum(coerce: Callable[[Any], Any]) -> Callable[[Any], Any]:
    names: dict[Enum, Any] = {}

    def write(value: Any) -> Any:
        if value not in names:
            names[value] = coerce(value)
        return names[value]

    return write


def _as_it_is(course: Course, planned: PlannedField, value: Any, place: Place) -> Any:
    return value


def _bare(definition: GraphQLField) -> Any:
    """Strawberry's own field, unless extensions or permissions stand around it, which are Strawberry's to run."""
    ours = definition.extensions.get(_DEFINITION)
    return None if ours is None or ours.extensions or ours.permission_classes else ours


def _attribute(definition: GraphQLField) -> str | None:
    """The attribute that a field without a resolver of its own is read from."""
    ours = _bare(definition)
    return ours.python_name if ours and ours.base_resolver is None else None


def _ask(definition: GraphQLField) -> Callable[[Any], Any] | None:
    """The resolver of a field that takes nothing but the object itself, without what Strawberry puts around it."""
    if definition.subscribe:
        return _as_event  # Its arguments said what to follow, and have no say in what is shown of it.
    ours = _bare(definition)
    if ours is None or ours.base_resolver is None or definition.args:
        return None
    takes = ours.base_resolver
    if takes.root_parameter or takes.parent_parameter or takes.info_parameter or not takes.self_parameter:
        return None
    return takes.wrapped_func


def _as_event(event: Any) -> Any:
    return event


def _resolver(schema: GraphQLSchema, definition: GraphQLField) -> Callable[..., Any]:
    """What is asked for a field's value.

    Strawberry converts arguments for each call; leaves need no more than their Python names, which are known here.
    """
    ours = _bare(definition)
    asked = definition.resolve or default_field_resolver
    leaves = all(is_leaf_type(get_nullable_type(argument.type)) for argument in definition.args.values())
    if ours is None or ours.base_resolver is None or not leaves:
        return asked
    takes = ours.base_resolver
    if takes.root_parameter or takes.parent_parameter or takes.info_parameter is None:
        return asked
    config = schema.extensions[_DEFINITION].config
    names = {config.name_converter.from_argument(argument): argument.python_name for argument in ours.arguments}
    info_name = takes.info_parameter.name

    def resolve(source: Any, info: GraphQLResolveInfo, **given: Any) -> Any:
        named = {names[name]: value for name, value in given.items()}
        named[info_name] = config.info_class(_raw_info=info, _field=ours)
        return ours.get_result(source, named[info_name], [source] if takes.self_parameter else [], named)

    return asked if definition.subscribe else resolve
