"""PyTorch's files without PyTorch, and, where it is installed, against it."""

import io
import struct
import zipfile

import ml_dtypes
import numpy as np
import pytest
import torch_writer
from torch_writer import Call, Name, Persistent, dump, save_stream, save_zip, tensor
from weight_files import assert_says

from stylegrid.errors import WeightsError
from stylegrid.vgg.formats import pytorch_pickle
from stylegrid.vgg.formats.pytorch import read_shapes, read_tensors
from stylegrid.vgg.weights.read import read_weights

ARRAYS = {
    "a.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 7,
    "a.bias": np.array([0.5, -2.25], np.float16),
    "double": np.array([[1 / 3]], np.float64),
    "brain": np.array([1.5, -3], ml_dtypes.bfloat16),
    "codes": np.array([0, 255, 7], np.uint8),
    "empty": np.zeros((0, 3), np.float32),
    "count": np.array(12345678901, np.int64),
}
SAVERS = pytest.mark.parametrize("save", [save_zip, save_stream])


def assert_same(found, expected):
    assert list(found) == list(expected)
    for name, array in expected.items():
        assert found[name].dtype == array.dtype and np.array_equal(found[name], array), name


@SAVERS
def test_every_kind_of_number_is_read(tmp_path, save):
    path = save(tmp_path / "a.pth", ARRAYS)
    assert_same(read_tensors(path), ARRAYS)
    assert read_shapes(path) == {name: array.shape for name, array in ARRAYS.items()}


@SAVERS
def test_an_open_file_is_read(tmp_path, save):
    assert_same(read_tensors(io.BytesIO(save(tmp_path / "a.pth", ARRAYS).read_bytes())), ARRAYS)


@SAVERS
def test_only_named_tensors_are_read(tmp_path, save):
    path = save(tmp_path / "a.pth", ARRAYS)
    assert_same(read_tensors(path, ["codes"]), {"codes": ARRAYS["codes"]})


def test_a_tensor_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WeightsError, match=r"a\.pth: cannot be read as a PyTorch file: it has no fc\.weight"):
        read_tensors(save_zip(tmp_path / "a.pth", ARRAYS), ["codes", "fc.weight"])


@pytest.mark.parametrize("nest", ["state_dict", "model"])
def test_a_checkpoint_s_state_dict_is_found(tmp_path, nest):
    assert_same(read_tensors(save_zip(tmp_path / "a.pth", ARRAYS, nest=nest)), ARRAYS)


def fault(path) -> str:
    """Return the one sentence about a bad file."""
    with pytest.raises(WeightsError) as caught:
        read_tensors(path)
    start = f"{path}: cannot be read as a PyTorch file: "
    assert str(caught.value).startswith(start) and "\n" not in str(caught.value)
    return str(caught.value).removeprefix(start)


def assert_damaged(path, found, readers=(read_tensors, read_weights)):
    """Assert that a file is called a damaged ZIP file, which may be anyone's."""
    for read in readers:
        with pytest.raises(WeightsError) as caught:
            read(path)
        told = str(caught.value)
        assert told.startswith(f"{path}: is a damaged ZIP file (") and found in told and "get it again" in told


@pytest.mark.parametrize("data", [b"PK", b"PK\3\4" + bytes(100)])
def test_the_beginning_of_a_zip_file_is_called_damaged(tmp_path, data):
    (tmp_path / "a.pth").write_bytes(data)
    assert_damaged(tmp_path / "a.pth", "not a zip file")


ONE = {"a": np.arange(6, dtype=np.float32)}


def described(offset=0, shape=(6,), strides=(1,), function=torch_writer.REBUILD, count=6, key="0"):
    """Return the pickle of a state dict with one view on a storage."""
    storage = Persistent(("storage", Name("torch", "FloatStorage"), key, "cpu", count))
    return dump({"a": Call(function, (storage, offset, shape, strides, False, None))})


