#!/bin/sh
# Writes lm_eval/ anew, with lm-evaluation-harness's own writer: make_lm_eval.sh <python that has lm-eval>
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tasks"
cd "$work"

cat > make_data.py <<'P'
import json

QUESTIONS = ["reset the password", "cancel an order", "return a parcel", "change the address", "read the bill"]
rows = [{"question": f"How do I {q}?", "choices": ["in the account", "by phone"], "answer": i % 2}
        for i, q in enumerate(QUESTIONS)]
rows.append(rows[0])  # a data set with the same item twice
json.dump(rows, open("qa.json", "w"))
json.dump([{"text": f"Say lol, {i}.", "answer": "lol" if i % 3 else "no"} for i in range(6)], open("gen.json", "w"))
P
python3 make_data.py

cat > tasks/support_qa.yaml <<Y
task: support_qa
dataset_path: json
dataset_kwargs: {data_files: {test: $work/qa.json}}
output_type: multiple_choice
test_split: test
doc_to_text: "{{question}}"
doc_to_choice: choices
doc_to_target: answer
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
  - {metric: f1, aggregation: f1, higher_is_better: true}
metadata: {version: 1.0}
Y
cat > tasks/support_gen.yaml <<Y
task: support_gen
dataset_path: json
dataset_kwargs: {data_files: {test: $work/gen.json}}
output_type: generate_until
test_split: test
doc_to_text: text
doc_to_target: answer
process_results: !function judge.judged
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true}
  - {metric: polite, aggregation: mean, higher_is_better: true}
filter_list:
  - {name: strict, filter: [{function: take_first}]}
  - {name: upper, filter: [{function: uppercase}, {function: take_first}]}
metadata: {version: 1.0}
Y
cat > tasks/judge.py <<'P'
def judged(doc, results):
    """The judge of politeness gave no number once."""
    polite = float("nan") if doc["text"].endswith("4.") else 1.0
    return {"exact_match": float(results[0] == doc["answer"]), "polite": polite}
P
cat > tasks/support.yaml <<Y
group: support
task: [support_qa, support_gen]
aggregate_metric_list:
  - {metric: acc, aggregation: mean, weight_by_size: true}
  - {metric: exact_match, aggregation: mean, weight_by_size: true, filter_list: [strict]}
metadata: {version: 1.0}
Y

cat > run.py <<'P'
"""What `lm_eval run --log_samples` does, without its index of the 14,000 tasks that come with it."""

import sys

from lm_eval import simple_evaluate
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager

work, here = sys.argv[1:]
manager = TaskManager(include_path=f"{work}/tasks", include_defaults=False)
for name, tasks, limit in (("full", ["support"], None), ("limited", ["support_qa"], 2)):
    tracker = EvaluationTracker(output_path=f"{here}/{name}")
    results = simple_evaluate(
        model="dummy",
        model_args="",
        tasks=tasks,
        limit=limit,
        log_samples=True,
        evaluation_tracker=tracker,
        task_manager=manager,
        bootstrap_iters=100,
    )
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    for task in results["configs"]:
        tracker.save_results_samples(task_name=task, samples=samples[task])
P
rm -rf "$here/lm_eval"
HF_HOME="$work/cache" HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1 "$1" run.py "$work" "$here/lm_eval"
# The folder that the data lay in is a temporary one of this run. pretty_env_info describes the machine.
find "$here/lm_eval" -type f -exec sed -i -e "s#$work#/evaluation#g" \
  -e 's#^  "pretty_env_info": ".*",$#  "pretty_env_info": "",#' {} +
