//! `lanjie drill race`: the race between desk and fraudsters, told in virtual time. With `--live` its payments are
//! reported to the running services: see [`live`].

use std::fs;
use std::path::Path;

use anyhow::Context;
use world::race::{self, Assumptions, Race, Rules};

pub mod live;

/// The assumptions that are compiled in.
const ASSUMPTIONS: &str = include_str!("../../../config/race.toml");

/// Runs the race, and draws it where a file for the picture is named.
///
/// # Errors
/// When the picture cannot be written.
pub fn race(
    seed: u64,
    assumptions: &Assumptions,
    rules: &Rules,
    picture: Option<&Path>,
) -> anyhow::Result<Race> {
    let race = race::run(seed, assumptions, rules);
    if let Some(path) = picture {
        fs::write(path, race::picture(&race, assumptions, rules))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(race)
}

/// The assumptions of a file, or those that are compiled in.
///
/// # Errors
/// When the file cannot be read or is wrong, with file and line.
pub fn assumptions(cases: Option<usize>, file: Option<&Path>) -> anyhow::Result<Assumptions> {
    let mut read = match file {
        None => Assumptions::parse("config/race.toml", ASSUMPTIONS)?,
        Some(path) => {
            let name = path.display().to_string();
            let text = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
            Assumptions::parse(&name, &text)?
        }
    };
    read.cases = cases.unwrap_or(read.cases);
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_assumptions_are_read_and_a_wrong_file_is_named() {
        assert!(assumptions(Some(3), None).is_ok_and(|read| read.cases == 3));
        let missing = assumptions(None, Some(Path::new("no/such.toml"))).unwrap_err();
        assert!(missing.to_string().contains("no/such.toml"), "{missing}");
    }
}
