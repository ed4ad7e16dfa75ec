//! No files of `src` use each other in a circle, so that each can be read once those that it uses are known.
//!
//! A file uses another one if it names something that is defined there: by `crate::`, `super::`, `self::` or
//! the name of a module below it, in a `use` declaration or in any other path. Tests do not count, whether
//! they are in a module of their own or not.
//!
//! A module's table of contents would close a circle with everything that is in it. So it does not count:
//! - `mod name;` is no use of that file;
//! - what is named through a re-export belongs to the file that defines it: `crate::parallel::fold_chunks` is
//!   in `parallel/fold.rs`, and not in `parallel/mod.rs`;
//! - `pub use` in `mod.rs` and `lib.rs` is no use, unless the name occurs in the rest of that file, too.

mod circles;
mod file;
mod tokens;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use circles::{Crate, circles};

/// Circles that are still to be broken: for each the files that use each other, directly or not. A circle
/// that is gone, or has become smaller, must be changed here as well.
const STILL_TO_BREAK: &[&[&str]] = &[
    &[
        "exact/accumulator.rs",
        "exact/element.rs",
        "exact/integers.rs",
        "exact/sieve.rs",
    ],
    &[
        "random/bulk.rs",
        "random/exponential.rs",
        "random/normal.rs",
        "random/uniform.rs",
    ],
    &[
        "random/family/counts.rs",
        "random/family/gamma.rs",
        "random/family/mod.rs",
    ],
    &[
        "reduce/selected.rs",
        "reduce/source.rs",
        "reduce/streamed.rs",
        "reduce/strips.rs",
        "reduce/transposed.rs",
    ],
    &["simd/mod.rs", "simd/vector.rs"],
];

fn sources(directory: &Path, root: &Path, found: &mut BTreeMap<String, String>) {
    let entries = std::fs::read_dir(directory).expect("src can be listed");
    let paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    for path in paths {
        if path.is_dir() {
            sources(&path, root, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).expect("below src");
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            found.insert(name.to_str().expect("ASCII").to_owned(), text);
        }
    }
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut texts = BTreeMap::new();
    sources(&root, &root, &mut texts);
    let tree = Crate::read(&texts);
    let uses = tree.uses();
    let circles = circles(&uses);
    let members: Vec<&[&str]> = circles.iter().map(|(members, _)| &members[..]).collect();
    let mut faults = String::new();
    for (members, around) in &circles {
        if !STILL_TO_BREAK.contains(&&members[..]) {
            faults += &format!("a circle: {around}\n    of {members:?}\n");
        }
    }
    for circle in STILL_TO_BREAK {
        if !members.contains(circle) {
            faults += &format!("no such circle, take it out of STILL_TO_BREAK: {circle:?}\n");
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

/// The ownership of handles is decided in one file: no other one of the boundary makes references of pointers.
#[test]
fn handles_are_references_in_one_file_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut texts = BTreeMap::new();
    sources(&root.join("ffi"), &root, &mut texts);
    let decides = |text: &String| {
        let tokens = tokens::tokens(text);
        ["from_raw", "into_raw"]
            .iter()
            .any(|name| tokens.iter().any(|token| token == name))
    };
    let deciding = texts.iter().filter(|(_, text)| decides(text));
    let deciding: Vec<&str> = deciding.map(|(name, _)| name.as_str()).collect();
    assert_eq!(deciding, ["ffi/handle.rs"]);
}

/// The circles of a crate that is given as text.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let files = files
        .iter()
        .map(|&(name, text)| (name.to_owned(), text.to_owned()));
    let files = files.collect();
    let tree = Crate::read(&files);
    let circles = circles(&tree.uses());
    circles.into_iter().map(|(_, around)| around).collect()
}

#[test]
fn circles_are_seen() {
    let a = ("a.rs", "use crate::b::{self, c::D as E}; fn f() {}");
    let table = ("b/mod.rs", "pub mod c; pub use c::D;");
    for text in [
        "pub struct D; use crate::a;",
        "pub struct D; fn g() { super::super::a::f(); }",
        "pub struct D; mod inner { use super::super::super::a::f; }",
        "pub struct D; /* } */ const S: &str = \"{\"; use crate::{a::{f}};",
        "pub struct D; fn g<'a>(x: char) -> bool { x == '{' && crate::a::f::<u8>() }",
        "pub struct D; const S: &str = r#\"\"}\"#; use crate::a::*;",
    ] {
        let found = circles_of(&[("lib.rs", "mod a; mod b;"), a, table, ("b/c.rs", text)]);
        assert_eq!(found, ["a.rs → b/c.rs → a.rs"], "{text}");
    }
    for text in [
        "pub struct D; // use crate::a;",
        "pub struct D; #[cfg(test)] mod tests { use crate::a; }",
        "pub struct D; #[cfg(all(test, unix))] use crate::a;",
        "pub struct D; #[cfg(test)] fn g() -> [u8; 2] { crate::a::f() }",
        "pub struct D; const S: &str = \"crate::a\"; use std::a::f;",
    ] {
        let found = circles_of(&[("lib.rs", "mod a; mod b;"), a, table, ("b/c.rs", text)]);
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn tables_of_contents_close_no_circle_and_other_uses_do() {
    let child = ("m/child.rs", "use super::Shared; pub struct Item;");
    let with = |table: &str| circles_of(&[("lib.rs", "mod m;"), ("m/mod.rs", table), child]);
    let table = "mod child; pub use child::Item; pub struct Shared;";
    assert!(with(table).is_empty());
    for use_of_it in [
        "fn f(_: Item) {}",
        "use child::Item as Other;",
        "fn f() { child::g(); }",
    ] {
        let found = with(&format!("{table} {use_of_it}"));
        assert_eq!(found, ["m/child.rs → m/mod.rs → m/child.rs"], "{use_of_it}");
    }
}
