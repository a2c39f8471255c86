//! From what entries say to what a screen shows, and back: field by field.

use holdfast_record::{
    Incident, Place, Precision, Statement, Value, When,
    field::{AFFECTED, KINDS, NARRATIVE, PLACE, SOURCES, URGENT, WHEN},
};

use crate::view::{Conflict, PlaceView, PrecisionView, ReportFields, WhenView};

/// What an incident says, as the writing screen has it. Of a field in conflict, the first value.
pub(crate) fn fields_of(incident: &Incident) -> ReportFields {
    let mut fields = ReportFields::default();
    for (name, standing) in &incident.fields {
        if let Some(first) = standing.first() {
            put(&mut fields, name, &first.value);
        }
    }
    fields.urgent = incident.flag(URGENT);
    fields
}

/// The fields of which more than one value stands, with every value.
pub(crate) fn conflicts_of(incident: &Incident) -> Vec<Conflict> {
    let several = incident
        .fields
        .iter()
        .filter(|(_, standing)| standing.len() > 1);
    let conflict = several.map(|(name, standing)| Conflict {
        field: name.clone(),
        values: standing
            .iter()
            .map(|standing| {
                let mut fields = ReportFields::default();
                put(&mut fields, name, &standing.value);
                fields
            })
            .collect(),
    });
    conflict.collect()
}

/// The statements that turn `before` into `after`: one for each field that differs, and one for
/// each that was settled by choosing among the values of a conflict.
pub(crate) fn changes(
    before: &ReportFields,
    after: &ReportFields,
    settled: &[String],
) -> Vec<Statement> {
    ALL.iter()
        .filter(|&&name| {
            get(before, name) != get(after, name) || settled.iter().any(|field| field == name)
        })
        .map(|&name| Statement::FieldSet {
            field: name.to_owned(),
            value: get(after, name),
        })
        .collect()
}

/// Everything in words that the search should find in a draft.
pub(crate) fn searchable(fields: &ReportFields) -> String {
    let place = fields.place.as_ref().map_or("", |place| &place.text);
    format!("{}\n{place}", fields.narrative)
}

const ALL: [&str; 7] = [NARRATIVE, KINDS, WHEN, PLACE, AFFECTED, SOURCES, URGENT];

fn get(fields: &ReportFields, name: &str) -> Value {
    match name {
        KINDS => Value::Codes(fields.kinds.clone()),
        AFFECTED => Value::Codes(fields.affected.clone()),
        SOURCES => Value::Codes(fields.sources.clone()),
        URGENT => Value::Flag(fields.urgent),
        WHEN => Value::When(fields.when.as_ref().map_or_else(no_when, when)),
        PLACE => Value::Place(fields.place.as_ref().map_or_else(no_place, place)),
        _ => Value::Text {
            text: fields.narrative.clone(),
            lang: fields.language.clone(),
        },
    }
}

fn put(fields: &mut ReportFields, name: &str, value: &Value) {
    match (name, value) {
        (NARRATIVE, Value::Text { text, lang }) => {
            fields.narrative.clone_from(text);
            fields.language.clone_from(lang);
        }
        (KINDS, Value::Codes(codes)) => fields.kinds.clone_from(codes),
        (AFFECTED, Value::Codes(codes)) => fields.affected.clone_from(codes),
        (SOURCES, Value::Codes(codes)) => fields.sources.clone_from(codes),
        (URGENT, Value::Flag(urgent)) => fields.urgent = *urgent,
        (WHEN, Value::When(when)) => fields.when = when_view(when),
        (PLACE, Value::Place(place)) => fields.place = place_view(place),
        // A field or a value of a newer version: kept in the entries, not shown by this one.
        _ => {}
    }
}

fn no_when() -> When {
    When {
        precision: Precision::Unknown,
        from: None,
        to: None,
        zone: None,
    }
}

fn no_place() -> Place {
    Place {
        text: String::new(),
        country: None,
    }
}

fn when(view: &WhenView) -> When {
    When {
        precision: match view.precision {
            PrecisionView::Exact => Precision::Exact,
            PrecisionView::Day => Precision::Day,
            PrecisionView::Month => Precision::Month,
            PrecisionView::Year => Precision::Year,
            PrecisionView::Range => Precision::Range,
            PrecisionView::Unknown => Precision::Unknown,
        },
        from: view.from.clone(),
        to: view.to.clone(),
        zone: view.zone.clone(),
    }
}

pub(crate) fn when_view(when: &When) -> Option<WhenView> {
    let precision = match when.precision {
        Precision::Exact => PrecisionView::Exact,
        Precision::Day => PrecisionView::Day,
        Precision::Month => PrecisionView::Month,
        Precision::Year => PrecisionView::Year,
        Precision::Range => PrecisionView::Range,
        Precision::Unknown | Precision::Other(_) => PrecisionView::Unknown,
    };
    let said = when.from.is_some() || when.to.is_some();
    said.then(|| WhenView {
        precision,
        from: when.from.clone(),
        to: when.to.clone(),
        zone: when.zone.clone(),
    })
}

fn place(view: &PlaceView) -> Place {
    Place {
        text: view.text.clone(),
        country: view.country.clone(),
    }
}

pub(crate) fn place_view(place: &Place) -> Option<PlaceView> {
    let said = !place.text.is_empty() || place.country.is_some();
    said.then(|| PlaceView {
        text: place.text.clone(),
        country: place.country.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> ReportFields {
        ReportFields {
            narrative: "Двое в штатском ждали у подъезда.".into(),
            language: Some("ru".into()),
            kinds: vec!["physical_surveillance".into()],
            when: Some(WhenView {
                precision: PrecisionView::Day,
                from: Some("2026-03-12".into()),
                to: None,
                zone: None,
            }),
            place: Some(PlaceView {
                text: "Ош".into(),
                country: Some("KG".into()),
            }),
            affected: vec!["defender".into()],
            sources: vec!["police".into()],
            urgent: true,
        }
    }

    #[test]
    fn every_field_goes_into_a_value_and_comes_back() {
        let mut back = ReportFields::default();
        for name in ALL {
            put(&mut back, name, &get(&full(), name));
        }
        assert_eq!(back, full());
    }

    #[test]
    fn only_what_differs_becomes_a_statement() {
        let changed = ReportFields {
            urgent: false,
            ..full()
        };
        assert!(changes(&full(), &full(), &[]).is_empty());
        assert_eq!(changes(&full(), &full(), &[PLACE.to_owned()]).len(), 1);
        let statements = changes(&full(), &changed, &[]);
        assert!(matches!(
            &statements[..],
            [Statement::FieldSet { field, value: Value::Flag(false) }] if field == URGENT
        ));
        assert_eq!(
            changes(&ReportFields::default(), &full(), &[]).len(),
            ALL.len()
        );
    }
}
