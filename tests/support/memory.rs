//! Reads another process's memory, as an examiner with the running machine would.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use crate::{Canaries, Home, Sighting, signal, skipped};

const PAGE: usize = 4096;
/// So many pages are read at once, and the last of them again with the next, so that nothing is
/// missed between.
const PIECE: usize = 1024;

/// A running process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    id: u32,
    program: String,
}

/// What was seen in a process: which canary, in which spelling, in what kind of memory; how many
/// pieces of memory have it, and the first of them with what stands around it.
#[derive(Debug, Default)]
pub struct Scan(BTreeMap<(String, &'static str, String), (usize, String)>);

impl Process {
    /// All processes that live in `home`; `None`, with a word on the screen, where their memory
    /// cannot be read.
    pub fn all_in(home: &Home) -> Option<Vec<Self>> {
        let wanted = format!("HOME={}/.", home.path().display());
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").ok()?.flatten() {
            let Some(id) = entry.file_name().to_str().and_then(|id| id.parse().ok()) else {
                continue;
            };
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            let mut variables = environment.split(|byte| *byte == 0);
            if !variables.any(|variable| variable == wanted.as_bytes()) {
                continue;
            }
            if File::open(entry.path().join("mem")).is_err() {
                skipped(
                    "the memory of a running vault: that needs root, as the vault refuses others",
                );
                return None;
            }
            let program = fs::read_link(entry.path().join("exe")).unwrap_or_default();
            let program = program.file_name().unwrap_or_default();
            found.push(Self {
                id,
                program: program.to_string_lossy().into_owned(),
            });
        }
        Some(found)
    }

    /// The name of its program.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// What tells one program from another that took its place in the same process: where the system
    /// laid what it gave it, which is drawn for each.
    ///
    /// # Panics
    /// When the process has ended.
    pub fn image(&self) -> Vec<u8> {
        fs::read(format!("/proc/{}/auxv", self.id)).expect("the process runs")
    }

    /// Ends it at once, as a fault of its own would.
    pub fn kill(&self) {
        signal(self.id, "KILL");
    }

    /// Looks through all of its memory that is there: heap, stacks, files it mapped. Of one that has
    /// ended nothing is. Whether it may be looked into was found out by [`Process::all_in`].
    pub fn scan(&self, canaries: &Canaries) -> Scan {
        let proc = PathBuf::from(format!("/proc/{}", self.id));
        let mut scan = Scan::default();
        let (Ok(maps), Ok(memory), Ok(pages)) = (
            fs::read_to_string(proc.join("maps")),
            File::open(proc.join("mem")),
            File::open(proc.join("pagemap")),
        ) else {
            return scan;
        };
        for line in maps.lines() {
            let mut fields = line.split_whitespace();
            let range = fields.next().unwrap_or_default();
            let readable = fields.next().is_some_and(|may| may.starts_with('r'));
            let kind = fields.nth(3).unwrap_or("unnamed").to_owned();
            let Some((start, end)) = range.split_once('-') else {
                continue;
            };
            let address = |text| usize::from_str_radix(text, 16).expect("an address");
            if readable && !kind.starts_with("[v") && !kind.starts_with("/dev/") {
                let region = (address(start), address(end));
                scan.region(canaries, &kind, region, &memory, &pages);
            }
        }
        scan
    }
}

impl Scan {
    fn region(
        &mut self,
        canaries: &Canaries,
        kind: &str,
        (start, end): (usize, usize),
        memory: &File,
        pages: &File,
    ) {
        let there = present(pages, start / PAGE, end / PAGE);
        let mut at = 0;
        while at < there.len() {
            if !there[at] {
                at += 1;
                continue;
            }
            let length = there[at..].iter().take(PIECE).take_while(|here| **here);
            let length = length.count();
            let mut bytes = vec![0; length * PAGE];
            let from = start + at * PAGE;
            // Memory that was just given back is not there.
            if memory.read_exact_at(&mut bytes, from as u64).is_ok() {
                for sighting in canaries.look_into(&bytes, Path::new(kind), 0) {
                    self.note(kind, from, &bytes, sighting);
                }
            }
            let whole = length == PIECE && at + length < there.len() && there[at + length];
            at += if whole { length - 1 } else { length };
        }
    }

    fn note(&mut self, kind: &str, from: usize, bytes: &[u8], sighting: Sighting) {
        let offset = sighting.offset.unwrap_or_default();
        let around = &bytes[offset.saturating_sub(64)..bytes.len().min(offset + 160)];
        let key = (sighting.canary, sighting.spelling, kind.to_owned());
        let seen = self.0.entry(key).or_insert_with(|| {
            let around = around.escape_ascii();
            (0, format!("{:#x}: {around}", from + offset))
        });
        seen.0 += 1;
    }

    /// Whether a canary was seen.
    pub fn saw(&self, canary: &str) -> bool {
        self.0.keys().any(|(seen, ..)| seen == canary)
    }

    /// What was seen, without repetition.
    pub fn seen(&self) -> Vec<&str> {
        let mut seen: Vec<_> = self.0.keys().map(|(canary, ..)| canary.as_str()).collect();
        seen.dedup();
        seen
    }
}

impl std::fmt::Display for Scan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for ((canary, spelling, kind), (times, first)) in &self.0 {
            writeln!(f, "{canary} ({spelling}) in {kind}, {times} times; {first}")?;
        }
        Ok(())
    }
}

/// Which of these pages are there, in memory or swapped out.
fn present(pages: &File, first: usize, end: usize) -> Vec<bool> {
    const PRESENT: u64 = 1 << 63;
    const SWAPPED: u64 = 1 << 62;
    let mut list = vec![0; (end - first) * 8];
    if pages.read_exact_at(&mut list, first as u64 * 8).is_err() {
        return Vec::new();
    }
    let pages = list.as_chunks::<8>().0.iter();
    pages
        .map(|page| u64::from_ne_bytes(*page) & (PRESENT | SWAPPED) != 0)
        .collect()
}
