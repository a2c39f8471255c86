//! A disk that remembers every change made to it, and can be cut off from its power at any of them.
//!
//! [`Tape::mount`] gives a folder in which real programs write; what they do arrives here through
//! FUSE, each change and each sync in the order in which the kernel passed them on. Afterwards
//! [`Disk::play`] goes along the recording, and [`Disk::cut`] gives what may be left of a disk that
//! lost its power there. The model is the weakest one that POSIX allows, after ALICE (Pillai and others,
//! OSDI 2014) and CrashMonkey (Mohan and others, OSDI 2018):
//!
//! - the contents of a file are safe once that file was synced, and until then each sector of each
//!   write is there or not, for itself;
//! - a name in a folder is safe once that folder was synced, and until then it is there or not;
//! - a sector is never torn, and what was synced is never lost.

mod cut;
mod mount;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

pub use cut::{Disk, Faith, Left, Loss};
pub use mount::Tape;

/// A file or a folder, by its inode number.
pub(crate) type Node = u64;

/// The folder at the top.
pub(crate) const ROOT: Node = 1;

/// One change to the disk.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// A name was given to a node.
    Name {
        folder: Node,
        name: String,
        node: Node,
    },
    /// A name was taken away.
    Unname {
        folder: Node,
        name: String,
        node: Node,
    },
    /// A node got another name, in one step.
    Rename {
        node: Node,
        from: (Node, String),
        to: (Node, String),
    },
    /// Bytes were written.
    Write {
        node: Node,
        at: usize,
        bytes: Arc<[u8]>,
    },
    /// A file was cut or lengthened with zeros.
    Resize { node: Node, length: usize },
}

/// What happened, in order.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A node came to be; nothing has its name yet.
    Made(Node, Kind),
    /// Something changed.
    Changed(Change),
    /// A file's contents or a folder's names were synced.
    Synced(Node),
}

/// All that happened on a disk.
#[derive(Clone, Debug)]
pub struct Recording(pub(crate) Vec<Event>);

impl Recording {
    /// How many things happened.
    #[expect(clippy::len_without_is_empty, reason = "nobody records nothing")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With bytes.
    File,
    /// With names.
    Folder,
}

/// All files and folders. Copies share what neither has changed since.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    files: BTreeMap<Node, Arc<Vec<u8>>>,
    folders: BTreeMap<Node, Arc<BTreeMap<String, Node>>>,
}

impl Tree {
    pub(crate) fn new() -> Self {
        let mut tree = Self {
            files: BTreeMap::new(),
            folders: BTreeMap::new(),
        };
        tree.make(ROOT, Kind::Folder);
        tree
    }

    pub(crate) fn make(&mut self, node: Node, kind: Kind) {
        match kind {
            Kind::File => drop(self.files.insert(node, Arc::default())),
            Kind::Folder => drop(self.folders.insert(node, Arc::default())),
        }
    }

    pub(crate) fn file(&self, node: Node) -> Option<&[u8]> {
        self.files.get(&node).map(|bytes| bytes.as_slice())
    }

    pub(crate) fn folder(&self, node: Node) -> Option<&BTreeMap<String, Node>> {
        self.folders.get(&node).map(Arc::as_ref)
    }

    pub(crate) fn lookup(&self, folder: Node, name: &str) -> Option<Node> {
        self.folder(folder)?.get(name).copied()
    }

    fn bytes(&mut self, node: Node) -> &mut Vec<u8> {
        Arc::make_mut(self.files.get_mut(&node).expect("the file was made"))
    }

    fn names(&mut self, folder: Node) -> &mut BTreeMap<String, Node> {
        Arc::make_mut(self.folders.get_mut(&folder).expect("the folder was made"))
    }

    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::Name { folder, name, node } => {
                self.names(*folder).insert(name.clone(), *node);
            }
            Change::Unname { folder, name, node } => self.unname(*folder, name, *node),
            Change::Rename { node, from, to } => {
                self.unname(from.0, &from.1, *node);
                self.names(to.0).insert(to.1.clone(), *node);
            }
            Change::Write { node, at, bytes } => {
                let file = self.bytes(*node);
                let end = at + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                file[*at..end].copy_from_slice(bytes);
            }
            Change::Resize { node, length } => self.bytes(*node).resize(*length, 0),
        }
    }

    /// Takes a name away if this node has it. Where changes were lost, it may be another's by now.
    fn unname(&mut self, folder: Node, name: &str, node: Node) {
        if self.lookup(folder, name) == Some(node) {
            self.names(folder).remove(name);
        }
    }

    /// All that `folder` holds, as one number.
    fn digest(&self, folder: Node, into: &mut Sha256) {
        for (name, node) in self.folder(folder).into_iter().flatten() {
            let file = self.file(*node);
            let length = file.map_or(u64::MAX, |bytes| bytes.len() as u64);
            into.update((name.len() as u64).to_le_bytes());
            into.update(name);
            into.update(length.to_le_bytes());
            into.update(file.unwrap_or_default());
            self.digest(*node, into);
            into.update([0xff]);
        }
    }

    /// Writes what `folder` holds out to a real disk, into `to`, which is there.
    fn write_out(&self, folder: Node, to: &Path) {
        for (name, node) in self.folder(folder).into_iter().flatten() {
            let path = to.join(name);
            match self.file(*node) {
                Some(bytes) => fs::write(path, bytes).expect("a file can be written"),
                None => {
                    fs::create_dir(&path).expect("a folder can be made");
                    self.write_out(*node, &path);
                }
            }
        }
    }
}
