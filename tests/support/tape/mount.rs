//! The folder that real programs write in: a file system in memory, served through FUSE, that
//! writes down what is asked of it.
//!
//! Nothing is passed over in silence: what could change the disk and is not known here is written
//! down too, and [`Tape::stop`] fails over it. The kernel keeps no writes back: without
//! `FUSE_WRITEBACK_CACHE` each one arrives before the program goes on.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fuser::{
    BackgroundSession, BsdFileFlags, Config, CopyFileRangeFlags, Errno, FileAttr, FileHandle,
    FileType, Filesystem, FopenFlags, Generation, INodeNo, IoctlFlags, LockOwner, MountOption,
    OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty,
    ReplyEntry, ReplyIoctl, ReplyOpen, ReplyWrite, Request, TimeOrNow, WriteFlags,
};
use tempfile::TempDir;

use super::{Change, Event, Kind, Node, ROOT, Recording, Tree};
use crate::skipped;

/// Nobody but the kernel changes anything, so that it may keep what it knows.
const FOREVER: Duration = Duration::from_secs(3_600);

/// A mounted disk and all that has happened on it.
#[derive(Debug)]
pub struct Tape {
    // Before the folder: what is mounted there has to go first.
    session: Option<BackgroundSession>,
    folder: TempDir,
    recorder: Arc<Mutex<Recorder>>,
}

#[derive(Debug)]
struct Recorder {
    tree: Tree,
    modes: BTreeMap<Node, u16>,
    last: Node,
    events: Vec<Event>,
    strange: Vec<String>,
    /// Whoever runs the test: only they can look.
    owner: (u32, u32),
}

impl Tape {
    /// Whether one can be mounted here; where not, says so on the screen.
    pub fn can_be_mounted() -> bool {
        let there = Self::try_mount();
        if let Err(error) = &there {
            skipped(&format!(
                "power cuts: no FUSE file system can be mounted here: {error}. It needs /dev/fuse \
                 and either root or fusermount3 (`make setup`); a container needs \
                 `--device /dev/fuse --cap-add SYS_ADMIN`."
            ));
        }
        there.is_ok()
    }

    /// Mounts an empty disk.
    ///
    /// # Panics
    /// When FUSE is not to be had here.
    pub fn mount() -> Self {
        Self::try_mount().unwrap_or_else(|error| panic!("no FUSE file system: {error}"))
    }

    fn try_mount() -> io::Result<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let owner = folder.path().metadata().expect("it was just made");
        let recorder = Arc::new(Mutex::new(Recorder {
            tree: Tree::new(),
            modes: BTreeMap::new(),
            last: ROOT,
            events: Vec::new(),
            strange: Vec::new(),
            owner: (owner.uid(), owner.gid()),
        }));
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("holdfast-tape".to_owned())];
        let session = fuser::spawn_mount(Served(Arc::clone(&recorder)), folder.path(), &config);
        Ok(Self {
            session: Some(session?),
            folder,
            recorder,
        })
    }

    /// A path on the disk.
    pub fn join(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// How much has happened so far.
    pub fn position(&self) -> usize {
        lock(&self.recorder).events.len()
    }

    /// When the last line was written into a file that is a folder and a name: everything before
    /// this position had happened by then.
    ///
    /// # Panics
    /// When there is no line in it.
    pub fn written(&self, folder: &str, name: &str) -> usize {
        let recorder = lock(&self.recorder);
        let file = recorder
            .tree
            .lookup(ROOT, folder)
            .and_then(|folder| recorder.tree.lookup(folder, name));
        let at = recorder.events.iter().rposition(|event| match event {
            Event::Changed(Change::Write { node, bytes, .. }) => {
                Some(*node) == file && bytes.ends_with(b"\n")
            }
            _ => false,
        });
        at.expect("it has a line") + 1
    }

    /// Ends the recording.
    ///
    /// # Panics
    /// When something was asked of the disk that the recording does not know.
    pub fn stop(mut self) -> Recording {
        drop(self.session.take());
        let mut recorder = lock(&self.recorder);
        let strange = std::mem::take(&mut recorder.strange);
        assert!(strange.is_empty(), "not recorded: {strange:?}");
        Recording(std::mem::take(&mut recorder.events))
    }
}

