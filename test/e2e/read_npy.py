"""Reads .npy files without NumPy: little-endian, C order."""
import ast
import struct

FORMATS = {"<f4": "f", "<f8": "d", "<f2": "e", "<i8": "q", "<i4": "i", "<i2": "h", "|i1": "b", "|u1": "B", "|b1": "?",
           "<u2": "H"}


def values(path):
    """The elements as a flat list of numbers."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:6] == b"\x93NUMPY", path
    length, start = (struct.unpack("<H", data[8:10])[0], 10) if data[6] == 1 else (struct.unpack("<I", data[8:12])[0], 12)
    header = ast.literal_eval(data[start:start + length].decode("latin1"))
    count = 1
    for size in header["shape"]:
        count *= size
    assert not header["fortran_order"] or len(header["shape"]) < 2, path
    return list(struct.unpack(f"<{count}{FORMATS[header['descr']]}", data[start + length:]))
