//! The file that a roster is made from: CSV with a header, one leaver a row.
//!
//! What is wrong with one row is said of that row, and stops only it. What is wrong with the file as a whole (a column that
//! nobody knows, no header) stops everything: a misspelt `successor` must not be a roster without successors.

use std::collections::BTreeMap;

use csv::StringRecord;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document;
use crate::id::{Digest, UserId};
use crate::ports::Selector;
use crate::time::Timestamp;

/// A column of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Id,
    UserPrincipalName,
    EmployeeId,
    Leaves,
    Successor,
}

/// The names of the columns. Two of them stand for the same.
const COLUMNS: [(&str, Column); 6] = [
    ("id", Column::Id),
    ("upn", Column::UserPrincipalName),
    ("user_principal_name", Column::UserPrincipalName),
    ("employee_id", Column::EmployeeId),
    ("leaves", Column::Leaves),
    ("successor", Column::Successor),
];

/// One leaver, as the file names him: at least one name, and where there are several they must all be his.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line, counted from 1.
    pub line: u64,
    /// Object id.
    pub id: Option<UserId>,
    /// User principal name, exactly.
    pub user_principal_name: Option<String>,
    /// Employee id, exactly.
    pub employee_id: Option<String>,
    /// The last working moment; nothing where the row says none.
    pub leaves_at: Option<Timestamp>,
    /// Who takes over.
    pub successor: Option<Selector>,
}

impl Row {
    /// The name that says most: the object id, then the UPN, then the employee id.
    pub fn selector(&self) -> Option<Selector> {
        let upn = || self.user_principal_name.clone().map(Selector::UserPrincipalName);
        self.id.map(Selector::Id).or_else(upn).or_else(|| self.employee_id.clone().map(Selector::EmployeeId))
    }

    /// As the file names him.
    pub fn who(&self) -> String {
        let upn = || self.user_principal_name.clone();
        let id = self.id.map(|id| id.to_string());
        id.or_else(upn).or_else(|| self.employee_id.clone()).unwrap_or_default()
    }
}

/// A row from which no plan is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BadRow {
    /// The line, counted from 1.
    pub line: u64,
    /// The column, where one is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// As the file names him; empty where it names nobody.
    pub who: String,
    /// What was seen.
    pub why: String,
    /// What to do.
    pub hint: String,
}

/// What a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// SHA-256 of the file.
    pub source: Digest,
    /// The rows that can be understood.
    pub good: Vec<Row>,
    /// Those that cannot, each with whoever it names all the same: he leaves, for all that is known.
    pub bad: Vec<(BadRow, Option<Selector>)>,
}

/// A file that cannot be used at all, with the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{source_name}:{line}: {message}")]
pub struct RowsError {
    /// The file.
    pub source_name: String,
    /// The line, counted from 1.
    pub line: u64,
    /// What was seen.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Rows {
    /// Reads a file. Fields are separated by commas, or by semicolons where the header is.
    ///
    /// # Errors
    /// It is not UTF-8, has no header, a column that nobody knows or none that names people, or no row.
    pub fn parse(bytes: &[u8], source_name: &str) -> Result<Self, RowsError> {
        let fail = |line, message: String, hint: &str| RowsError {
            source_name: source_name.to_owned(),
            line,
            message,
            hint: hint.to_owned(),
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = &bytes[..error.valid_up_to()];
            let line = before.iter().fold(1, |line, byte| line + u64::from(*byte == b'\n'));
            fail(line, "this is no UTF-8".to_owned(), "save the file as \u{201c}CSV UTF-8\u{201d}")
        })?;
        let text = text.trim_start_matches('\u{feff}');
        let header = text.lines().next().unwrap_or_default();
        let delimiter = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(true)
            .flexible(true)
            .trim(csv::Trim::All)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| fail(1, error.to_string(), HEADER))?.clone();
        let columns = columns(&header).map_err(|message| fail(1, message, HEADER))?;
        let mut rows = Self { source: document::digest(bytes), good: Vec::new(), bad: Vec::new() };
        let mut lines = Lines { text, byte: 0, line: 1 };
        for record in reader.into_records() {
            let record = record.map_err(|error| fail(1, error.to_string(), "mend the file"))?;
            let line = lines.of(&record);
            if record.iter().any(|field| field.contains(['\n', '\r'])) {
                return Err(fail(line, "a value goes on over the end of its line".to_owned(), UNCLOSED));
            }
            // What a spreadsheet leaves behind: lines of nothing but separators.
            if record.iter().any(|field| !field.is_empty()) {
                rows.add(line, &header, &columns, &record);
            }
        }
        if text.matches('"').count() % 2 == 1 {
            return Err(fail(lines.line, "the file ends inside a value".to_owned(), UNCLOSED));
        }
        if rows.is_empty() {
            return Err(fail(1, "nobody is in this file".to_owned(), "write one line for each leaver"));
        }
        Ok(rows)
    }

    /// How many rows there are, good and bad.
    pub fn len(&self) -> usize {
        self.good.len() + self.bad.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn add(&mut self, line: u64, header: &StringRecord, columns: &[Column], record: &StringRecord) {
        match row(line, columns, record) {
            (row, None) => self.good.push(row),
            (row, Some((column, why, hint))) => {
                let name = |column| columns.iter().position(|known| *known == column);
                let column = column.and_then(name).and_then(|place| header.get(place)).map(str::to_owned);
                let bad = BadRow { line, column, who: row.who(), why, hint: hint.to_owned() };
                self.bad.push((bad, row.selector()));
            }
        }
    }
}

