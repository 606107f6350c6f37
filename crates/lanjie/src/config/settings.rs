//! The settings as they were written: each value with its place, a later layer over an earlier one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use super::ConfigError;
use super::written::{Leaf, Written};
use crate::secret_files::SecretFile;

/// Before the name of every variable of ours.
const VARIABLES: &str = "LANJIE__";
/// Between the sections of such a name.
const SEPARATOR: &str = "__";
/// The one variable whose name is everybody's; ours goes before it.
const DATABASE_URL: (&str, &str) = ("DATABASE_URL", "database.url");
/// The sections whose members carry ids. Ids are matched without regard to case, so they are kept in capitals.
const OF_IDS: [&str; 5] = ["auto_calls", "banks", "carriers", "sms", "stations.systems"];

/// A secret as it was told.
pub(super) struct Told {
    /// The setting that told it.
    pub(super) key: String,
    pub(super) text: String,
    /// Where it was read, if not from the setting itself.
    pub(super) file: Option<PathBuf>,
}

/// Every setting that nobody has taken yet, by its dotted key.
#[derive(Default)]
pub(super) struct Settings {
    untaken: BTreeMap<String, Leaf>,
    /// Where each setting was written, taken or not.
    places: BTreeMap<String, String>,
    /// The keys there could be.
    asked: BTreeSet<String>,
    /// The files that hold secrets in use.
    pub(super) secret_files: Vec<SecretFile>,
}

impl Settings {
    /// Lays a TOML file over what is there.
    pub(super) fn lay_file(&mut self, name: &str, text: &str) -> Result<(), ConfigError> {
        let line = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        let written: Written = toml::from_str(text).map_err(|error| ConfigError {
            place: format!("{name}:{}", line(error.span().map_or(0, |span| span.start))),
            key: None,
            cause: error.message().replace('\n', ", "),
        })?;
        let leaves = written.leaves().into_iter();
        self.lay(leaves.map(|(path, at, leaf)| (path, format!("{name}:{}", line(at)), leaf)))
    }

    /// Lays the environment over what is there.
    pub(super) fn lay_environment(
        &mut self,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        let mut ours = Vec::new();
        for (name, value) in environment {
            let place = format!("environment variable {name}");
            if let Some(path) = name.strip_prefix(VARIABLES) {
                let path = path.to_ascii_lowercase();
                ours.push((path.split(SEPARATOR).map(str::to_owned).collect(), place, Leaf::Text(value)));
            } else if name == DATABASE_URL.0 {
                self.put(DATABASE_URL.1.to_owned(), place, Leaf::Text(value));
            }
        }
        self.lay(ours)
    }

    fn lay(
        &mut self,
        layer: impl IntoIterator<Item = (Vec<String>, String, Leaf)>,
    ) -> Result<(), ConfigError> {
        let mut laid = BTreeMap::new();
        for (path, place, leaf) in layer {
            let key = key(path);
            if let Some(first) = laid.insert(key.clone(), place.clone()) {
                let cause = format!("is given already by {first}");
                return Err(ConfigError { place, key: Some(key), cause });
            }
            self.put(key, place, leaf);
        }
        Ok(())
    }

    /// A value that says what was said before does not count as written again.
    fn put(&mut self, key: String, place: String, leaf: Leaf) {
        if self.untaken.get(&key) == Some(&leaf) {
            return;
        }
        self.places.insert(key.clone(), place);
        self.untaken.insert(key, leaf);
    }

    fn take(&mut self, key: &str) -> Option<Leaf> {
        self.asked.insert(key.to_owned());
        self.untaken.remove(key)
    }

    /// The text of a setting, if it is set.
    pub(super) fn text(&mut self, key: &str) -> Result<Option<String>, ConfigError> {
        match self.take(key) {
            None => Ok(None),
            Some(Leaf::Text(text)) => Ok(Some(text)),
            Some(Leaf::List(_) | Leaf::Other) => Err(self.fault(key, "expected text in quotes")),
        }
    }