@pytest.mark.parametrize(
    ("offset", "shape", "strides", "expected"),
    [
        (0, (2, 3), (3, 1), [[0, 1, 2], [3, 4, 5]]),
        (0, (3, 2), (1, 3), [[0, 3], [1, 4], [2, 5]]),
        (2, (2,), (3,), [2, 5]),
        (4, (2, 2), (1, 0), [[4, 4], [5, 5]]),
        (5, (), (), 5),
    ],
)
def test_views_on_a_storage_are_read(tmp_path, offset, shape, strides, expected):
    path = save_zip(tmp_path / "a.pth", ONE, pickle=described(offset, shape, strides))
    assert np.array_equal(read_tensors(path)["a"], np.array(expected, np.float32))


@pytest.mark.parametrize(
    ("offset", "shape", "strides"),
    [(1, (6,), (1,)), (0, (7,), (1,)), (0, (2,), (6,)), (6, (), ()), (0, (1 << 39, 1 << 39), (0, 0))],
)
def test_a_view_beyond_its_storage_is_refused(tmp_path, offset, shape, strides):
    path = save_zip(tmp_path / "a.pth", ONE, pickle=described(offset, shape, strides))
    assert_says(fault(path), "tensor", "larger than its storage")


@pytest.mark.parametrize("sides", [(-1,), (True,), (1 << 70,), (None,), [6], None, (1,) * 9])
def test_a_shape_that_is_none_is_refused(tmp_path, sides):
    path = save_zip(tmp_path / "a.pth", ONE, pickle=described(0, sides, (1,)))
    assert_says(fault(path), "tensor without a shape")


def test_a_parameter_is_a_tensor(tmp_path):
    parameter = Call(Name("torch._utils", "_rebuild_parameter"), (tensor("0", ONE["a"]), True, None))
    assert_same(read_tensors(save_zip(tmp_path / "a.pth", ONE, pickle=dump({"a": parameter}))), ONE)


def test_a_state_dict_with_versions_is_read(tmp_path):
    pickle = torch_writer.ordered({"a": tensor("0", ONE["a"])})
    assert_same(read_tensors(save_zip(tmp_path / "a.pth", ONE, pickle=pickle)), ONE)


def test_python_2_s_state_dict_is_read(tmp_path):
    pairs = Call(torch_writer.ORDERED_DICT, ([["a", tensor("90", ONE["a"], None)]],))
    assert_same(read_tensors(save_stream(tmp_path / "a.pth", ONE, pickle=dump(pairs))), ONE)


def test_big_endian_numbers_are_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pth", "w") as archive:
        archive.writestr("m/data.pkl", described())
        archive.writestr("m/byteorder", "big")
        archive.writestr("m/data/0", ONE["a"].astype(">f4").tobytes())
    assert np.array_equal(read_tensors(tmp_path / "a.pth")["a"], ONE["a"])


SYSTEM = Call(Name("os", "system"), ("touch pwned",))
CALLS = {
    "os.system": (dump(SYSTEM), "it asks for os.system, and only tensors are read"),
    "eval": (dump(Call(Name("builtins", "eval"), ("1",))), "it asks for builtins.eval"),
    "copyreg": (dump(Call(Name("copyreg", "_reconstructor"), ())), "it asks for copyreg._reconstructor"),
    "nested": (dump({"state_dict": {"a": [SYSTEM]}}), "it asks for os.system"),
    "an attribute": (dump(Name("collections", "OrderedDict.__init__")), "it asks for collections.OrderedDict.__init__"),
    "by stack": (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "it asks for os.system"),
    "inst": (b"(X\x05\x00\x00\x00touchios\nsystem\n.", "it builds objects (INST)"),
    "obj": (b"(ccollections\nOrderedDict\no.", "it builds objects (OBJ)"),
    "newobj": (b"\x80\x02ccollections\nOrderedDict\n)\x81.", "it builds objects (NEWOBJ)"),
    "newobj_ex": (b"\x80\x04ccollections\nOrderedDict\n)}\x92.", "it builds objects (NEWOBJ_EX)"),
    "ext": (b"\x80\x02\x82\x01.", "it builds objects (EXT1)"),
    "persid": (b"Pstorage\n.", "it builds objects (PERSID)"),
    "build": (b"\x80\x02ccollections\nOrderedDict\n}b.", "its operations do not fit their values"),
    "code": (
        dump(Persistent(("module", Name("collections", "OrderedDict"), "x.py", "import os"))),
        "it keeps something",
    ),
    "a call of text": (dump(Call("os.system", ())), "it calls something that is no function"),
    "a call of a storage": (dump(Call(Name("torch", "FloatStorage"), ())), "it calls something that is no function"),
    "a long name": (dump(Name("m" * 100, "n")), f"it asks for {'m' * 60}, "),
    "a name of controls": (b"c\x1b[2J\na\n.", r"it asks for \x1b[2J.a"),
}


