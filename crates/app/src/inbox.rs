//! Where fetched objects go besides the ordinary pass: what is asked for by name, and all of the
//! vault's own mailbox, looked through with the recovery words at hand.

use std::{
    collections::BTreeMap,
    io::Read as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use holdfast_record::ObjectId;
use holdfast_recovery::{Keys, NOTE_LIMIT, Note};
use holdfast_sync::{Arriving, Inbox, LocalFault, Mailbox};
use holdfast_wire::{Listed, MailboxId};

use crate::{
    App, Notice,
    session::Open,
    transport::{Transport, record_id},
    view::Fault,
};

/// So many bytes came: time to say that it goes on.
const SAID_EVERY: u64 = 1024 * 1024;

/// An object on its way into the vault, and what is done when it is whole.
pub(crate) struct Incoming {
    app: App,
    arriving: holdfast_vault::Arriving,
    whole: Box<dyn FnOnce() -> Result<(), Fault> + Send>,
}

impl Incoming {
    pub(crate) fn begin(
        app: &App,
        open: &Open,
        object: ObjectId,
        size: u64,
        whole: impl FnOnce() -> Result<(), Fault> + Send + 'static,
    ) -> Result<Box<dyn Arriving>, LocalFault> {
        let arriving = open.vault.begin_object(object, size);
        Ok(Box::new(Self {
            app: app.clone(),
            arriving: arriving.map_err(Fault::from)?,
            whole: Box::new(whole),
        }))
    }
}

impl Arriving for Incoming {
    fn offset(&self) -> u64 {
        self.arriving.offset()
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), LocalFault> {
        let before = self.arriving.offset();
        self.arriving.append(bytes).map_err(Fault::from)?;
        if before / SAID_EVERY != self.arriving.offset() / SAID_EVERY {
            self.app.tell(Notice::Delivery);
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), LocalFault> {
        self.arriving.finish().map_err(Fault::from)?;
        Ok((self.whole)()?)
    }

    fn discard(self: Box<Self>) -> Result<(), LocalFault> {
        Ok(self.arriving.discard().map_err(Fault::from)?)
    }
}

/// Keeps what was asked for by name, and opens nothing.
pub(crate) struct ByName(pub(crate) App);

impl Inbox for ByName {
    fn mailboxes(&self) -> Result<Vec<Mailbox>, LocalFault> {
        Ok(vec![])
    }

    fn has(&self, object: &holdfast_wire::ObjectId) -> Result<bool, LocalFault> {
        let here = self.0.open()?.vault.has_object(&record_id(object));
        Ok(here.map_err(Fault::from)?)
    }

    fn arriving(
        &self,
        object: &holdfast_wire::ObjectId,
        size: u64,
    ) -> Result<Box<dyn Arriving>, LocalFault> {
        Incoming::begin(
            &self.0,
            &*self.0.open()?,
            record_id(object),
            size,
            || Ok(()),
        )
    }

    fn advanced(&self, _: &MailboxId, _: u64) -> Result<(), LocalFault> {
        Ok(())
    }
}

/// What lies in the vault's own mailbox.
#[derive(Default)]
pub(crate) struct Found {
    /// With their places, in that order.
    pub(crate) notes: Vec<(u64, Note)>,
    /// Answers, and whatever somebody else left there.
    pub(crate) others: Vec<ObjectId>,
    /// The last place.
    pub(crate) end: u64,
    /// How many objects did not come whole.
    pub(crate) missing: u32,
    /// Why not all of it was looked at.
    pub(crate) fault: Option<Fault>,
}

/// Looks through the vault's own mailbox, from its first place.
pub(crate) struct Gathering(Arc<Looking>);

struct Looking {
    app: App,
    keys: Arc<Keys>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// The first place of each object.
    places: BTreeMap<ObjectId, u64>,
    notes: BTreeMap<u64, Note>,
    others: BTreeMap<u64, ObjectId>,
}

impl Gathering {
    pub(crate) fn new(app: App, keys: Arc<Keys>) -> Self {
        Self(Arc::new(Looking {
            app,
            keys,
            seen: Mutex::default(),
        }))
    }

    /// What was found, given what broke the search off.
    pub(crate) fn found(&self, fault: Option<Fault>) -> Found {
        let seen = std::mem::take(&mut *self.0.seen());
        let came = seen.notes.len() + seen.others.len();
        Found {
            end: seen.places.values().max().copied().unwrap_or(0),
            missing: u32::try_from(seen.places.len().saturating_sub(came)).unwrap_or(u32::MAX),
            notes: seen.notes.into_iter().collect(),
            others: seen.others.into_values().collect(),
            fault,
        }
    }
}

impl Looking {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells a note from everything else.
    fn look(&self, object: ObjectId) -> Result<(), Fault> {
        let sealed = self.app.open()?.read_object(&object, NOTE_LIMIT)?;
        let note = Note::open(&sealed, &self.keys.identity);
        let mut seen = self.seen();
        let place = seen.places.get(&object).copied().unwrap_or(u64::MAX);
        if let Ok(note) = note {
            seen.notes.insert(place, note);
        } else {
            seen.others.insert(place, object);
        }
        Ok(())
    }
}

impl Inbox for Gathering {
    fn mailboxes(&self) -> Result<Vec<Mailbox>, LocalFault> {
        let transport = Transport {
            app: self.0.app.clone(),
            insist: true,
        };
        let mut mailboxes = transport.mailboxes()?;
        for mailbox in &mut mailboxes {
            mailbox.after = 0;
        }
        Ok(mailboxes)
    }

    fn listed(&self, page: &[Listed]) -> Result<(), LocalFault> {
        let mut seen = self.0.seen();
        for listed in page {
            let object = record_id(&listed.object);
            seen.places.entry(object).or_insert(listed.seq);
        }
        Ok(())
    }

    fn has(&self, object: &holdfast_wire::ObjectId) -> Result<bool, LocalFault> {
        let object = record_id(object);
        let here = self.0.app.open()?.vault.has_object(&object);
        let here = here.map_err(Fault::from)?;
        if here {
            self.0.look(object)?;
        }
        Ok(here)
    }

    fn arriving(
        &self,
        object: &holdfast_wire::ObjectId,
        size: u64,
    ) -> Result<Box<dyn Arriving>, LocalFault> {
        let (looking, object) = (Arc::clone(&self.0), record_id(object));
        let open = self.0.app.open()?;
        Incoming::begin(&self.0.app, &open, object, size, move || {
            looking.look(object)
        })
    }

    fn advanced(&self, _: &MailboxId, _: u64) -> Result<(), LocalFault> {
        // The ordinary pass goes through it for itself, and finds everything here.
        Ok(())
    }
}

impl Open {
    /// The bytes of an object; of one that is longer, nothing.
    pub(crate) fn read_object(&self, object: &ObjectId, most: usize) -> Result<Vec<u8>, Fault> {
        let (file, size) = self.vault.open_object(object)?;
        let mut bytes = Vec::new();
        if size <= most as u64 {
            let read = file.take(size).read_to_end(&mut bytes);
            read.map_err(|error| Fault::from(&error))?;
        }
        Ok(bytes)
    }
}
