"""A reader of the pickles in PyTorch's files that supports only the opcodes for data.

It builds dicts, lists, tuples, numbers, text, and descriptions of tensors. Any other name in a pickle (a function, a
class, a module's code) is refused; nothing is imported, called or run.
"""

import io
import pickletools
import warnings
from collections.abc import Callable
from typing import Any

from stylegrid.text import plain
from stylegrid.vgg.formats.pytorch_tensors import BUILDERS, STORAGES, Name, Storage, pairs_of

MOST_OPERATIONS = 100_000  # VGG19's take 2,000
LONGEST_NAME = 60  # characters of a name shown in a message


def load(file: io.BytesIO, storages: dict[str, Storage] | None = None) -> Any:
    """Return the value of the pickle at a file's position; the position is then behind the pickle.

    `storages` receives the storages it refers to, by key. Raises ValueError for anything but data.
    """
    machine = _Machine({} if storages is None else storages)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about unknown escapes in strings
        for count, (opcode, argument, _) in enumerate(pickletools.genops(file)):
            if count == MOST_OPERATIONS:
                raise ValueError(f"it takes more than {MOST_OPERATIONS} operations")
            machine.step(opcode.name, argument)
    return machine.pop()


class _Machine:
    """The stack machine that executes a pickle's opcodes."""

    def __init__(self, storages: dict[str, Storage]) -> None:
        self._storages = storages
        self._stack: list[Any] = []
        self._outer: list[list[Any]] = []  # the stacks below each mark
        self._memo: dict[int, Any] = {}

    def step(self, opcode: str, argument: Any) -> None:
        """Execute one opcode."""
        if opcode in _IGNORED:
            return
        if opcode in _ARGUMENTS:
            self.push(argument)
        elif opcode in _MAKERS:
            self.push(_MAKERS[opcode]())
        elif opcode in _OPERATIONS:
            _OPERATIONS[opcode](self, argument)
        else:
            raise ValueError(f"it builds objects ({opcode}), and only tensors are read")

    def push(self, value: Any) -> None:
        """Push a value on the stack."""
        self._stack.append(value)

    def pop(self) -> Any:
        """Remove and return the top of the stack."""
        if not self._stack:
            raise ValueError("it takes more values than it has")
        return self._stack.pop()

    def mark(self, _: Any) -> None:
        """Set a mark: start a new stack."""
        self._outer.append(self._stack)
        self._stack = []

    def pop_to_mark(self) -> list[Any]:
        """Remove and return the values above the last mark."""
        if not self._outer:
            raise ValueError("it takes more values than it has")
        values, self._stack = self._stack, self._outer.pop()
        return values

    def memo_put(self, key: int) -> None:
        """Store the top of the stack in the memo under a key."""
        self._memo[key] = self._top(object)

    def memoize(self, _: Any) -> None:
        """Store the top of the stack in the memo under the next number."""
        self.memo_put(len(self._memo))

    def memo_get(self, key: int) -> None:
        """Push a value from the memo."""
        if key not in self._memo:
            raise ValueError("it recalls a value that it has not kept")
        self.push(self._memo[key])

    def make_tuple(self, _: Any) -> None:
        """Replace the values above the last mark by a tuple of them."""
        values = self.pop_to_mark()
        self.push(tuple(values))

    def append(self, _: Any) -> None:
        """Append the top of the stack to the list below it."""
        value = self.pop()
        self._top(list).append(value)

    def extend(self, _: Any) -> None:
        """Append the values above the last mark to the list below it."""
        values = self.pop_to_mark()
        self._top(list).extend(values)

    def set_item(self, _: Any) -> None:
        """Set an item of the dict below its key and value."""
        value, key = self.pop(), self.pop()
        self._update([key, value])

    def set_items(self, _: Any) -> None:
        """Set items of the dict below the last mark from the keys and values above it."""
        self._update(self.pop_to_mark())

    def push_global(self, name: str) -> None:
        """Push the name of a function or storage type, which pickletools spells `module name`."""
        self._push_global(name.replace(" ", "."))

    def push_stacked_global(self, _: Any) -> None:
        """Push the name of a function or storage type from module and name on the stack."""
        name, module = self.pop(), self.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise ValueError("it asks for something that is no name")
        self._push_global(f"{module}.{name}")

    def call(self, _: Any) -> None:
        """Replace a function and its arguments by the value it builds."""
        arguments, function = self.pop(), self.pop()
        if not isinstance(function, Name) or function.name not in BUILDERS or not isinstance(arguments, tuple):
            raise ValueError("it calls something that is no function")
        self.push(BUILDERS[function.name](*arguments[:4]))

    def drop_state(self, _: Any) -> None:
        """Discard an object's attributes; a state dict has one, the versions of its layers."""
        self.pop()
        self._top(dict)

    def load_storage(self, _: Any) -> None:
        """Replace the tuple that names a storage by its description."""
        match self.pop():
            case ("storage", Name(name), str(key), str(), int(count), *views) if views in ([], [None]):
                self.push(self._storage(name, key, count))
            case _:
                raise ValueError("it keeps something besides tensors, such as a model's code")

    def _storage(self, name: str, key: str, count: int) -> Storage:
        if name not in STORAGES or count < 0:
            raise ValueError("it names a storage of no known kind")
        storage = Storage(STORAGES[name], key, count)
        if self._storages.setdefault(key, storage) != storage:
            raise ValueError("it names a storage in two ways")
        return storage

    def _push_global(self, name: str) -> None:
        if name not in BUILDERS and name not in STORAGES:
            shown = plain(name[:LONGEST_NAME])
            raise ValueError(f"it asks for {shown}, and only tensors are read; save model.state_dict()")
        self.push(Name(name))

    def _top(self, kind: type) -> Any:
        if not self._stack or not isinstance(self._stack[-1], kind):
            raise ValueError("its operations do not fit their values")
        return self._stack[-1]

    def _update(self, values: list[Any]) -> None:
        self._top(dict).update(pairs_of(values[::2], values[1::2]))


_IGNORED = {"PROTO", "FRAME", "STOP"}
_ARGUMENTS = {
    *("BININT", "BININT1", "BININT2", "LONG1", "LONG4", "INT", "LONG", "BINFLOAT", "FLOAT"),
    *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "BINSTRING", "SHORT_BINSTRING"),
}
_MAKERS: dict[str, Callable[[], Any]] = {
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
}


def _tuple_of(count: int) -> Callable[[_Machine, Any], None]:
    def make_tuple(machine: _Machine, _: Any) -> None:
        values = [machine.pop() for _ in range(count)]
        machine.push(tuple(reversed(values)))

    return make_tuple


_OPERATIONS: dict[str, Callable[[_Machine, Any], None]] = {
    "MARK": _Machine.mark,
    "BINPUT": _Machine.memo_put,
    "LONG_BINPUT": _Machine.memo_put,
    "MEMOIZE": _Machine.memoize,
    "BINGET": _Machine.memo_get,
    "LONG_BINGET": _Machine.memo_get,
    "TUPLE": _Machine.make_tuple,
    "TUPLE1": _tuple_of(1),
    "TUPLE2": _tuple_of(2),
    "TUPLE3": _tuple_of(3),
    "APPEND": _Machine.append,
    "APPENDS": _Machine.extend,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "GLOBAL": _Machine.push_global,
    "STACK_GLOBAL": _Machine.push_stacked_global,
    "REDUCE": _Machine.call,
    "BUILD": _Machine.drop_state,
    "BINPERSID": _Machine.load_storage,
}
