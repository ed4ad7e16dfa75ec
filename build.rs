//! Link arguments of the shared library: what the dynamic loader must know about it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The ABI's name, from the version in Cargo.toml; `make` creates the link of that name.
    let soname = concat!(
        "-Wl,-soname,libparexact.so.",
        env!("CARGO_PKG_VERSION_MAJOR")
    );
    for argument in [
        soname,
        // Worker threads and thread-local destructors outlive dlclose.
        "-Wl,-z,nodelete",
        // A program's own `my_statistics` must not replace ours inside the library.
        "-Wl,-Bsymbolic",
    ] {
        println!("cargo:rustc-cdylib-link-arg={argument}");
    }
}
