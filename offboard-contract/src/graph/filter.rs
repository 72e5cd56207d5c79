//! Reading `$filter`: the grammar of OData as far as Graph uses it, every property looked up in the described type, and every
//! literal compared with the property it stands beside.

use super::query::follow;
use super::shape::{Literal, Shape};
use crate::text::{is_guid, is_instant};

/// What is wrong with a filter; one problem at a time where it cannot be read on.
pub(crate) fn check(shape: &Shape<'_>, text: &str) -> Vec<String> {
    let words = match words(text) {
        Ok(words) => words,
        Err(problem) => return vec![problem],
    };
    let mut reader =
        Reader { words, at: 0, variables: Vec::new(), problems: Vec::new(), root: shape.clone() };
    match reader.either() {
        Ok(()) if reader.at < reader.words.len() => {
            reader.problems.push("something stands behind the end of the expression".into());
        }
        Ok(()) => {}
        Err(problem) => reader.problems.push(problem),
    }
    reader.problems
}

/// The first operator of a filter that only the index of the directory can answer.
pub(crate) fn advanced_operator(text: &str) -> Option<&'static str> {
    words(text).ok()?.iter().find_map(|word| match word {
        Word::Bare(bare) => match bare.as_str() {
            "ne" => Some("ne in $filter"),
            "not" => Some("not in $filter"),
            name if name.eq_ignore_ascii_case("endswith") => Some("endsWith in $filter"),
            path if path.ends_with("/$count") => Some("$count in $filter"),
            _ => None,
        },
        _ => None,
    })
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Open,
    Close,
    Comma,
    Quoted,
    Bare(String),
}

fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            c if c.is_whitespace() => {}
            '(' => words.push(Word::Open),
            ')' => words.push(Word::Close),
            ',' => words.push(Word::Comma),
            '\'' => {
                loop {
                    match rest.next() {
                        Some('\'') if rest.next_if_eq(&'\'').is_some() => {}
                        Some('\'') => break,
                        Some(_) => {}
                        None => {
                            return Err(
                                "a quote is not closed; inside a string it is written twice".to_owned()
                            );
                        }
                    }
                }
                words.push(Word::Quoted);
            }
            c => {
                let mut bare = c.to_string();
                while let Some(c) = rest.next_if(|c| !c.is_whitespace() && !"(),'".contains(*c)) {
                    bare.push(c);
                }
                words.push(Word::Bare(bare));
            }
        }
    }
    Ok(words)
}

/// One side of a comparison.
enum Operand<'a> {
    Value(Literal),
    Null,
    /// A property, with the literals it may be compared with if that is known.
    Property(Shape<'a>),
    /// The result of a function or a count.
    Computed,
    /// `any`, `all` and functions that are true or false by themselves.
    Condition,
}

struct Reader<'a> {
    words: Vec<Word>,
    at: usize,
    /// Names bound by `any` and `all`, innermost last.
    variables: Vec<(String, Shape<'a>)>,
    problems: Vec<String>,
    root: Shape<'a>,
}

impl<'a> Reader<'a> {
    fn either(&mut self) -> Result<(), String> {
        self.both()?;
        while self.take("or") {
            self.both()?;
        }
        Ok(())
    }

    fn both(&mut self) -> Result<(), String> {
        self.condition()?;
        while self.take("and") {
            self.condition()?;
        }
        Ok(())
    }

    fn condition(&mut self) -> Result<(), String> {
        if self.take("not") {
            return self.condition();
        }
        if self.take_mark(&Word::Open) {
            self.either()?;
            return self.expect(&Word::Close, "a parenthesis is not closed");
        }
        let left = self.operand()?;
        match self.next_bare().as_deref() {
            Some("eq" | "ne" | "gt" | "ge" | "lt" | "le") => {
                self.at += 1;
                let right = self.operand()?;
                self.compare(&left, &right);
                Ok(())
            }
            Some("in") => {
                self.at += 1;
                self.expect(&Word::Open, "a list stands behind in")?;
                loop {
                    let member = self.operand()?;
                    self.compare(&left, &member);
                    if !self.take_mark(&Word::Comma) {
                        return self.expect(&Word::Close, "the list behind in is not closed");
                    }
                }
            }
            _ => match left {
                Operand::Condition => Ok(()),
                Operand::Property(shape) if shape.literal().is_none_or(|kind| kind == Literal::Boolean) => {
                    Ok(())
                }
                _ => Err("a comparison is missing (eq, ne, gt, ge, lt, le, in)".to_owned()),
            },
        }
    }

