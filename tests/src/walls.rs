//! The walls of the workspace: who may depend on whom, and what no file may hold.
//!
//! ```text
//! lanjie -> gateway -> interception -> {store, channels, text_reading} -> domain          world -> domain
//! ```
//! A new arrow is a decision: change the picture here and say why in the README.

#![expect(clippy::unwrap_used, reason = "a test that cannot look has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Each crate with those of ours that it may use. The package `tests` may use all.
const PICTURE: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("store", &["domain"]),
    ("channels", &["domain"]),
    ("text_reading", &["domain"]),
    ("world", &["domain"]),
    ("embedded_postgres", &[]),
    ("interception", &["store", "channels", "text_reading", "domain"]),
    // channels: a callback's signature is checked before its body is believed
    ("gateway", &["interception", "channels", "domain"]),
    (
        "lanjie",
        &[
            "gateway",
            "interception",
            "store",
            "channels",
            "text_reading",
            "world",
            "embedded_postgres",
            "domain",
        ],
    ),
];

/// Libraries that are a way of doing things, and the crates that may do them so.
const RESERVED: [(&str, &[&str]); 4] = [
    ("sqlx", &["store"]),
    ("axum", &["gateway", "world"]),
    ("reqwest", &["channels", "world", "lanjie"]),
    // a decision that needs a runtime cannot be replayed in court
    ("tokio", &["store", "channels", "world", "interception", "gateway", "lanjie"]),
];

/// Longer is two ideas in one file.
const SOURCE_MAX_LINES: usize = 450;

/// Traces of the machine a file was written on, in two halves so that this file holds none.
const TRACES: [(&str, &str); 7] = [
    ("/wo", "rk/"),
    ("/tmp/", "target"),
    ("arti", "factory"),
    ("index.", "crates.io"),
    ("registry.", "npmjs.org"),
    ("pypi", ".org"),
    ("proxy.", "golang.org"),
];

/// Directories that are made, not written.
const MADE: [&str; 4] = [".git", "target", "data", "node_modules"];

fn workspace() -> Metadata {
    MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// What the package ships with: dev-dependencies may cross the walls, for tests.
fn dependencies(package: &Package) -> impl Iterator<Item = &str> {
    let shipped = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
    shipped.map(|dependency| dependency.name.as_str())
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| !MADE.iter().any(|made| path.ends_with(made)))
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

#[test]
fn the_picture_shows_every_crate() {
    let metadata = workspace();
    let crates: BTreeSet<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let drawn: BTreeSet<&str> = PICTURE.iter().map(|(name, _)| *name).chain(["tests"]).collect();
    assert_eq!(crates, drawn);
}

#[test]
fn no_crate_uses_one_above_or_beside_it() {
    let metadata = workspace();
    for (name, allowed) in PICTURE {
        let package = metadata.packages.iter().find(|package| package.name == name).unwrap();
        let ours = dependencies(package).filter(|used| PICTURE.iter().any(|(name, _)| name == used));
        for used in ours {
            assert!(allowed.contains(&used), "{name} depends on {used}, which the picture does not show");
        }
    }
}

#[test]
fn each_way_of_doing_things_stays_in_its_crates() {
    for package in workspace().packages.iter().filter(|package| package.name != "tests") {
        for (library, allowed) in RESERVED {
            let uses = dependencies(package).any(|used| used == library);
            assert!(!uses || allowed.contains(&package.name.as_str()), "{} names {library}", package.name);
        }
    }
}

#[test]
fn no_file_shows_where_it_was_written() {
    // a file that is not text holds no words
    for path in files(root()) {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        for (head, tail) in TRACES {
            assert!(!text.contains(&format!("{head}{tail}")), "{} holds {head}{tail}", path.display());
        }
    }
}

#[test]
fn no_source_file_holds_two_ideas() {
    let sources = files(root()).into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let shipped =
        sources.filter(|path| !path.ends_with("tests.rs") && !path.starts_with(root().join("tests")));
    for path in shipped {
        let text = fs::read_to_string(&path).unwrap();
        let story = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = story.lines().count();
        assert!(lines <= SOURCE_MAX_LINES, "{} has {lines} lines", path.display());
    }
}
