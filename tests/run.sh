#!/usr/bin/env bash
# Runs every test of the programs and of the pages, and adds the counts up. Called by ./presence test.
set -uo pipefail
configuration=$1; filter=${2:-}
results=$(mktemp -d); trap 'rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0 broken=0

if [ -z "$filter" ]; then
  (cd cloud/Console && npm run lint --silent) || { echo "the pages' style check failed"; broken=1; }
  (cd cloud/Console && npx vitest run --reporter=json --outputFile="$results/pages.json" >/dev/null 2>"$results/pages.err") || { cat "$results/pages.err"; broken=1; }
  if [ -f "$results/pages.json" ]; then
    read -r p f s < <(node -e 'const r=require(process.argv[1]);console.log(r.numPassedTests,r.numFailedTests,r.numPendingTests)' "$results/pages.json")
    echo "Pages: $p passed, $f failed, $s skipped"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    [ "$f" -gt 0 ] && node -e 'for(const f of require(process.argv[1]).testResults)for(const t of f.assertionResults)if(t.status==="failed")console.log("FAILED",t.fullName,t.failureMessages[0])' "$results/pages.json"
  fi
fi

for project in Architecture Unit Integration EndToEnd; do
  echo "== $project"
  dotnet test "tests/$project" -c "$configuration" --no-build --logger "trx;LogFileName=$project.trx" --results-directory "$results" \
    ${filter:+--filter "$filter"} 2>&1 | grep -vE '^(Test run for|A total of|VSTest|Microsoft|Copyright|Starting test|Results File|$)' | tail -n 200
  [ "${PIPESTATUS[0]}" -eq 0 ] || { grep -q '<Counters' "$results/$project.trx" 2>/dev/null || broken=1; }
  if [ -f "$results/$project.trx" ]; then
    counters=$(grep -o '<Counters [^>]*' "$results/$project.trx" | head -1)
    value() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<" $counters"; }
    total=$(value total) executed=$(value executed) ok=$(value passed) bad=$(value failed)
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
  elif [ -z "$filter" ]; then
    echo "$project left no results"; broken=1
  fi
done

[ $broken -eq 0 ] || failed=$((failed > 0 ? failed : 1))
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
