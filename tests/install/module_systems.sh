# Both module systems, Lmod and environment-modules, side by side.
#
# Debian's packages of the two conflict, and installing one would take the other from whoever uses it. So both
# are only unpacked, below target/module-systems; what they need is installed (scripts/require.sh lua tcl).

systems=$root/target/module-systems
lmod=(lua5.3 "$systems/usr/share/lmod/lmod/libexec/lmod" bash)
environment_modules=(tclsh "$systems/usr/lib/x86_64-linux-gnu/modulecmd.tcl" bash)

# unpack_module_systems: once, and again only if it was interrupted.
unpack_module_systems() {
    local unpacked="$systems.$$" package
    if [ -e "$systems" ]; then return; fi
    trap 'rm -rf "$systems.$$"' EXIT
    mkdir -p "$unpacked"
    echo "parexact: unpacking Lmod and environment-modules below target/module-systems"
    if ! download "$unpacked"; then
        # The list of packages may be missing, or older than the packages.
        { [ "$(id -u)" = 0 ] && apt-get update -qq && download "$unpacked"; } ||
            fail "Debian's packages of Lmod and environment-modules are out of reach;" \
                "please run: sudo apt-get update"
    fi
    for package in "$unpacked"/*.deb; do
        dpkg --extract "$package" "$unpacked"
    done
    # Two runs at the same time: one of them is first.
    mv -T "$unpacked" "$systems" 2>/dev/null || [ -e "$systems" ]
}

download() {
    (cd "$1" && apt-get download -qq lmod environment-modules 2>"$work/log") ||
        { cat "$work/log" >&2; return 1; }
}
