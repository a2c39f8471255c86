//! A calendar day in UTC. An endpoint says and keeps nothing finer (I-24).

use std::fmt;
use std::str::FromStr;

use minicbor::decode::Error as CborError;
use minicbor::{Decode, Decoder, Encode, Encoder};
use thiserror::Error;

/// The text is not a day of the years 1970 to 9999, written like `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a day: expected YYYY-MM-DD")]
pub struct DayError;

/// A day in UTC, counted from 1970-01-01; written `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

/// 9999-12-31, the last day that four digits can say.
const LAST: u32 = 2_932_896;

impl Day {
    /// The day on which `seconds` after the Unix epoch lie; years after 9999 are its last day.
    #[must_use]
    pub fn from_unix_seconds(seconds: u64) -> Self {
        Self(u32::try_from(seconds / 86_400).unwrap_or(LAST).min(LAST))
    }

    /// Year, month and day, by the method of Howard Hinnant's `civil_from_days`.
    fn civil(self) -> (u32, u32, u32) {
        let day = self.0 + 719_468;
        let era = day / 146_097;
        let of_era = day % 146_097;
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = era * 400 + year_of_era + u32::from(month <= 2);
        (year, month, of_year - (153 * shifted + 2) / 5 + 1)
    }

    fn from_civil(year: u32, month: u32, day: u32) -> Self {
        let year = year - u32::from(month <= 2);
        let shifted = if month > 2 { month - 3 } else { month + 9 };
        let of_year = (153 * shifted + 2) / 5 + day - 1;
        let of_era = year % 400 * 365 + year % 400 / 4 - year % 400 / 100 + of_year;
        Self(year / 400 * 146_097 + of_era - 719_468)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let number = |range| {
            text.get(range)
                .and_then(|digits: &str| digits.parse::<u32>().ok())
                .ok_or(DayError)
        };
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return Err(DayError);
        }
        let parsed = Self::from_civil(year, month, day);
        // one spelling only, and no 31 February
        if parsed.to_string() == text {
            Ok(parsed)
        } else {
            Err(DayError)
        }
    }
}

impl<C> Encode<C> for Day {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.to_string())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Day {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, CborError> {
        d.str()?.parse().map_err(CborError::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_its_one_spelling() {
        assert_eq!(Day(0).to_string(), "1970-01-01");
        assert_eq!(Day(LAST).to_string(), "9999-12-31");
        assert_eq!(
            Day::from_unix_seconds(1_795_305_600 + 86_399).to_string(),
            "2026-11-22"
        );
        assert_eq!(Day::from_unix_seconds(u64::MAX), Day(LAST));
        for day in (0..=LAST).step_by(11) {
            assert_eq!(Day(day).to_string().parse(), Ok(Day(day)));
        }
    }

    #[test]
    fn what_is_not_a_day_is_refused() {
        for bad in [
            "",
            "2026-02-29",
            "2026-13-01",
            "2026-1-01",
            "2026-11-22T",
            "2026/11/22",
            "1969-12-31",
            "2026-00-10",
            "+026-11-22",
        ] {
            assert_eq!(bad.parse::<Day>(), Err(DayError), "{bad}");
        }
        assert!("2028-02-29".parse::<Day>().is_ok());
    }
}
