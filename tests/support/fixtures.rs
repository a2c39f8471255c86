//! Small true files of the kinds people attach, made by code: each opens in ordinary software.

use super::dice::Dice;

/// A PNG of `side` × `side` pixels in one colour (red, green, blue).
pub fn png(side: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [side.to_be_bytes(), side.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]); // eight bits of red, green and blue; not interlaced
    png_chunk(&mut file, b"IHDR", &header);
    let row = [vec![0], colour.repeat(side as usize)].concat();
    png_chunk(&mut file, b"IDAT", &zlib_stored(&row.repeat(side as usize)));
    png_chunk(&mut file, b"IEND", &[]);
    file
}

fn png_chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).expect("a chunk is small");
    let named = [kind, data].concat();
    file.extend(length.to_be_bytes());
    file.extend(&named);
    file.extend(crc32(&named).to_be_bytes());
}

/// A zlib stream (RFC 1950) that compresses nothing.
fn zlib_stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).expect("blocks are cut to it");
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (mut low, mut high) = (1_u32, 0_u32);
    for &byte in data {
        low = (low + u32::from(byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    stream.extend((high << 16 | low).to_be_bytes());
    stream
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// A grey JPEG of 8 × 8 pixels. `comment` lies in it in the clear, as camera metadata would.
pub fn jpeg(comment: &str) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8];
    let mut segment = |marker: u8, data: &[u8]| {
        let length = u16::try_from(data.len() + 2).expect("a segment is small");
        file.extend([0xff, marker]);
        file.extend(length.to_be_bytes());
        file.extend(data);
    };
    segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    segment(0xfe, comment.as_bytes());
    segment(0xdb, &[&[0][..], &[16; 64]].concat()); // one quantisation table
    segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]); // one component, 8 × 8
    // Two Huffman tables with one code each, `0`: no difference, and end of block.
    let one_code = |class: u8| [&[class, 1][..], &[0; 15], &[0]].concat();
    segment(0xc4, &one_code(0x00));
    segment(0xc4, &one_code(0x10));
    segment(0xda, &[1, 1, 0x00, 0, 63, 0]);
    file.extend([0x3f, 0xff, 0xd9]); // the two codes, padded with ones; end of image
    file
}

/// A PDF of one page that says `text` (ASCII, no brackets).
pub fn pdf(text: &str) -> Vec<u8> {
    let words = format!("BT /F1 24 Tf 40 100 Td ({text}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{words}\nendstream", words.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(&objects) {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let start = file.len();
    file += &table;
    file += &format!("trailer\n<< /Size {} /Root 1 0 R >>\n", objects.len() + 1);
    file += &format!("startxref\n{start}\n%%EOF\n");
    file.into_bytes()
}

/// A WAV of so many milliseconds: one voice, 8 kHz, a buzz of 200 Hz.
pub fn wav(milliseconds: u32) -> Vec<u8> {
    const RATE: u32 = 8_000;
    let length = milliseconds * RATE / 1_000;
    let samples = (0..length).map(|at| if at / 20 % 2 == 0 { 0x60 } else { 0xa0 });
    let mut file = b"RIFF".to_vec();
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0"); // plain samples, one channel
    file.extend(RATE.to_le_bytes());
    file.extend(RATE.to_le_bytes()); // bytes a second
    file.extend(b"\x01\0\x08\0data"); // one byte a sample, eight bits
    file.extend(length.to_le_bytes());
    file.extend(samples);
    file
}

/// So many bytes that no compression shortens, the same for the same `seed`.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        bytes.extend(dice.next().to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_sums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert!(zlib_stored(b"Wikipedia").ends_with(&0x11e6_0398_u32.to_be_bytes()));
    }

    #[test]
    fn noise_has_the_length_asked_for_and_repeats() {
        assert_eq!(noise(1_001, 7).len(), 1_001);
        assert_eq!(noise(1_001, 7), noise(1_001, 7));
        assert_ne!(noise(64, 7), noise(64, 8));
    }
}
