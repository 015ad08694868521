#!/bin/sh
# Writes promptfoo/ anew, with promptfoo's own writer: make_promptfoo.sh <node> <node_modules/promptfoo>
set -eu
node=$1
package=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > provider.js <<'J'
module.exports = class {
  id() { return 'support-bot'; }
  async callApi(prompt, context) {
    if (context.vars.question.includes('503')) { return { error: 'the candidate answered 503' }; }
    return { output: `You asked: ${context.vars.question}`, tokenUsage: { total: 7, prompt: 4, completion: 3 } };
  }
};
J
cat > config.yaml <<'Y'
description: support
prompts: ["Answer: {{question}}"]
providers: [file://provider.js]
tests:
  - vars: {question: how do I pay, language: en}
    metadata: {topic: billing}
    assert:
      - {type: contains, value: pay, metric: Relevance}
      - {type: not-contains, value: stupid, metric: Safety}
  - vars: {question: wie zahle ich, language: de}
    metadata: {topic: billing}
    assert:
      - {type: contains, value: pay, metric: Relevance}
      - {type: not-contains, value: stupid, metric: Safety}
  - vars: {question: where is my parcel, language: en}
    metadata: {topic: delivery}
    assert:
      - {type: contains, value: parcel, metric: Relevance}
  - vars: {question: what does a 503 mean, language: en}
    metadata: {topic: delivery}
    assert:
      - {type: contains, value: "503", metric: Relevance}
Y
export PROMPTFOO_DISABLE_TELEMETRY=1 PROMPTFOO_DISABLE_UPDATE=1 PROMPTFOO_CONFIG_DIR="$work/home" \
  PROMPTFOO_DISABLE_REMOTE_GENERATION=1 PROMPTFOO_AUTHOR=somebody@example.com
main=$("$node" -p "require('$package/package.json').bin.promptfoo")
run() {
  name=$1; shift
  # Exit code 100: some tests failed. They should.
  "$node" "$package/$main" eval -c config.yaml --no-cache --no-write --output "$work/$name.json" "$@" || [ $? = 100 ]
  mkdir -p "$here/promptfoo/$name"
  sed -e "s#$work#/evaluation#g" "$work/$name.json" > "$here/promptfoo/$name/results.json"
}
run full
run repeated --repeat 2
run filtered --filter-first-n 2
