//! Which file uses which, and the circles among them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::file::{File, Names};

/// The files that each file uses.
pub type Uses<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The files by their names below `src`.
pub struct Crate(BTreeMap<String, File>);

impl Crate {
    /// Reads all files, given by their names.
    pub fn read(sources: &BTreeMap<String, String>) -> Self {
        let modules = sources.keys().map(|name| module(name)).collect();
        let read = |(name, text): (&String, &String)| {
            let is_table = matches!(name.rsplit('/').next(), Some("mod.rs" | "lib.rs"));
            let file = File::read(text, module(name), is_table, &modules);
            (name.clone(), file)
        };
        Self(sources.iter().map(read).collect())
    }

    /// The file that defines what a full path names.
    fn home(&self, path: &[String], depth: usize) -> Option<&str> {
        let (name, file) = self
            .0
            .iter()
            .filter(|(_, file)| path.starts_with(&file.module))
            .max_by_key(|(_, file)| file.module.len())?;
        let Some((item, rest)) = path[file.module.len()..].split_first() else {
            return Some(name);
        };
        if depth > 8 || file.defined.contains(item) {
            return Some(name);
        }
        if let Some(origin) = file.imported.get(item) {
            return self.home(&[origin, rest].concat(), depth + 1);
        }
        let through_glob = file.globs.iter().find_map(|glob| {
            let path = [glob, &[item.clone()][..], rest].concat();
            let home = self.home(&path, depth + 1)?;
            self.0[home].defined.contains(item).then_some(home)
        });
        Some(through_glob.unwrap_or(name))
    }

    /// Which files each file uses.
    pub fn uses(&self) -> Uses<'_> {
        let uses = |(name, file): (&'_ String, &'_ File)| {
            let homes = file.used.iter().filter_map(|path| self.home(path, 0));
            homes.filter(|home| home != name).collect()
        };
        self.0
            .iter()
            .map(|entry| (entry.0.as_str(), uses(entry)))
            .collect()
    }
}

/// The module that a file holds.
fn module(file: &str) -> Names {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let names = path
        .split('/')
        .filter(|name| !matches!(*name, "lib" | "mod"));
    names.map(str::to_owned).collect()
}

/// A shortest way from one file to another, both included.
fn way<'a>(uses: &Uses<'a>, from: &'a str, to: &str) -> Option<Vec<&'a str>> {
    let mut ways = VecDeque::from([vec![from]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for &next in way
            .last()
            .and_then(|last| uses.get(last))
            .into_iter()
            .flatten()
        {
            let further = [&way[..], &[next]].concat();
            if next == to {
                return Some(further);
            }
            if seen.insert(next) {
                ways.push_back(further);
            }
        }
    }
    None
}

/// The circles: for each the files that are in it, and a shortest way around.
pub fn circles<'a>(uses: &Uses<'a>) -> Vec<(Vec<&'a str>, String)> {
    let mut known = BTreeSet::new();
    let mut circles = Vec::new();
    for &file in uses.keys() {
        if known.contains(file) {
            continue;
        }
        let Some(around) = way(uses, file, file) else {
            continue;
        };
        let is_in_circle =
            |other: &&str| way(uses, file, other).is_some() && way(uses, other, file).is_some();
        let members: Vec<&str> = uses.keys().copied().filter(is_in_circle).collect();
        known.extend(members.iter().copied());
        circles.push((members, around.join(" → ")));
    }
    circles
}
