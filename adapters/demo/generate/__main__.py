"""`python -m adapters.demo.generate` writes adapters/demo/data/*.csv anew."""

from adapters.demo import DATA
from adapters.demo.generate.table import tables

for name, content in tables().items():
    (DATA / name).write_bytes(content)
    print(f"{name}: {content.count(bytes([10])) - 1} rows")  # noqa: T201 - the command's output
