#!/usr/bin/env bash
# Runs every fuzz target, as many at once as there are processors, and prints what they did:
#   run.sh [seconds for each] [target ...]
# New inputs are written to build/fuzz/corpus, where the next run starts, and findings to
# build/fuzz/findings; test/fuzz/corpus is only read. With 0 seconds only the existing inputs are
# tried, the same each time. `make fuzz` builds the targets.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-600}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=($(basename -a -s .c -- test/fuzz/fuzz_*.c | sed 's/^fuzz_//'))
corpus=build/fuzz/corpus
limit=-max_total_time=$seconds
if [ "$seconds" -eq 0 ]; then
	corpus=build/fuzz/short
	rm -rf "$corpus"
	limit=-runs=0
fi
export limit corpus

# Longer inputs are slower, and where what is read is short they show nothing more.
max_len() {
	case $1 in
	page | html | memory) echo 8192 ;;
	gateway | robots | text) echo 1024 ;;
	redact | url | rules) echo 256 ;;
	*) echo 96 ;;
	esac
}

# What is freed stays forbidden for the next 16 MB, which is more than an execution allocates; with
# the 256 MB that are usual, memory is never in the processor's caches.
asan=allocator_may_return_null=1:detect_stack_use_after_return=0:quarantine_size_mb=16
export asan

run_one() {
	local target=$1 dict=test/fuzz/dict/$1.dict failed=0 executions
	mkdir -p "$corpus/$target" "build/fuzz/findings/$target"
	[ -e "$dict" ] || dict=test/fuzz/dict/html.dict
	ASAN_OPTIONS=$asan UBSAN_OPTIONS=print_stacktrace=1 "build/fuzz/fuzz_$target" "$limit" \
		-max_len="$(max_len "$target")" -timeout=20 -rss_limit_mb=2048 \
		-dict="$dict" -artifact_prefix="build/fuzz/findings/$target/" -print_final_stats=1 \
		"$corpus/$target" "test/fuzz/corpus/$target" >"build/fuzz/$target.log" 2>&1 || failed=1
	executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$target.log")
	echo "$target ${executions:-0} $failed" >>build/fuzz/executions
}
export -f run_one max_len

# sum <column> <target, or '' for all> <lines to skip>: of build/fuzz/executions
sum() {
	awk -v column="$1" -v target="$2" -v from="$3" '
		NR > from && (target == "" || $1 == target) { n += $column }
		END { printf "%.0f", n }' build/fuzz/executions
}
total() { sum 2 "$@"; }
failed() { sum 3 "$@"; }

mkdir -p build/fuzz/findings
touch build/fuzz/executions
before=$(wc -l <build/fuzz/executions)
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'run_one {}'

echo "| target | executions | in all runs | corpus | findings |"
echo "| --- | ---: | ---: | ---: | ---: |"
for target in "${targets[@]}"; do
	inputs=$(find "$corpus/$target" "test/fuzz/corpus/$target" -type f | wc -l)
	echo "| $target | $(total "$target" "$before") | $(total "$target" 0) | $inputs |" \
		"$(failed "$target" "$before") |"
done
echo "| all | $(total '' "$before") | $(total '' 0) | | $(failed '' "$before") |"
if [ "$(failed '' "$before")" -gt 0 ]; then
	for target in "${targets[@]}"; do
		[ "$(failed "$target" "$before")" -eq 0 ] || tail -n 60 "build/fuzz/$target.log"
	done
	exit 1
fi
