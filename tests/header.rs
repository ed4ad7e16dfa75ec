//! The C header is made from the sources: `make header` writes it, `cargo test` finds it out of date.
//!
//! cbindgen gathers constants, types and functions of everything it reads, so each section is generated on
//! its own and the sections follow each other as in a manual.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The header's sections in order. A section is made from these files, types before functions; the module
/// documentation of its last file is its heading and introduction.
const SECTIONS: &[&[&str]] = &[
    &["src/error.rs", "src/ffi/status.rs"],
    &["src/ffi/explain.rs"],
    &[
        "src/round/special.rs",
        "src/stats.rs",
        "src/ffi/workshop.rs",
    ],
    &["src/ffi/vectors.rs"],
    &[
        "src/array/dtype.rs",
        "src/array/mod.rs",
        "src/reduce/op.rs",
        "src/ffi/arrays.rs",
    ],
    &["src/state.rs", "src/ffi/state.rs"],
    &["src/ffi/states.rs"],
    &[
        "src/summary/kind.rs",
        "src/summary/statistic.rs",
        "src/summary/words.rs",
        "src/ffi/summary.rs",
    ],
    &["src/random/distribution.rs", "src/ffi/random.rs"],
    &["src/parallel/process_default.rs", "src/ffi/threads.rs"],
    &["src/parallel/user_pool.rs", "src/ffi/pool.rs"],
    &[
        "src/parallel/map.rs",
        "src/parallel/job.rs",
        "src/ffi/map.rs",
    ],
    &["src/parallel/task.rs", "src/ffi/jobs.rs"],
    &["src/parallel/lock.rs", "src/ffi/lock.rs"],
    &["src/parallel/queue.rs", "src/ffi/queue.rs"],
    &["src/parallel/control.rs", "src/ffi/control.rs"],
    &["src/quadrature/midpoint.rs", "src/ffi/quadrature.rs"],
];

/// Exports that carry the workshop's own names instead of our prefix.
const WORKSHOP_NAMES: &[&str] = &["sum_my_numbers", "parallel_stats", "my_statistics"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: impl AsRef<Path>) -> String {
    let path = root().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn configuration() -> cbindgen::Config {
    cbindgen::Config::from_file(root().join("cbindgen.toml")).expect("cbindgen.toml")
}

/// The `//!` lines of a file, as C comments under a rule; the first one is the heading.
fn introduction(file: &str) -> String {
    let text = read(file);
    let mut lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let heading = lines
        .next()
        .unwrap_or_else(|| panic!("{file} has no `//!`"));
    let heading = heading.trim().trim_end_matches('.');
    let rule = "-".repeat(94usize.saturating_sub(heading.chars().count()));
    let mut out = format!("// -- {heading} {rule}\n");
    for line in lines {
        writeln!(out, "//{line}").unwrap();
    }
    out
}

/// Names of public constants without our prefix: the implementation's own, which no C program should see.
fn private_constants(file: &Path) -> Vec<String> {
    let text = read(file);
    let declared = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("pub const "));
    let names = declared.filter_map(|rest| rest.split(':').next());
    names
        .filter(|name| !name.starts_with("PAREXACT_"))
        .map(str::to_owned)
        .collect()
}

/// Rust's documentation as a C programmer reads it: headings and links without their Markdown.
fn plain(line: &str) -> String {
    match line.trim_start().strip_prefix("// # ") {
        Some(heading) => line.replace(&format!("# {heading}"), &format!("{heading}:")),
        None if line.trim_start().starts_with("//") => line.replace("[`", "`").replace("`]", "`"),
        None => line.to_owned(),
    }
}

/// One section, and the functions it declares.
fn section(files: &[&str]) -> (String, Vec<String>) {
    let mut config = configuration();
    // These belong to the whole header, not to each section.
    config.header = None;
    config.autogen_warning = None;
    config.include_guard = None;
    config.sys_includes.clear();
    config.cpp_compat = false;
    // cbindgen follows the modules that a file declares.
    for path in sources(&root().join("src")) {
        config.export.exclude.extend(private_constants(&path));
    }
    let mut builder = cbindgen::Builder::new().with_config(config);
    for file in files {
        builder = builder.with_src(root().join(file));
    }
    let bindings = builder.generate().expect("cbindgen");
    let mut bytes = Vec::new();
    bindings.write(&mut bytes);
    let text = String::from_utf8(bytes).expect("UTF-8");
    let names = bindings.dynamic_symbols_names().map(str::to_owned);
    (text, names.collect())
}

