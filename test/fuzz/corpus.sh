#!/usr/bin/env bash
# Makes test/fuzz/corpus anew: the seeds, and those of the found inputs that reach what no smaller
# one reaches; small ones only. The targets must have been built.
set -eu
cd "$(dirname "$0")/../.."
work=build/fuzz/new-corpus
largest=1200
rm -rf "$work"
mkdir -p "$work"
python3 test/site/generate.py --out "$work/site" --sections 8 --count 40 --padding 0 --seed 1 \
	--accounts https://accounts.example --activities-site https://activities.example >/dev/null
python3 test/fuzz/seeds.py "$work/site" "$work/seeds"
for target in $(basename -a -s .c -- test/fuzz/fuzz_*.c | sed 's/^fuzz_//'); do
	mkdir -p "test/fuzz/corpus/$target" "build/fuzz/corpus/$target"
	mkdir -p "$work/found/$target" "$work/merged/$target"
	for from in build test; do
		find "$from/fuzz/corpus/$target" -type f -size -${largest}c \
			-exec cp -t "$work/found/$target" {} +
	done
	"build/fuzz/fuzz_$target" -merge=1 -use_counters=0 -max_len=8192 "$work/merged/$target" \
		"$work/seeds/$target" "$work/found/$target" >/dev/null 2>"$work/$target.log" ||
		{ tail -n 30 "$work/$target.log" && exit 1; }
	rm -rf "test/fuzz/corpus/$target"
	mv "$work/merged/$target" "test/fuzz/corpus/$target"
done
du -sh --apparent-size test/fuzz/corpus
