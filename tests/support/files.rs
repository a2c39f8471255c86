//! What lies on the disk, for a comparison before and after.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// The SHA-256 of a file, as a record has it.
///
/// # Panics
/// When it cannot be read.
pub fn sha256(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Every file under `folder` by its path in it, with its SHA-256; folders have none.
///
/// # Panics
/// When one cannot be read.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Option<String>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(&inside).expect("a folder can be read") {
            let path = entry.expect("a folder can be read").path();
            let relative = path.strip_prefix(folder).expect("it is inside").to_owned();
            if path.is_dir() {
                found.insert(relative, None);
                folders.push(path);
            } else {
                found.insert(relative, Some(sha256(&path)));
            }
        }
    }
    found
}

/// How many bytes the files under `folder` have, those that come and go meanwhile left out.
pub fn bytes_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => bytes_in(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

/// Copies a folder with all that is in it.
///
/// # Panics
/// When something cannot be copied.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).expect("the copy's folder can be made");
    for (path, file) in contents(from) {
        match file {
            // A folder comes before what is in it.
            None => fs::create_dir(to.join(path)).expect("a folder can be made"),
            Some(_) => {
                fs::copy(from.join(&path), to.join(path)).expect("a file can be copied");
            }
        }
    }
}