fn lock(recorder: &Mutex<Recorder>) -> MutexGuard<'_, Recorder> {
    recorder.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    fn change(&mut self, change: Change) {
        self.tree.apply(&change);
        self.events.push(Event::Changed(change));
    }

    fn make(&mut self, folder: Node, name: &str, kind: Kind, mode: u32) -> FileAttr {
        self.last += 1;
        let node = self.last;
        self.tree.make(node, kind);
        self.events.push(Event::Made(node, kind));
        self.set_mode(node, mode);
        let name = name.to_owned();
        self.change(Change::Name { folder, name, node });
        self.attributes(node).expect("it was just made")
    }

    fn set_mode(&mut self, node: Node, mode: u32) {
        let mode = u16::try_from(mode & 0o7777).expect("twelve bits");
        self.modes.insert(node, mode);
    }

    fn attributes(&self, node: Node) -> Option<FileAttr> {
        let (kind, size, mode) = match self.tree.file(node) {
            Some(bytes) => (FileType::RegularFile, bytes.len() as u64, 0o600),
            None => (
                FileType::Directory,
                self.tree.folder(node).map(|_| 0)?,
                0o700,
            ),
        };
        Some(FileAttr {
            ino: INodeNo(node),
            size,
            blocks: size.div_ceil(512),
            atime: UNIX_EPOCH,
            mtime: UNIX_EPOCH,
            ctime: UNIX_EPOCH,
            crtime: UNIX_EPOCH,
            kind,
            perm: self.modes.get(&node).copied().unwrap_or(mode),
            nlink: 1,
            uid: self.owner.0,
            gid: self.owner.1,
            rdev: 0,
            blksize: 4096,
            flags: 0,
        })
    }
}

/// What the kernel talks to.
struct Served(Arc<Mutex<Recorder>>);

impl Served {
    fn lock(&self) -> MutexGuard<'_, Recorder> {
        lock(&self.0)
    }

    /// A call that could change the disk in a way that is not recorded.
    fn strange(&self, what: String) -> Errno {
        self.lock().strange.push(what);
        Errno::EOPNOTSUPP
    }
}

/// The names that programs under test give are text.
fn text(name: &OsStr) -> &str {
    name.to_str().unwrap_or("\u{fffd}")
}

/// A place in a file, which is in memory.
fn place(number: u64) -> usize {
    usize::try_from(number).expect("files here are small")
}

