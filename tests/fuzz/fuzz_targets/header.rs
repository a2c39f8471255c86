#![no_main]
//! See [`holdfast_fuzz::header`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    holdfast_fuzz::header(data);
});