    /// A setting that `read` understands, if it is set.
    pub(super) fn read<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        match read(&text) {
            Some(value) => Ok(Some(value)),
            None => Err(self.fault(key, format!("expected {expected}"))),
        }
    }

    /// A setting that `read` understands and that has to be there.
    pub(super) fn required<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let found = self.read(key, expected, read)?;
        found.ok_or_else(|| self.fault(key, format!("is not set: expected {expected}")))
    }

    /// The members of a list; none if it is not set.
    pub(super) fn list(&mut self, key: &str) -> Result<Vec<String>, ConfigError> {
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Leaf::List(list)) => Ok(list),
            Some(Leaf::Text(text)) => Ok(text.split(',').map(|member| member.trim().to_owned()).collect()),
            Some(Leaf::Other) => Err(self.fault(key, "expected a list of texts in quotes")),
        }
    }

    /// A secret from the setting `key` or from the file that `key`_file names.
    pub(super) fn secret(&mut self, key: &str) -> Result<Option<Told>, ConfigError> {
        let file_key = format!("{key}_file");
        match (self.text(key)?, self.text(&file_key)?) {
            (None, None) => Ok(None),
            (Some(text), None) => Ok(Some(Told { key: key.to_owned(), text, file: None })),
            (None, Some(file)) => match fs::read_to_string(&file) {
                Ok(text) => {
                    Ok(Some(Told { key: file_key, text: text.trim().to_owned(), file: Some(file.into()) }))
                }
                // without the path: it may be the secret, at the wrong place
                Err(error) => Err(self.fault(&file_key, format!("expected the path of a file: {error}"))),
            },
            (Some(_), Some(_)) => {
                let value = self.place(key);
                Err(self
                    .fault(&file_key, format!("{key} is given too, by {value}: one of the two, never both")))
            }
        }
    }

    /// The ids that `section` has members for.
    pub(super) fn ids(&mut self, section: &str) -> BTreeSet<String> {
        let prefix = format!("{section}.");
        self.asked.insert(format!("{prefix}<id>"));
        let members = self.untaken.keys().filter_map(|key| key.strip_prefix(&prefix));
        members.filter_map(|member| Some(member.split_once('.')?.0.to_owned())).collect()
    }

    /// What is wrong with a setting.
    pub(super) fn fault(&self, key: &str, cause: impl Into<String>) -> ConfigError {
        ConfigError { place: self.place(key), key: Some(key.to_owned()), cause: cause.into() }
    }

    fn place(&self, key: &str) -> String {
        place(&self.places, key)
    }

    /// The places of all settings, once everything is taken: what is left is a key that nobody knows.
    pub(super) fn finish(self) -> Result<BTreeMap<String, String>, ConfigError> {
        match self.untaken.first_key_value() {
            None => Ok(self.places),
            Some((unknown, _)) => Err(self.fault(unknown, self.known_beside(unknown))),
        }
    }

    /// The keys that are known at the nearest level above.
    fn known_beside(&self, unknown: &str) -> String {
        let mut section = unknown;
        loop {
            section = section.rsplit_once('.').map_or("", |(above, _)| above);
            let known: BTreeSet<&str> = self.asked.iter().filter_map(|key| member(section, key)).collect();
            if section.is_empty() || !known.is_empty() {
                let known: Vec<&str> = known.into_iter().collect();
                return format!("unknown key: expected one of {}", known.join(", "));
            }
        }
    }
}

/// What `key` begins with below `section`; everything is below the empty one.
fn member<'a>(section: &str, key: &'a str) -> Option<&'a str> {
    let below = match section {
        "" => key,
        section => key.strip_prefix(section)?.strip_prefix('.')?,
    };
    below.split('.').next()
}

/// Where a setting, or the first one of a section, was written.
pub(super) fn place(places: &BTreeMap<String, String>, key: &str) -> String {
    let section = format!("{key}.");
    let of_section = |(written, _): &(&String, &String)| *written == key || written.starts_with(&section);
    let written = places.range(key.to_owned()..).find(of_section);
    written.map_or("configuration", |(_, place)| place).to_owned()
}

/// The dotted key of a path, with its id in capitals.
fn key(mut path: Vec<String>) -> String {
    for at in 1..path.len() {
        if OF_IDS.contains(&path[..at].join(".").as_str()) {
            path[at].make_ascii_uppercase();
        }
    }
    path.join(".")
}
