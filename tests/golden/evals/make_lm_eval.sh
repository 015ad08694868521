#!/bin/sh
# Writes lm_eval/ anew, with lm-evaluation-harness's own writer: make_lm_eval.sh <lm-eval, the command>
set -eu
command=$1
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

export HF_HOME="$work/cache" HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1
run() {
  name=$1; shift
  "$command" run --model dummy --include_path "$work/tasks" --output_path "$work/out/$name" --log_samples "$@"
  rm -rf "$here/lm_eval/$name"
  mkdir -p "$here/lm_eval"
  cp -r "$work/out/$name" "$here/lm_eval/$name"
}
run full --tasks support
run limited --tasks support_qa --limit 2
# The folder that the data lay in is a temporary one of this run. pretty_env_info describes the machine.
find "$here/lm_eval" -type f -exec sed -i -e "s#$work#/work#g" \
  -e 's#^  "pretty_env_info": ".*",$#  "pretty_env_info": "",#' {} +