/// The whole header, and the functions it declares.
fn header() -> (String, BTreeSet<String>) {
    let config = configuration();
    let guard = config.include_guard.expect("include_guard");
    let mut out = format!(
        "{}\n//\n{}\n\n#ifndef {guard}\n#define {guard}\n\n",
        config.header.expect("header"),
        config.autogen_warning.expect("autogen_warning"),
    );
    for include in &config.sys_includes {
        writeln!(out, "#include <{include}>").unwrap();
    }
    out += "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
    let mut functions = BTreeSet::new();
    for files in SECTIONS {
        let (text, names) = section(files);
        functions.extend(names);
        writeln!(out, "{}", introduction(files.last().expect("a file"))).unwrap();
        for line in text.trim_end().lines() {
            writeln!(out, "{}", plain(line)).unwrap();
        }
        out.push('\n');
    }
    writeln!(out, "#ifdef __cplusplus\n}}\n#endif\n\n#endif // {guard}").unwrap();
    (out, functions)
}

/// All Rust files below `directory`.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("a source directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The functions the sources export, whether or not cbindgen sees them.
fn exports() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in sources(&root().join("src")) {
        let text = read(&path);
        for item in text.split("#[unsafe(no_mangle)]").skip(1) {
            let name = item
                .split("fn ")
                .nth(1)
                .and_then(|rest| rest.split('(').next());
            names.insert(name.expect("a function after no_mangle").to_owned());
        }
    }
    names
}

#[test]
fn header_is_up_to_date() {
    let path = root().join("include/parexact.h");
    let (fresh, _) = header();
    if std::env::var_os("PAREXACT_BLESS_HEADER").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().expect("include")).expect("include");
        std::fs::write(&path, fresh).expect("include/parexact.h");
        return;
    }
    let committed = read(&path);
    let pairs = fresh.lines().zip(committed.lines());
    let same = pairs
        .take_while(|(fresh, committed)| fresh == committed)
        .count();
    assert!(
        fresh == committed,
        "include/parexact.h is out of date from line {} on, where the sources say\n  {}\nRun `make header`.",
        same + 1,
        fresh.lines().nth(same).unwrap_or("(nothing more)"),
    );
}

#[test]
fn header_declares_every_export() {
    let (_, declared) = header();
    let exported = exports();
    assert_eq!(
        exported.difference(&declared).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "exported but not declared: name the file in SECTIONS, and write the function out, not by a macro"
    );
    assert_eq!(
        declared.difference(&exported).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "declared but not exported"
    );
}

#[test]
fn header_defines_every_constant() {
    let (text, _) = header();
    for path in sources(&root().join("src")) {
        for item in read(&path).split("pub const PAREXACT_").skip(1) {
            let name = item.split(':').next().expect("a type after the name");
            assert!(
                text.contains(&format!("#define PAREXACT_{name} ")),
                "PAREXACT_{name} of {path:?}: name the file in SECTIONS"
            );
        }
    }
}

#[test]
fn header_names_carry_the_prefix() {
    let (text, functions) = header();
    for name in &functions {
        assert!(
            name.starts_with("parexact_") || WORKSHOP_NAMES.contains(&name.as_str()),
            "function {name}"
        );
    }
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("#define ") {
            assert!(rest.starts_with("PAREXACT_"), "constant {rest}");
        }
        if let Some(name) = line.strip_prefix("} ") {
            assert!(
                name.starts_with("parexact_"),
                "type {name}: rename it in cbindgen.toml"
            );
        }
        if let Some(rest) = line.strip_prefix("typedef struct ")
            && rest.ends_with(';')
        {
            assert!(
                rest.starts_with("parexact_"),
                "type {rest}: rename it in cbindgen.toml"
            );
        }
    }
}