impl Filesystem for Served {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let recorder = self.lock();
        let node = recorder.tree.lookup(parent.0, text(name));
        match node.and_then(|node| recorder.attributes(node)) {
            Some(attributes) => reply.entry(&FOREVER, &attributes, Generation(0)),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn getattr(&self, _: &Request, node: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.lock().attributes(node.0) {
            Some(attributes) => reply.attr(&FOREVER, &attributes),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        node: INodeNo,
        mode: Option<u32>,
        _uid: Option<u32>,
        _gid: Option<u32>,
        size: Option<u64>,
        _atime: Option<TimeOrNow>,
        _mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        _handle: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let mut recorder = self.lock();
        if let Some(mode) = mode {
            recorder.set_mode(node.0, mode);
        }
        if let Some(length) = size.map(place) {
            let node = node.0;
            recorder.change(Change::Resize { node, length });
        }
        match recorder.attributes(node.0) {
            Some(attributes) => reply.attr(&FOREVER, &attributes),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn mkdir(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _umask: u32,
        reply: ReplyEntry,
    ) {
        let made = self.lock().make(parent.0, text(name), Kind::Folder, mode);
        reply.entry(&FOREVER, &made, Generation(0));
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _umask: u32,
        _flags: i32,
        reply: ReplyCreate,
    ) {
        let made = self.lock().make(parent.0, text(name), Kind::File, mode);
        let handle = FileHandle(0);
        reply.created(&FOREVER, &made, Generation(0), handle, FopenFlags::empty());
    }

    fn link(&self, _: &Request, _: INodeNo, _: INodeNo, name: &OsStr, reply: ReplyEntry) {
        reply.error(self.strange(format!("link {name:?}")));
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let mut recorder = self.lock();
        let (folder, name) = (parent.0, text(name).to_owned());
        let Some(node) = recorder.tree.lookup(folder, &name) else {
            return reply.error(Errno::ENOENT);
        };
        recorder.change(Change::Unname { folder, name, node });
        reply.ok();
    }

    fn rmdir(&self, request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let full = {
            let recorder = self.lock();
            let node = recorder.tree.lookup(parent.0, text(name));
            let names = node.and_then(|node| recorder.tree.folder(node));
            names.is_some_and(|names| !names.is_empty())
        };
        if full {
            return reply.error(Errno::ENOTEMPTY);
        }
        self.unlink(request, parent, name, reply);
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        new_parent: INodeNo,
        new_name: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        if !flags.is_empty() {
            return reply.error(self.strange(format!("rename with {flags}")));
        }
        let mut recorder = self.lock();
        let from = (parent.0, text(name).to_owned());
        let to = (new_parent.0, text(new_name).to_owned());
        let Some(node) = recorder.tree.lookup(from.0, &from.1) else {
            return reply.error(Errno::ENOENT);
        };
        recorder.change(Change::Rename { node, from, to });
        reply.ok();
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::empty());
    }

    fn read(
        &self,
        _: &Request,
        node: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let recorder = self.lock();
        let bytes = recorder.tree.file(node.0).unwrap_or_default();
        let start = place(offset).min(bytes.len());
        let end = bytes.len().min(start + size as usize);
        reply.data(&bytes[start..end]);
    }

    fn write(
        &self,
        _: &Request,
        node: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        self.lock().change(Change::Write {
            node: node.0,
            at: place(offset),
            bytes: data.into(),
        });
        reply.written(u32::try_from(data.len()).expect("a request is small"));
    }

    fn fallocate(
        &self,
        _: &Request,
        node: INodeNo,
        _: FileHandle,
        offset: u64,
        length: u64,
        mode: i32,
        reply: ReplyEmpty,
    ) {
        if mode != 0 {
            return reply.error(self.strange(format!("fallocate with mode {mode}")));
        }
        let mut recorder = self.lock();
        let length = place(offset + length);
        let node = node.0;
        if recorder
            .tree
            .file(node)
            .is_some_and(|bytes| bytes.len() < length)
        {
            recorder.change(Change::Resize { node, length });
        }
        reply.ok();
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, node: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.lock().events.push(Event::Synced(node.0));
        reply.ok();
    }

    fn fsyncdir(&self, _: &Request, node: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.lock().events.push(Event::Synced(node.0));
        reply.ok();
    }

    fn readdir(
        &self,
        _: &Request,
        node: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let recorder = self.lock();
        let names = recorder.tree.folder(node.0).into_iter().flatten();
        // By its number a name keeps its place while others before it are taken away.
        let mut children: Vec<_> = names.map(|(name, child)| (*child, name)).collect();
        children.sort_unstable();
        for (child, name) in children.into_iter().filter(|(child, _)| *child > offset) {
            let kind = match recorder.tree.file(child) {
                Some(_) => FileType::RegularFile,
                None => FileType::Directory,
            };
            if reply.add(INodeNo(child), child, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn symlink(&self, _: &Request, _: INodeNo, name: &OsStr, _: &Path, reply: ReplyEntry) {
        reply.error(self.strange(format!("symlink {name:?}")));
    }

    fn mknod(
        &self,
        _: &Request,
        _: INodeNo,
        name: &OsStr,
        _: u32,
        _: u32,
        _: u32,
        reply: ReplyEntry,
    ) {
        reply.error(self.strange(format!("mknod {name:?}")));
    }

    fn setxattr(
        &self,
        _: &Request,
        _: INodeNo,
        name: &OsStr,
        _: &[u8],
        _: i32,
        _: u32,
        reply: ReplyEmpty,
    ) {
        reply.error(self.strange(format!("setxattr {name:?}")));
    }

    fn ioctl(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        _: IoctlFlags,
        command: u32,
        _: &[u8],
        _: u32,
        reply: ReplyIoctl,
    ) {
        reply.error(self.strange(format!("ioctl {command:#x}")));
    }

    fn copy_file_range(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        _: u64,
        _: INodeNo,
        _: FileHandle,
        _: u64,
        _: u64,
        _: CopyFileRangeFlags,
        reply: ReplyWrite,
    ) {
        // The kernel copies with reads and writes then.
        reply.error(Errno::ENOSYS);
    }
}
