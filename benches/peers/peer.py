"""What a user of a Python peer writes to score two files: read them, call the tool, print its figures."""

import json
import sys


def lines(path):
    with open(path) as file:
        return {entry["id"]: entry["entities"] for entry in map(json.loads, file)}


def nervaluate(gold, predicted):
    from nervaluate import Evaluator

    gold, predicted = lines(gold), lines(predicted)
    labels = sorted({entity["label"] for entities in gold.values() for entity in entities})
    results = Evaluator([gold[i] for i in gold], [predicted[i] for i in gold], tags=labels, loader="dict").evaluate()
    return {scheme: results["overall"][scheme].f1 for scheme in ("strict", "exact", "partial", "ent_type")}


def tags(path):
    with open(path) as file:
        return [[line.split()[-1] for line in block.splitlines()] for block in file.read().split("\n\n") if block.strip()]


def seqeval(gold, predicted):
    from seqeval.metrics import classification_report

    report = classification_report(tags(gold), tags(predicted), output_dict=True, zero_division=0)
    return {"micro": report["micro avg"]["f1-score"]}


print(json.dumps({"nervaluate": nervaluate, "seqeval": seqeval}[sys.argv[1]](*sys.argv[2:])))