    fn operand(&mut self) -> Result<Operand<'a>, String> {
        match self.words.get(self.at).cloned() {
            Some(Word::Quoted) => {
                self.at += 1;
                Ok(Operand::Value(Literal::Text))
            }
            Some(Word::Bare(bare)) => {
                self.at += 1;
                if let Some(literal) = literal(&bare) {
                    return Ok(literal);
                }
                if self.words.get(self.at) == Some(&Word::Open) {
                    return self.call(&bare);
                }
                if let Some(collection) = bare.strip_suffix("/$count") {
                    self.path(collection);
                    return Ok(Operand::Computed);
                }
                Ok(self.path(&bare).map_or(Operand::Computed, Operand::Property))
            }
            _ => Err("a property or a value is missing".to_owned()),
        }
    }

    /// `startsWith(displayName,'a')` or `assignedLicenses/any(l:l/skuId eq ...)`.
    fn call(&mut self, name: &str) -> Result<Operand<'a>, String> {
        self.at += 1;
        if let Some((collection, "any" | "all")) = name.rsplit_once('/') {
            return self.lambda(collection);
        }
        let computed = match name.to_ascii_lowercase().as_str() {
            "startswith" | "endswith" | "contains" => false,
            "tolower" | "toupper" | "trim" | "length" | "indexof" | "substring" | "concat" | "year"
            | "month" | "day" | "hour" | "minute" | "second" | "date" | "time" | "now" => true,
            _ => return Err(format!("{name:?} is not a function of OData")),
        };
        if !self.take_mark(&Word::Close) {
            loop {
                self.operand()?;
                if !self.take_mark(&Word::Comma) {
                    break;
                }
            }
            self.expect(&Word::Close, "the arguments of a function are not closed")?;
        }
        Ok(if computed { Operand::Computed } else { Operand::Condition })
    }

    fn lambda(&mut self, collection: &str) -> Result<Operand<'a>, String> {
        let members = self.path(collection);
        if self.take_mark(&Word::Close) {
            return Ok(Operand::Condition);
        }
        let Some(Word::Bare(head)) = self.words.get(self.at).cloned() else {
            return Err("any and all name a variable".to_owned());
        };
        let Some((variable, rest)) = head.split_once(':') else {
            return Err("a colon stands behind the variable of any and all".to_owned());
        };
        match rest {
            "" => self.at += 1,
            rest => self.words[self.at] = Word::Bare(rest.to_owned()),
        }
        let bound = members.map(|shape| (variable.to_owned(), shape));
        let known = bound.is_some();
        self.variables.extend(bound);
        self.either()?;
        if known {
            self.variables.pop();
        }
        self.expect(&Word::Close, "any or all is not closed")?;
        Ok(Operand::Condition)
    }

    /// What a path leads to; notes it as a problem if it leads nowhere.
    fn path(&mut self, path: &str) -> Option<Shape<'a>> {
        let (first, rest) = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let variable =
            self.variables.iter().rev().find(|(name, _)| name == first).map(|(_, shape)| shape.clone());
        let followed = match (variable, rest) {
            (Some(shape), None) => Ok(shape),
            (Some(shape), Some(rest)) => follow(&shape, rest),
            (None, _) => follow(&self.root, path),
        };
        followed.map_err(|problem| self.problems.push(problem)).ok()
    }

    fn compare(&mut self, left: &Operand<'_>, right: &Operand<'_>) {
        let (Operand::Property(shape), Operand::Value(given)) = (left, right) else { return };
        let fits = match shape.literal() {
            // A property of type Guid is written without quotes; some services take it with quotes too.
            Some(Literal::Guid) => matches!(given, Literal::Guid | Literal::Text),
            Some(wanted) => wanted == *given,
            None => true,
        };
        if !fits {
            self.problems
                .push(format!("a value written as {given:?} is compared with a property of another kind"));
        }
    }

    fn next_bare(&self) -> Option<String> {
        match self.words.get(self.at) {
            Some(Word::Bare(bare)) => Some(bare.clone()),
            _ => None,
        }
    }

    fn take(&mut self, bare: &str) -> bool {
        self.take_mark(&Word::Bare(bare.to_owned()))
    }

    fn take_mark(&mut self, mark: &Word) -> bool {
        let there = self.words.get(self.at) == Some(mark);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, mark: &Word, otherwise: &str) -> Result<(), String> {
        if self.take_mark(mark) { Ok(()) } else { Err(otherwise.to_owned()) }
    }
}

fn literal<'a>(bare: &str) -> Option<Operand<'a>> {
    let is_date = bare.len() == 10 && is_instant(&format!("{bare}T00:00:00Z"));
    Some(match bare {
        "null" => Operand::Null,
        "true" | "false" => Operand::Value(Literal::Boolean),
        _ if is_guid(bare) => Operand::Value(Literal::Guid),
        _ if is_instant(bare) || is_date => Operand::Value(Literal::Instant),
        _ if bare.parse::<f64>().is_ok() && bare.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            Operand::Value(Literal::Number)
        }
        _ => return None,
    })
}