@SAVERS
@pytest.mark.parametrize(("pickle", "found"), CALLS.values(), ids=CALLS)
def test_a_pickle_that_calls_something_is_refused_by_name(tmp_path, monkeypatch, save, pickle, found):
    monkeypatch.chdir(tmp_path)
    assert fault(save(tmp_path / "a.pth", ONE, pickle=pickle)).startswith(found)
    assert [path.name for path in tmp_path.iterdir()] == ["a.pth"]


TANGLES = {
    "nothing": b"",
    "no end": b"\x80\x02N",
    "too few values": b"\x80\x02\x85.",
    "no mark": b"\x80\x02t.",
    "an empty memo": b"\x80\x02h\x05.",
    "a key that is a list": b"\x80\x02}]Ns.",
    "a key within keys": b"\x80\x02})" + b"\x85" * 1000 + b"Ns.",
    "an odd item": b"\x80\x02}(Nu.",
    "items of a list": b"\x80\x02](NNu.",
    "a long text": b"\x80\x02X\xff\xff\xff\xff.",
    "a longer text": b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7f.",
    "a number of digits": b"L" + b"9" * 5000 + b"L\n.",
    "an unknown escape": b"S'\\!'\n.",
    "a pair of one": dump(Call(torch_writer.ORDERED_DICT, ([["a"]],))),
    "many arguments": dump(Call(torch_writer.ORDERED_DICT, ([], 1, 2, 3, 4))),
    "no tensor": dump(Call(torch_writer.REBUILD, ())),
    "no parameter": dump(Call(Name("torch._utils", "_rebuild_parameter"), ())),
    "lists within lists": b"\x80\x02" + b"]" * 50_000 + b"a" * 49_999 + b".",
    "a list within itself": b"\x80\x02]q\x00h\x00a.",
    "laughs": b"\x80\x02]q\x00"
    + b"".join(b"](" + bytes([104, n]) * 10 + bytes([101, 113, n + 1]) for n in range(60))
    + b".",
    "operations without end": b"\x80\x02" + b"N0" * 100_000 + b".",
    "values without end": b"\x80\x02" + b"N" * 200_000 + b".",
}


@SAVERS
@pytest.mark.parametrize("pickle", TANGLES.values(), ids=TANGLES)
def test_a_pickle_that_makes_no_sense_is_refused(tmp_path, save, pickle):
    path = save(tmp_path / "a.pth", ONE, pickle=pickle or b"\n")
    assert fault(path)


def test_a_storage_of_two_kinds_is_refused(tmp_path):
    halves = tensor("0", ONE["a"].astype(np.float16))
    pickle = dump({"a": tensor("0", ONE["a"]), "b": halves})
    assert_says(fault(save_zip(tmp_path / "a.pth", ONE, pickle=pickle)), "storage in two ways")


def test_a_storage_of_another_length_is_refused(tmp_path):
    path = save_zip(tmp_path / "a.pth", ONE, pickle=described(count=1 << 20))
    assert_says(fault(path), "storage 0", "1048576 numbers of float32", "found 24 bytes")


def test_numbers_beyond_any_vgg19_are_refused(tmp_path):
    path = save_zip(tmp_path / "a.pth", ONE, pickle=described(count=1 << 28))
    assert_says(fault(path), "tensors", 1073741824, "at most 250000000")


