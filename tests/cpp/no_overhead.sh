#!/usr/bin/env bash
# What functions of vectors of doubles compile to: the C call for doubles, and the way to throw.
#
#     tests/cpp/no_overhead.sh COMPILER OPTION...
set -euo pipefail
compiler=$1
shift
functions='
#include <parexact.hpp>
extern "C" double sum(const std::vector<double> &x) { return parexact::sum(x); }
extern "C" double norm(const std::array<double, 100> &x) { return parexact::norm(x); }
extern "C" double dot(const std::vector<double> &x, const double (&y)[7]) { return parexact::dot(x, y); }
'
assembly=$("$compiler" -std=c++17 -O2 "$@" -S -o - -x c++ - <<<"$functions")

# body NAME: the function's instructions, the cold part included.
body() { sed -n "/^$1[.:]/,/\\.cfi_endproc/p" <<<"$assembly" | grep -P '^\t[a-z]'; }

for name in sum norm dot; do
    calls=$(body "$name" | grep -oP '\b(call|jmp)q?\s+\K[A-Za-z_]\w*' | sort -u | tr '\n' ' ')
    case $calls in
    "_ZN8parexact6detail5raiseEi parexact_${name}_f64 ") ;;
    "_ZN8parexact6detail19raise_shapes_differEv _ZN8parexact6detail5raiseEi parexact_dot_f64 ") ;;
    *) echo "$name calls: $calls" && exit 1 ;;
    esac
    count=$(body "$name" | wc -l)
    ((count <= 30)) || { echo "$name has $count instructions" && body "$name" && exit 1; }
done
