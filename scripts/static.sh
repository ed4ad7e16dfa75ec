#!/usr/bin/env bash
# Makes a static library that exports the API and nothing else.
#
#   scripts/static.sh RAW.a SHARED.so OUT.a
#
# AR, LD, NM and OBJCOPY name other tools, as conda does.
#
# Cargo's archive carries the Rust runtime with hundreds of global symbols, which would clash with any other
# Rust archive in the same program. Link it into one object, keep what the exports of the shared library
# reach, and make every other symbol local.
set -euo pipefail

raw=$1 shared=$2 out=$3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${NM:-nm}" --dynamic --defined-only --format=posix "$shared" | cut -d' ' -f1 | sort >"$work/exports"
[ -s "$work/exports" ] || { echo "static.sh: $shared exports nothing" >&2; exit 1; }

sed 's/^/--undefined=/' "$work/exports" >"$work/roots"
# GNU Fortran's runtime holds a fully static program for a threaded one if it has pthread_key_create, which
# this library uses, and then calls further functions of threads through weak references. Those bring nothing
# along: these do.
for function in pthread_{cond_{broadcast,destroy,init,wait},create,getspecific,join,key_{create,delete}} \
    pthread_{mutex_{destroy,init,lock,trylock,unlock},self,setspecific}; do
    echo "--undefined=$function" >>"$work/roots"
done
# Sections in groups are shared by name across archives: ungrouped, ours stay ours. The bitcode is a leftover
# that only confuses tools with an LLVM plugin.
"${LD:-ld}" --relocatable --gc-sections --force-group-allocation "@$work/roots" -o "$work/parexact.o" "$raw"
"${OBJCOPY:-objcopy}" --keep-global-symbols="$work/exports" \
    --remove-section=.llvmbc --remove-section=.llvmcmd "$work/parexact.o"

# A missing export is a program that does not link, one too many a clash: neither leaves this script.
"${NM:-nm}" --extern-only --defined-only --format=posix "$work/parexact.o" |
    cut -d' ' -f1 | sort >"$work/kept"
diff "$work/exports" "$work/kept"

"${AR:-ar}" rcsD "$work/lib.a" "$work/parexact.o"
mv -f "$work/lib.a" "$out"
