//! What a file defines, imports and uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::tokens::{after_bracket, tokens};

/// A path, name by name.
pub type Names = Vec<String>;

/// What the test needs to know of a file.
pub struct File {
    /// Its module, from the root of the crate.
    pub module: Names,
    /// What it defines.
    pub defined: BTreeSet<String>,
    /// What it has imported, by the name that it has here: the full path, not resolved further.
    pub imported: BTreeMap<String, Names>,
    /// The modules all of whose names it has imported.
    pub globs: Vec<Names>,
    /// Full paths of what it uses.
    pub used: Vec<Names>,
}

/// One name of a `use` declaration: its path, and the name that it gets; `*` for all names of a module.
struct Import {
    path: Names,
    name: String,
}

/// Reads a tree of a `use` declaration from `at` on; answers the place after it.
fn use_tree(tokens: &[String], mut at: usize, prefix: &[String], found: &mut Vec<Import>) -> usize {
    let mut path = prefix.to_vec();
    loop {
        match tokens[at].as_str() {
            "::" => at += 1,
            "{" => {
                at += 1;
                while tokens[at] != "}" {
                    at = use_tree(tokens, at, &path, found);
                    at += usize::from(tokens[at] == ",");
                }
                return at + 1;
            }
            "*" => {
                let name = "*".to_owned();
                found.push(Import { path, name });
                return at + 1;
            }
            "," | "}" | ";" | "as" => {
                if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
                    path.pop();
                }
                let renamed = tokens[at] == "as";
                let name = match renamed {
                    true => tokens[at + 1].clone(),
                    false => path.last().expect("a use names something").clone(),
                };
                found.push(Import { path, name });
                return if renamed { at + 2 } else { at };
            }
            name => {
                path.push(name.to_owned());
                at += 1;
            }
        }
    }
}

/// The full path of what a module names so; none for other crates and for names of the file's own.
fn absolute(module: &[String], path: &[String], modules: &BTreeSet<Names>) -> Option<Names> {
    let mut full = module.to_vec();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            full.clear();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|name| name == "super") {
                full.pop();
                rest = &rest[1..];
            }
        }
        name => {
            let below = [module, &[name.to_owned()]].concat();
            if !modules.contains(&below) {
                return None;
            }
        }
    }
    full.extend_from_slice(rest);
    Some(full)
}

impl File {
    /// Reads the source of a module; `is_table` if it is one of contents, too. `modules` are all there are.
    pub fn read(text: &str, module: Names, is_table: bool, modules: &BTreeSet<Names>) -> Self {
        let tokens = tokens(text);
        let mut file = Self {
            module: module.clone(),
            defined: BTreeSet::new(),
            imported: BTreeMap::new(),
            globs: Vec::new(),
            used: Vec::new(),
        };
        // The module here, and where each of those that are written in this file ends.
        let mut here = module;
        let mut ends = Vec::new();
        let mut exported = Vec::new();
        let mut named = BTreeSet::new();
        let mut i = 0;
        while i < tokens.len() {
            if ends.last() == Some(&i) {
                ends.pop();
                here.pop();
            }
            let before = if i == 0 { "" } else { tokens[i - 1].as_str() };
            match tokens[i].as_str() {
                "use" => {
                    let mut imports = Vec::new();
                    i = use_tree(&tokens, i + 1, &[], &mut imports);
                    // `pub use` or `pub(crate) use`.
                    let is_export = is_table && matches!(before, "pub" | ")");
                    for Import { path, name } in imports {
                        let Some(path) = absolute(&here, &path, modules) else {
                            continue;
                        };
                        if is_export {
                            exported.push((name.clone(), path.clone()));
                        } else {
                            file.used.push(path.clone());
                        }
                        if name == "*" {
                            file.globs.push(path);
                        } else {
                            file.imported.insert(name, path);
                        }
                    }
                }
                "mod" if tokens[i + 2] == "{" => {
                    here.push(tokens[i + 1].clone());
                    ends.push(after_bracket(&tokens, i + 2));
                    i += 3;
                }
                "mod" => i += 3,
                "fn" | "struct" | "enum" | "union" | "trait" | "type" | "const" | "static" => {
                    file.defined.insert(tokens[i + 1].clone());
                    i += 1;
                }
                name if before != "::" && name.starts_with(|c: char| c.is_alphabetic()) => {
                    let mut path = vec![name.to_owned()];
                    while tokens.get(i + 1).is_some_and(|next| next == "::")
                        && tokens
                            .get(i + 2)
                            .is_some_and(|next| next != "<" && next != "{")
                    {
                        path.push(tokens[i + 2].clone());
                        i += 2;
                    }
                    named.insert(path[0].clone());
                    if path.len() > 1 {
                        file.used.extend(absolute(&here, &path, modules));
                    }
                    i += 1;
                }
                _ => i += 1,
            }
        }
        let exported = exported.into_iter();
        let used = exported.filter_map(|(name, path)| named.contains(&name).then_some(path));
        file.used.extend(used);
        file
    }
}