/// Which line a record stands on, as an editor counts: the reader counts otherwise where lines end in two characters, and
/// where some are empty.
struct Lines<'a> {
    text: &'a str,
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, record: &StringRecord) -> u64 {
        let begins = record.position().and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(self.byte);
        let bytes = self.text.as_bytes();
        let ends = |byte: &u8| matches!(byte, b'\r' | b'\n');
        while self.byte < begins || bytes.get(self.byte).is_some_and(ends) {
            let Some(byte) = bytes.get(self.byte) else { break };
            self.line += u64::from(*byte == b'\n');
            self.byte += 1;
        }
        self.line
    }
}

const HEADER: &str =
    "the first line names the columns: at least one of id, upn and employee_id; leaves and successor";

/// People who stand in what was swallowed would stay.
const UNCLOSED: &str =
    "close the quotation mark that opens it: as it is, whoever stands behind it is swallowed";

/// The longest value, in characters: no name, id or time is as long by far.
const LONGEST: usize = 1_024;

/// What the header's columns are.
fn columns(header: &StringRecord) -> Result<Vec<Column>, String> {
    let mut columns = Vec::new();
    for name in header {
        let known = COLUMNS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        let Some((_, column)) = known else {
            return Err(format!("`{name}` is no column of a roster"));
        };
        if columns.contains(column) {
            return Err(format!("the column `{name}` is there twice"));
        }
        columns.push(*column);
    }
    if columns.iter().any(|column| !matches!(column, Column::Leaves | Column::Successor)) {
        Ok(columns)
    } else {
        Err("no column names people".to_owned())
    }
}

