"""Writes logs of one task with the offline model of inspect_ai, whose answers this script decides.

Usage: inspect_logs.py OUT. It writes base.eval, candidate.eval, failed.eval and base.json.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, accuracy, match, mean, scorer
from inspect_ai.solver import generate, solver

# Which of two epochs of eight samples each system answers correctly.
RIGHT = {
    "base": lambda sample, epoch: sample % 2 == 0,
    "candidate": lambda sample, epoch: sample % 2 == 0 or epoch == 1,
    "failed": lambda sample, epoch: True,
}


@scorer(metrics=[accuracy()])
def graded():
    """Gives the letters of inspect_ai: C, P, I and N."""

    async def score(state, target):
        text = state.output.completion
        value = "C" if text == target.text else "P" if text == "maybe" else "N" if text == "" else "I"
        return Score(value=value, answer=text)

    return score


@scorer(metrics={"length": [mean()], "short": [accuracy()]})
def measured():
    """Gives two values under one name: a number and a boolean."""

    async def score(state, target):
        text = state.output.completion
        return Score(value={"length": len(text), "short": len(text) < 3})

    return score


@solver
def failing(fails):
    """Raises for sample 3, so that the log has a sample with an error."""

    async def solve(state, generate):
        if fails and state.sample_id == "s3":
            raise RuntimeError("no answer")
        return state

    return solve


def run(which, log_format, out):
    epochs = {}

    def answer(messages, tools, tool_choice, config):
        sample = int(messages[-1].text.split()[-1])
        epochs[sample] = epochs.get(sample, 0) + 1
        wrong = {1: "maybe", 5: ""}.get(sample, "no idea")
        text = str(sample) if RIGHT[which](sample, epochs[sample]) else wrong
        output = ModelOutput.from_content("mockllm", text)
        # Without it, the model counts tokens by an encoding that it downloads.
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output

    samples = [
        Sample(id=f"s{at}", input=f"question {at}", target=str(at), metadata={"source": f"t{at % 4}"})
        for at in range(8)
    ]
    task = Task(
        name="sums",
        dataset=MemoryDataset(samples),
        solver=[failing(which == "failed"), generate()],
        scorer=[match(), graded(), measured()],
        epochs=2,
    )
    model = get_model("mockllm/model", custom_outputs=answer)
    with tempfile.TemporaryDirectory() as folder:
        [log] = eval(
            task,
            model=model,
            log_dir=folder,
            log_format=log_format,
            max_samples=1,
            max_connections=1,
            fail_on_error=False,
            display="none",
        )
        shutil.copy(log.location.removeprefix("file://"), out / f"{which}.{log_format}")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for system in RIGHT:
        run(system, "eval", folder)
    run("base", "json", folder)
