"""What schemathesis can not know of a node: how a batch is written, and which names its ledger has."""

import json
import os
import random
import urllib.request

import schemathesis
from schemathesis.generation import GenerationMode

NODE = os.environ["VOUCHSAFE_NODE"]
RECORD_BYTES = 64


def fetched(path):
    with urllib.request.urlopen(NODE + path) as answer:
        return answer.read()


def vouchers():
    """The names of the first batch, from its public records: a V stands first in each."""
    batch = json.loads(fetched("/v1/batches?limit=1"))["batches"][0]
    records = fetched(f"/data/batch/{batch['index']}/records/0")
    return ["0x" + records[at : at + 32].hex() for at in range(0, len(records), RECORD_BYTES)]


def batch_roots():
    return [batch["batch_root"] for batch in json.loads(fetched("/v1/batches"))["batches"]]


REAL = {"voucher": vouchers(), "batch_root": batch_roots(), "number": [0, 1, 2], "index": [0, 1, 2]}


def plain(value):
    """An integer is written with plain digits (docs/protocol.md section 0); a JSON schema takes 77.0 for one, too."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


@schemathesis.hook
def before_call(context, case, kwargs):
    """Every other valid request names something that is there: else hardly an answer would be more than "not found"."""
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    case.body = plain(case.body)
    for name in set(case.path_parameters or {}) & set(REAL):
        if random.random() < 0.5:
            case.path_parameters[name] = random.choice(REAL[name])
    if not isinstance(case.body, dict):
        return
    if isinstance(case.body.get("voucher"), str) and random.random() < 0.5:
        case.body["voucher"] = random.choice(REAL["voucher"])
    operation = case.operation.definition.raw.get("operationId")
    if operation == "submit_step" and random.random() < 0.5:
        case.body = continuing(case.body)
    if operation == "submit_steps":
        case.body["steps"] = [continuing(step) if random.random() < 0.5 else step for step in case.body["steps"]]


def continuing(step):
    """The step as one that continues an entry of the log: a few vouchers, no memo, and so no content."""
    kind_and_status, party = step["entry"][2:6], step["entry"][70:134]
    numbers = [random.randrange(1000), random.randrange(1, 5), random.choice(REAL["index"]), 0]
    entry = kind_and_status + "".join(f"{number:016x}" for number in numbers) + party + "0" * 64
    return {"entry": "0x" + entry, "signatures": step["signatures"]}


@schemathesis.serializer("application/octet-stream")
def batch(context, value):
    """A batch: one line of JSON, a line feed, and as many records as its terms say, up to a few."""
    if isinstance(value, dict):
        terms = value.get("terms")
        digits = terms[2:18] if isinstance(terms, str) else ""
        try:
            count = int(digits, 16)
        except ValueError:
            count = 0
        return json.dumps(value).encode() + b"\n" + bytes(RECORD_BYTES * min(count, 1000))
    return value if isinstance(value, bytes) else json.dumps(value).encode()