type Wrong = (Option<Column>, String, &'static str);

/// One row, and what is first wrong with it.
fn row(line: u64, columns: &[Column], record: &StringRecord) -> (Row, Option<Wrong>) {
    let mut fields: BTreeMap<Column, &str> =
        columns.iter().copied().zip(record).filter(|(_, field)| !field.is_empty()).collect();
    let long = fields.iter().map(|(column, field)| (*column, field.chars().count()));
    let long = long.filter(|(_, length)| *length > LONGEST).collect::<Vec<_>>();
    fields.retain(|column, _| long.iter().all(|(known, _)| known != column));
    let text = |column| fields.get(&column).map(|field| (*field).to_owned());
    let mut wrong: Option<Wrong> = None;
    let mut say = |column, why: String, hint| _ = wrong.get_or_insert((column, why, hint));

    if record.len() != columns.len() {
        let why = format!("there are {} fields, and the header names {}", record.len(), columns.len());
        say(
            None,
            why,
            "write every field, empty where there is nothing to say; quote fields with separators",
        );
    }
    for (column, length) in long {
        say(Some(column), format!("a value of {length} characters is nobody's"), "mend the value");
    }
    let id = fields.get(&Column::Id).and_then(|text| match text.parse() {
        Ok(id) => Some(id),
        Err(error) => {
            say(Some(Column::Id), format!("{error}"), "write the object id as Entra shows it");
            None
        }
    });
    let user_principal_name = text(Column::UserPrincipalName);
    if let Some(name) = user_principal_name.as_ref().filter(|name| !name.contains('@')) {
        let why = format!("`{name}` is not a user principal name");
        say(Some(Column::UserPrincipalName), why, "write the name that he signs in with, or his object id");
    }
    let leaves_at = fields.get(&Column::Leaves).and_then(|text| match text.parse() {
        Ok(at) => Some(at),
        Err(error) => {
            let hint =
                "write date, time and offset, like 2026-11-30T17:00:00+01:00; a day alone has no moment";
            say(Some(Column::Leaves), format!("{error}"), hint);
            None
        }
    });
    let successor = text(Column::Successor).map(|text| match text.parse() {
        Ok(id) => Selector::Id(id),
        Err(_) => Selector::UserPrincipalName(text),
    });
    if let Some(Selector::UserPrincipalName(name)) = &successor
        && !name.contains('@')
    {
        let why = format!("`{name}` is neither an object id nor a user principal name");
        say(Some(Column::Successor), why, "name the successor by one of the two");
    }
    let row =
        Row { line, id, user_principal_name, employee_id: text(Column::EmployeeId), leaves_at, successor };
    if row.selector().is_none() {
        say(None, "nobody is named".to_owned(), "name the leaver by object id, UPN or employee id");
    }
    (row, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Rows, RowsError> {
        Rows::parse(text.as_bytes(), "leavers.csv")
    }

    #[test]
    fn a_row_names_somebody_in_one_of_three_ways() {
        let id = "0f8b1c2d-3e4f-4051-9263-748596a7b8c9";
        let text = format!(
            "\u{feff}UPN;employee_id;id;leaves;successor\r\nalex@contoso.com;;;;\r\n\r\n;17;;2026-11-30T17:00:00+01:00;\r\n;;;;\r\n\
             ;;{id};;megan@contoso.com\r\n"
        );
        let rows = parse(&text).unwrap();
        assert_eq!(rows.bad, []);
        let who: Vec<_> = rows.good.iter().map(|row| (row.line, row.selector().unwrap())).collect();
        let upn = |upn: &str| Selector::UserPrincipalName(upn.to_owned());
        assert_eq!(
            who,
            [
                (2, upn("alex@contoso.com")),
                (4, Selector::EmployeeId("17".to_owned())),
                (6, Selector::Id(id.parse().unwrap()))
            ]
        );
        assert_eq!(rows.good[1].leaves_at.unwrap().to_string(), "2026-11-30T16:00:00Z");
        assert_eq!(rows.good[2].successor, Some(upn("megan@contoso.com")));
    }

    #[test]
    fn what_is_wrong_with_a_row_is_said_of_it_and_stops_only_it() {
        let text = "upn,id,leaves,successor\n\
            alex@contoso.com,,,\n\
            \"Braun, Emily\",,,\n\
            ,not-an-id,,\n\
            adele@contoso.com,,2026-11-30,\n\
            adele@contoso.com,,,Megan\n\
            ,,2026-11-30T17:00:00Z,\n\
            johanna@contoso.com,\n";
        let rows = parse(text).unwrap();
        assert_eq!(rows.good.len(), 1);
        let said: Vec<_> = rows
            .bad
            .iter()
            .map(|(bad, who)| (bad.line, bad.column.as_deref(), bad.why.as_str(), who.is_some()))
            .collect();
        assert_eq!(
            said,
            [
                (3, Some("upn"), "`Braun, Emily` is not a user principal name", true),
                (4, Some("id"), "`not-an-id` is not an object id (a GUID with hyphens)", false),
                (
                    5,
                    Some("leaves"),
                    "`2026-11-30` is not a time with its offset, like 2026-11-30T17:00:00+01:00",
                    true
                ),
                (6, Some("successor"), "`Megan` is neither an object id nor a user principal name", true),
                (7, None, "nobody is named", false),
                (8, None, "there are 2 fields, and the header names 4", true),
            ]
        );
        assert!(rows.bad.iter().all(|(bad, _)| !bad.hint.is_empty()));
    }

    #[test]
    fn a_value_that_nobody_can_have_stops_its_row() {
        let long = format!("{}@contoso.com", "a".repeat(70_000));
        let rows =
            parse(&format!("upn,successor\nalex@contoso.com,{long}\n{long},\nadele@contoso.com,\n")).unwrap();
        assert_eq!(rows.good.len(), 1);
        let said: Vec<_> =
            rows.bad.iter().map(|(bad, who)| (bad.line, bad.column.as_deref(), who.is_some())).collect();
        assert_eq!(said, [(2, Some("successor"), true), (3, Some("upn"), false)]);
        assert!(rows.bad.iter().all(|(bad, _)| bad.why.contains("70012 characters") && bad.who.len() < 99));
    }

    #[test]
    fn a_file_that_could_be_misread_is_refused_with_its_line() {
        for (text, line, said) in [
            (&b""[..], 1, "no column names people"),
            (b"alex@contoso.com\n", 1, "`alex@contoso.com` is no column"),
            (b"upn,succesor\na@b,c@d\n", 1, "`succesor` is no column"),
            (b"upn,UPN\n", 1, "twice"),
            (b"leaves\n", 1, "no column names people"),
            (b"upn\n", 1, "nobody is in this file"),
            (b"upn,leaves\n,\n", 1, "nobody is in this file"),
            (b"upn\na@b\nM\xfcller@b\n", 3, "no UTF-8"),
            (b"upn,successor\na@b,c@d\ne@f,\"c@d\ng@h,c@d\n", 3, "over the end of its line"),
            (b"upn\na@b\n\"c@d", 3, "ends inside a value"),
            (b"upn\na@b\n\"c@d\n", 3, "ends inside a value"),
        ] {
            let error = Rows::parse(text, "leavers.csv").unwrap_err();
            let shown = error.to_string();
            assert!(error.line == line && error.message.contains(said), "{text:?}: {error:?}");
            assert!(shown.starts_with(&format!("leavers.csv:{line}: ")) && !error.hint.is_empty());
        }
    }
}