def test_a_zip_that_was_packed_again_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m/data.pkl", described())
        archive.writestr("m/data/0", ONE["a"].tobytes())
    assert_same(read_tensors(tmp_path / "a.pth"), ONE)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_python_unpacks_without_limit_is_refused(tmp_path, method):
    with zipfile.ZipFile(tmp_path / "a.pth", "w", method) as archive:
        archive.writestr("m/data.pkl", described())
    assert_says(fault(tmp_path / "a.pth"), "m/data.pkl", "compressed")


def test_a_storage_that_unpacks_to_gigabytes_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m/data.pkl", described())
        with archive.open("m/data/0", "w") as entry:
            for _ in range(300):
                entry.write(bytes(1_000_000))
    assert (tmp_path / "a.pth").stat().st_size < 1_000_000
    assert_says(fault(tmp_path / "a.pth"), "m/data/0", 300000000, "at most 250000000")


@pytest.mark.parametrize("key", ["1", "../data.pkl", "0\n"])
def test_a_storage_that_is_missing_is_refused(tmp_path, key):
    assert fault(save_zip(tmp_path / "a.pth", ONE, pickle=described(key=key))).startswith(
        "its ZIP has no archive/data/"
    )


def test_a_damaged_storage_is_refused(tmp_path):
    path = save_zip(tmp_path / "a.pth", ONE)
    path.write_bytes(path.read_bytes().replace(ONE["a"].tobytes(), bytes(24)))
    assert_damaged(path, "Bad CRC-32", [read_tensors])


def test_another_zip_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pth", "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert_says(fault(tmp_path / "a.pth"), "data.pkl", "torch.save")


def test_countless_entries_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pth", "w") as archive:
        for number in range(30_000):
            archive.writestr(f"archive/data/{number:020}", b"")
    assert_damaged(tmp_path / "a.pth", "more than 2000000 bytes")


@pytest.mark.parametrize("count", [-1, 0, 5, 7, 1 << 62])
def test_a_stream_s_storage_of_another_length_is_refused(tmp_path, count):
    path = save_stream(tmp_path / "a.pth", ONE)
    path.write_bytes(path.read_bytes().replace(struct.pack("<q", 6) + bytes(4), struct.pack("<q", count) + bytes(4)))
    assert_says(fault(path), "storage 90", "6 numbers", f"found {count}")


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\0"])
def test_a_stream_of_another_size_is_refused(tmp_path, change):
    path = save_stream(tmp_path / "a.pth", ONE)
    size = path.stat().st_size
    path.write_bytes(change(path.read_bytes()))
    assert_says(fault(path), f"{size} bytes", f"found {path.stat().st_size}")


def test_a_checkpoint_without_tensors_is_refused(tmp_path):
    assert fault(save_zip(tmp_path / "a.pth", {}, pickle=dump({"epoch": 3}))).startswith("it has no state dict")


def test_ten_thousand_tensors_are_too_many_to_describe(tmp_path):
    path = save_zip(tmp_path / "a.pth", {str(number): ONE["a"] for number in range(10_000)})
    assert_says(fault(path), f"more than {pytorch_pickle.MOST_OPERATIONS} operations")


@pytest.mark.parametrize("zipped", [True, False])
def test_what_pytorch_saves_is_read(tmp_path, zipped):
    torch = pytest.importorskip("torch")
    layer = torch.nn.Conv2d(3, 4, 3)
    kinds = {"half": torch.ones(3).half(), "bfloat16": torch.ones(3).bfloat16(), "view": torch.arange(6.0)[1::2]}
    state = {**layer.state_dict(), **kinds, "parameter": layer.bias}
    torch.save(state, tmp_path / "a.pth", _use_new_zipfile_serialization=zipped)
    found = read_tensors(tmp_path / "a.pth")
    assert list(found) == list(state)
    for name, expected in state.items():
        assert np.array_equal(found[name].astype(np.float32), expected.detach().float().numpy()), name
