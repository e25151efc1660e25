"""Writes .pt2 archives for tests: small, and without a word on where they were made."""
import pathlib
import sysconfig
import zipfile

import torch

HERE = pathlib.Path(__file__).resolve().parent


def compress(path):
    """The same archive, deflated: most of it is JSON, with paths of source files."""
    folders = [f"{folder}/".encode() for folder in (HERE, sysconfig.get_path("purelib"))]
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            for folder in folders:
                data = data.replace(folder, b"")
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def save(program, path):
    torch.export.save(program, path)
    compress(path)
