//! Values as they are typed: refused where they say something that cannot be.

use holdfast_app::view::{LEAST_TRIES, PlaceView, PrecisionView, ReportFields, WhenView};

/// A moment; how exactly it is known shows in its length.
pub(crate) fn when(text: &str) -> Result<WhenView, String> {
    let precision = precision(text)
        .ok_or("not a date; it takes 2026-03-12T21:40, 2026-03-12, 2026-03 or 2026")?;
    Ok(WhenView {
        precision,
        from: Some(text.to_owned()),
        to: None,
        zone: None,
    })
}

/// A country's two letters, as the record has them.
pub(crate) fn country(text: &str) -> Result<String, String> {
    let letters = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if letters {
        Ok(text.to_ascii_uppercase())
    } else {
        Err("a country is two letters, such as KG".to_owned())
    }
}

/// How many wrong passphrases in a row destroy a vault.
pub(crate) fn tries(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(tries) if tries == 0 || tries >= LEAST_TRIES => Ok(tries),
        _ => Err(format!(
            "it takes 0, which is never, or {LEAST_TRIES} and more"
        )),
    }
}

/// The same for fields that come as JSON.
pub(crate) fn checked(mut fields: ReportFields) -> Result<ReportFields, String> {
    if let Some(when) = &fields.when {
        for said in when.from.iter().chain(&when.to) {
            let said = precision(said).ok_or("a date in the JSON cannot be")?;
            let cut = !matches!(
                when.precision,
                PrecisionView::Range | PrecisionView::Unknown
            );
            if cut && said != when.precision {
                return Err("a date in the JSON is longer or shorter than its precision".to_owned());
            }
        }
        let known = when.precision != PrecisionView::Unknown;
        let range = when.precision == PrecisionView::Range;
        if known && when.from.is_none() || !range && when.to.is_some() {
            return Err("a date in the JSON lacks its beginning, or has an end".to_owned());
        }
        let backwards = when.from.iter().zip(&when.to).any(|(from, to)| {
            // As far as both say it: March ends after the 12th of March.
            let both = from.len().min(to.len());
            from[..both] > to[..both]
        });
        if backwards {
            return Err("a range in the JSON ends before it begins".to_owned());
        }
    }
    if let Some(PlaceView {
        country: Some(code),
        ..
    }) = &mut fields.place
    {
        *code = country(code)?;
    }
    Ok(fields)
}

/// How exactly a moment is known that is in the calendar.
fn precision(text: &str) -> Option<PrecisionView> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4, 1..=9999)?;
    let month = parts.next().map(|part| number(part, 2, 1..=12));
    let day = parts.next().map(|part| number(part, 2, 1..=31));
    let precision = match (month, day, time) {
        (None, None, None) => PrecisionView::Year,
        (Some(month), None, None) => {
            month?;
            PrecisionView::Month
        }
        (Some(month), Some(day), time) => {
            if day? > days_of(year, month?) {
                return None;
            }
            match time {
                None => PrecisionView::Day,
                Some(time) => {
                    let (hour, minute) = time.split_once(':')?;
                    number(hour, 2, 0..=23)?;
                    number(minute, 2, 0..=59)?;
                    PrecisionView::Exact
                }
            }
        }
        _ => return None,
    };
    parts.next().is_none().then_some(precision)
}

/// A number of so many digits.
fn number(text: &str, digits: usize, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
    let digits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits)?;
    range.contains(&number).then_some(number)
}

fn days_of(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_taken_as_exactly_as_it_is_known() {
        for (text, precision) in [
            ("2026", PrecisionView::Year),
            ("2026-03", PrecisionView::Month),
            ("2024-02-29", PrecisionView::Day),
            ("2026-03-12T21:40", PrecisionView::Exact),
        ] {
            let when = when(text).expect(text);
            assert_eq!(
                (when.precision, when.from.as_deref()),
                (precision, Some(text))
            );
        }
    }

    #[test]
    fn a_date_that_is_in_no_calendar_is_refused() {
        for text in [
            "",
            "26",
            "0000",
            "2026-13",
            "2026-13-45",
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-3-12",
            "2026-03-12T24:00",
            "2026-03-12T21:60",
            "2026-03-12T21",
            "2026T21:40",
            "2026-03-12-01",
            "+026",
            "2026-03-12T21:40:00",
            "вчера",
        ] {
            assert!(when(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_country_is_two_letters_and_a_limit_no_trap() {
        assert_eq!(country("kg"), Ok("KG".to_owned()));
        for text in ["12345", "K", "КГ", ""] {
            assert!(country(text).is_err(), "{text}");
        }
        assert_eq!((tries("0"), tries("10")), (Ok(0), Ok(10)));
        for text in ["1", "9", "-1", "many"] {
            assert!(tries(text).is_err(), "{text}");
        }
    }

    #[test]
    fn fields_that_come_as_json_are_held_to_the_same() {
        let fields = |precision, from: &str, code: &str| {
            let when = WhenView {
                precision,
                from: Some(from.to_owned()),
                to: None,
                zone: None,
            };
            let place = PlaceView {
                country: Some(code.to_owned()),
                ..PlaceView::default()
            };
            checked(ReportFields {
                when: Some(when),
                place: Some(place),
                ..ReportFields::default()
            })
        };
        let fine = fields(PrecisionView::Range, "2026-03-12", "kg");
        let place = fine.map(|fields| fields.place.and_then(|place| place.country));
        assert_eq!(place, Ok(Some("KG".to_owned())));
        let dates = |precision, from: Option<&str>, to: Option<&str>| {
            checked(ReportFields {
                when: Some(WhenView {
                    precision,
                    from: from.map(str::to_owned),
                    to: to.map(str::to_owned),
                    zone: None,
                }),
                ..ReportFields::default()
            })
        };
        let (march, day) = (Some("2026-03"), Some("2026-03-12"));
        assert!(dates(PrecisionView::Range, day, march).is_ok());
        assert!(dates(PrecisionView::Range, day, Some("2026-03-11")).is_err());
        assert!(dates(PrecisionView::Day, day, day).is_err());
        assert!(dates(PrecisionView::Day, None, None).is_err());
        assert!(dates(PrecisionView::Unknown, None, None).is_ok());
        assert!(fields(PrecisionView::Day, "2026-13-45", "KG").is_err());
        assert!(fields(PrecisionView::Day, "2026-03", "KG").is_err());
        assert!(fields(PrecisionView::Day, "2026-03-12", "12345").is_err());
    }
}
