"""Writes the Parquet and Arrow files here: two records of PIQA and of ARC in columns of many types.

    pip install pyarrow==26.0.1
    python make_columns.py
"""

import datetime
import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
PIQA = {"goal": ["open the jar", "é ü"], "sol1": ["twist", "a"], "sol2": ["throw", "b"], "label": [0, 1]}
WHEN = datetime.datetime(2024, 2, 29, 12, 30)
STRUCT = pa.struct([("a", pa.int64()), ("when", pa.timestamp("us"))])

# What no task needs: name, type, two values.
READ = [
    ("binary", pa.binary(), [b"\xff\x00", b"text"]),
    ("large_binary", pa.large_binary(), [None, b"\xfe"]),
    ("fixed_size_binary", pa.binary(3), [b"abc", b"\xff\xff\xff"]),
    ("bool", pa.bool_(), [True, None]),
    ("double", pa.float64(), [float("nan"), float("inf")]),
    ("float", pa.float32(), [float("-inf"), 0.5]),
    ("half", pa.float16(), [1.5, float("nan")]),
    ("null", pa.null(), [None, None]),
    ("uint64", pa.uint64(), [2**64 - 1, None]),
    ("list_of_struct", pa.list_(pa.struct([("x", pa.string())])), [[{"x": "y"}], []]),
    ("map", pa.map_(pa.string(), pa.int8()), [[("k", 1)], None]),
]
LEFT_OUT = [
    ("date32", pa.date32(), [WHEN.date(), None]),
    ("date64", pa.date64(), [WHEN.date(), None]),
    ("time", pa.time64("us"), [WHEN.time(), None]),
    ("timestamp", pa.timestamp("ns", tz="UTC"), [WHEN, None]),
    ("duration", pa.duration("ms"), [datetime.timedelta(seconds=1), None]),
    ("decimal", pa.decimal128(10, 2), [decimal.Decimal("1.25"), None]),
    ("decimal256", pa.decimal256(50, 3), [decimal.Decimal("-2.125"), None]),
    ("list_of_dates", pa.list_(pa.date32()), [[WHEN.date()], None]),
]
PART = [("struct", STRUCT, [{"a": 7, "when": WHEN}, None])]
# Not in Parquet.
ARROW_READ = [
    ("string_view", pa.string_view(), ["a text that is longer than twelve bytes", None]),
    ("binary_view", pa.binary_view(), [b"short", b"\xff"]),
    ("fixed_size_list", pa.list_(pa.int32(), 2), [[1, 2], None]),
    ("list_view", pa.list_view(pa.int16()), [[1], []]),
    ("large_list_view", pa.large_list_view(pa.string()), [["p", "q"], None]),
    ("dictionary", pa.dictionary(pa.int8(), pa.string()), ["x", "x"]),
]
ARROW_LEFT_OUT = [
    ("run_end_encoded", pa.run_end_encoded(pa.int32(), pa.string()), ["r", "r"]),
    ("month_day_nano", pa.month_day_nano_interval(), [pa.MonthDayNano([1, 2, 3]), None]),
    ("decimal32", pa.decimal32(5, 1), [decimal.Decimal("1.5"), None]),
]


def table(columns):
    plain = {name: pa.array(values) for name, values in PIQA.items()}
    return pa.table(plain | {name: pa.array(values, kind) for name, kind, values in columns})


def write_arrow(name, data):
    with pa.ipc.new_stream(HERE / name, data.schema) as stream:
        for batch in data.to_batches(max_chunksize=1):
            stream.write_batch(batch)


def union():
    return pa.UnionArray.from_dense(
        pa.array([0, 1], pa.int8()), pa.array([0, 0], pa.int32()), [pa.array(["u"]), pa.array([1])]
    )


pq.write_table(table(READ + LEFT_OUT + PART), HERE / "unused.parquet")
odd = table(READ + ARROW_READ + LEFT_OUT + ARROW_LEFT_OUT + PART)
write_arrow("unused.arrow", odd.append_column("union", union()))

coded = pa.array(PIQA["goal"]).dictionary_encode()
needed = {
    "goal": coded,
    "sol1": pa.array(PIQA["sol1"], pa.string_view()),
    "sol2": pa.array(PIQA["sol2"], pa.large_string()),
    "label": pa.array(PIQA["label"], pa.uint64()),
}
write_arrow("needed_piqa.arrow", pa.table(needed))
pq.write_table(pa.table(needed | {"sol1": pa.array(PIQA["sol1"], pa.binary())}), HERE / "needed_piqa.parquet")

texts, labels = [["a", "b"], ["c", "d", "e"]], [["A", "B"], ["A", "B", "C"]]
choices = pa.StructArray.from_arrays(
    [pa.array(texts, pa.large_list(pa.large_string())), pa.array(labels, pa.list_view(pa.string_view()))],
    ["text", "label"],
)
write_arrow(
    "needed_arc.arrow",
    pa.table({"question": ["q", "r"], "choices": choices, "answerKey": pa.array(["B", "C"]).dictionary_encode()}),
)
# A needed column of a type that is not read.
pq.write_table(
    pa.table(PIQA).set_column(3, "label", pa.array([WHEN.date(), WHEN.date()], pa.date32())),
    HERE / "label_is_a_date.parquet",
)
pq.write_table(pa.table({"when": pa.array([WHEN])}), HERE / "only_dates.parquet")
