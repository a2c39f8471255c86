//! Keeping less: what a seizure would reveal, and taking away what is delivered.

use crate::{
    App,
    view::{ExposureView, Fault, Thin},
};

impl App {
    /// What somebody who opens this vault today would see.
    pub fn exposure(&self, (): ()) -> Result<ExposureView, Fault> {
        Err(Fault::Internal)
    }

    /// Removes a delivered report, or its evidence, from this device.
    pub fn thin(&self, _args: Thin) -> Result<(), Fault> {
        Err(Fault::Internal)
    }
}
