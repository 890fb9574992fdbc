#!/usr/bin/env bash
# The main job from nothing to a page: a model is trained from random weights, learns to reason by reward, and is
# compared with what it was and with two controls. Every step is a documented command, printed before it runs.
# Usage: demo.sh [SEED] [DIR] [demo|parity|countdown]
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${1:-1}
name=${3:-demo}
dir=${2:-runs/$name}
millet=build/release/millet
recipe=recipes/$name.toml
case $name in
  demo) question='3+4*7-2+8=?' ;;
  parity) question='parity 01101001=?' ;;
  countdown) question='make 27 from 5 8 9=?' ;;
  *) echo "demo: there is no recipe '$name' for it: there are demo, parity, countdown" >&2; exit 2 ;;
esac

# For people alone: no escape codes in pipes and logs, none with NO_COLOR.
bold='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
  bold=$'\033[1m' dim=$'\033[2m' plain=$'\033[0m'
fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
run() {
  printf '%s$ %s%s\n' "$dim" "${*//build\/release\/}" "$plain"
  "$@"
}

if [ -f "$dir/summary.json" ]; then
  echo "$dir holds a finished demonstration; remove it (rm -r $dir) to make another"
  exit 2
fi

say "1. Pre-training from random weights: the lesser part of the documents thinks aloud"
run $millet pretrain $recipe --seed "$seed" --out "$dir/base"
say "   What it can do before: held-out problems, answered greedily and by 16 samples"
run $millet eval "$dir/base"

say "2. Reinforcement learning by rule rewards alone (R1-Zero): a right answer, and a little the form"
run $millet rl $recipe --seed "$seed" --set init="$dir/base" --out "$dir/rl"
say "   The same problems after"
run $millet eval "$dir/rl"

say "3. Control: the same with a coin in place of the verifier"
run $millet rl $recipe --seed "$seed" --set init="$dir/base" --set rl.reward.kind=random --out "$dir/random_reward"
run $millet eval "$dir/random_reward"

say "4. Control: more supervised training of the same cost as the reinforcement learning, rollouts counted"
run $millet pretrain $recipe --seed "$seed" --set init="$dir/base" --set train.same_cost_as="$dir/rl" \
  --set train.steps=100000 --set train.optimizer.name=adamw --set train.optimizer.weight_decay=0 \
  --set train.lr.peak=2e-4 --set train.lr.schedule=constant --set train.lr.warmup=5 --set train.validate_every=0 \
  --out "$dir/supervised"
run $millet eval "$dir/supervised"

say "5. The page"
run $millet report "$dir"
printf '\nTalk to it:   %s chat %s/rl        for instance  %s\n' "$millet" "$dir" "$question"
