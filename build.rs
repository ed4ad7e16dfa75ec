//! Link arguments of the shared library: what the dynamic loader must know about it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    for argument in [
        // The ABI's name; `make` creates the link of that name.
        "-Wl,-soname,libparexact.so.0",
        // Worker threads and thread-local destructors outlive dlclose.
        "-Wl,-z,nodelete",
        // A program's own `my_statistics` must not replace ours inside the library.
        "-Wl,-Bsymbolic",
    ] {
        println!("cargo:rustc-cdylib-link-arg={argument}");
    }
}
