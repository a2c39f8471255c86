//! What is left on a disk that lost its power.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::Dice;

use super::{Change, Event, Node, ROOT, Recording, Tree};

const SECTOR: usize = 512;
const PAGE: usize = 4096;

/// Which syncs the disk keeps its word on. Anything less than all is a broken disk, to see whether a
/// test would notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faith {
    /// Of files and of folders.
    All,
    /// Not of files: their contents are never safe.
    FoldersOnly,
    /// Not of folders: their names are never safe.
    FilesOnly,
}

/// What becomes of what was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// All of it is lost.
    Everything,
    /// Nothing is lost: the process was killed, and the disk had the time to write it all.
    Nothing,
    /// Things were written in order up to some moment, of each file for itself; the last write is
    /// torn between two sectors.
    Late,
    /// Each page of 4,096 bytes and each name was written or not, for itself.
    Pages,
    /// The same with sectors of 512 bytes.
    Sectors,
    /// No name of what was not synced is lost, but its contents are.
    Contents,
    /// No contents are lost, but the names are.
    Names,
}

impl Loss {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Everything,
        Self::Nothing,
        Self::Late,
        Self::Pages,
        Self::Sectors,
        Self::Contents,
        Self::Names,
    ];
}

/// A disk while its recording is played.
#[derive(Debug)]
pub struct Disk {
    faith: Faith,
    safe: Tree,
    /// What would be lost, in order.
    pending: Vec<Change>,
    played: usize,
}

impl Disk {
    /// An empty one.
    pub fn new(faith: Faith) -> Self {
        Self {
            faith,
            safe: Tree::new(),
            pending: Vec::new(),
            played: 0,
        }
    }

    /// Lets things happen as they were recorded, up to a position in the recording.
    pub fn play(&mut self, recording: &Recording, until: usize) {
        for event in &recording.0[self.played..until] {
            self.happen(event);
        }
        self.played = until;
    }

    fn happen(&mut self, event: &Event) {
        match event {
            Event::Made(node, kind) => self.safe.make(*node, *kind),
            Event::Changed(change) => self.pending.push(change.clone()),
            Event::Synced(node) => {
                let folder = self.safe.folder(*node).is_some();
                let believed = match self.faith {
                    Faith::All => true,
                    Faith::FoldersOnly => folder,
                    Faith::FilesOnly => !folder,
                };
                if believed {
                    let (synced, rest) = std::mem::take(&mut self.pending)
                        .into_iter()
                        .partition(|change| concerns(change, *node));
                    self.pending = rest;
                    let synced: Vec<Change> = synced;
                    synced.iter().for_each(|change| self.safe.apply(change));
                }
            }
        }
    }

    /// Cuts the power now: what is left in the folder `top`.
    pub fn cut(&self, loss: Loss, dice: &mut Dice, top: &str) -> Left {
        let mut tree = self.safe.clone();
        match loss {
            Loss::Everything => {}
            Loss::Nothing => self.pending.iter().for_each(|change| tree.apply(change)),
            Loss::Late => self.late(&mut tree, dice),
            Loss::Pages => self.scattered(&mut tree, dice, PAGE),
            Loss::Sectors => self.scattered(&mut tree, dice, SECTOR),
            Loss::Contents => self.keep(&mut tree, names),
            Loss::Names => self.keep(&mut tree, |change| !names(change)),
        }
        let top = tree.lookup(ROOT, top);
        Left { tree, top }
    }

    fn keep(&self, tree: &mut Tree, which: impl Fn(&Change) -> bool) {
        let kept = self.pending.iter().filter(|change| which(change));
        kept.for_each(|change| tree.apply(change));
    }

    /// Names up to one moment, and of each file what was written up to a moment of its own.
    fn late(&self, tree: &mut Tree, dice: &mut Dice) {
        let moment = |dice: &mut Dice| dice.below(self.pending.len() + 1);
        let of_names = moment(dice);
        let mut of_files = BTreeMap::new();
        for (at, change) in self.pending.iter().enumerate() {
            let (Change::Write { node, .. } | Change::Resize { node, .. }) = change else {
                if at < of_names {
                    tree.apply(change);
                }
                continue;
            };
            let end = *of_files.entry(*node).or_insert_with(|| moment(dice));
            if at < end {
                tree.apply(change);
            } else if at == end {
                let pieces = pieces(change, SECTOR);
                let torn = dice.below(pieces.len() + 1);
                pieces[..torn].iter().for_each(|piece| tree.apply(piece));
            }
        }
    }

    /// Each piece of each change by the toss of a coin.
    fn scattered(&self, tree: &mut Tree, dice: &mut Dice, size: usize) {
        for change in &self.pending {
            for piece in pieces(change, size) {
                match dice.below(4) {
                    0 | 1 => tree.apply(&piece),
                    // Its length was written and it was not: zeros stand there.
                    2 => lengthen(tree, &piece),
                    _ => {}
                }
            }
        }
    }
}

/// What a power cut left.
#[derive(Clone, Debug)]
pub struct Left {
    tree: Tree,
    top: Option<Node>,
}

impl Left {
    /// The same number for the same files.
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        if let Some(top) = self.top {
            self.tree.digest(top, &mut digest);
        }
        digest.finalize().into()
    }

    /// Writes it out into `to`, a folder that is there.
    pub fn write_out(&self, to: &Path) {
        if let Some(top) = self.top {
            self.tree.write_out(top, to);
        }
    }
}

/// Whether syncing the node makes this change safe.
fn concerns(change: &Change, synced: Node) -> bool {
    match change {
        Change::Name { folder, .. } | Change::Unname { folder, .. } => *folder == synced,
        // One step, however many folders it touches.
        Change::Rename { from, to, .. } => from.0 == synced || to.0 == synced,
        Change::Write { node, .. } | Change::Resize { node, .. } => *node == synced,
    }
}

fn names(change: &Change) -> bool {
    !matches!(change, Change::Write { .. } | Change::Resize { .. })
}

/// A change in the pieces in which a disk writes it.
fn pieces(change: &Change, size: usize) -> Vec<Change> {
    let Change::Write { node, at, bytes } = change else {
        return vec![change.clone()];
    };
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let end = bytes.len().min(start + size - (at + start) % size);
        pieces.push(Change::Write {
            node: *node,
            at: at + start,
            bytes: bytes[start..end].into(),
        });
        start = end;
    }
    pieces
}

fn lengthen(tree: &mut Tree, piece: &Change) {
    if let Change::Write { node, at, bytes } = piece {
        let length = at + bytes.len();
        if tree.file(*node).is_some_and(|file| file.len() < length) {
            let node = *node;
            tree.apply(&Change::Resize { node, length });
        }
    }
}
