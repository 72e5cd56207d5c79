//! Reading `$filter`.

/// A condition over an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    /// `path op literal`
    Compare(String, Operator, Literal),
    /// `startsWith(path, 'text')` and `endsWith(path, 'text')`
    Text(TextTest, String, String),
    /// `path/any(x:condition)`; paths inside lose the variable's name, the element itself is the empty path.
    Any(String, Box<Expression>),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

/// How a text is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextTest {
    StartsWith,
    EndsWith,
}

/// A value that is written in a filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    /// A quoted text.
    Text(String),
    /// A GUID, time, number or enum member, unquoted.
    Bare(String),
}

/// Reads a filter.
pub(super) fn parse(text: &str) -> Result<Expression, String> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, variable: None };
    let expression = reader.either()?;
    match reader.peek() {
        None => Ok(expression),
        Some(token) => Err(format!("Syntax error in $filter at '{}'.", token.text())),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Open,
    Close,
    Comma,
    Colon,
}

impl Token {
    fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Quoted(text) => text,
            Self::Open => "(",
            Self::Close => ")",
            Self::Comma => ",",
            Self::Colon => ":",
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let single = match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            ',' => Some(Token::Comma),
            _ => None,
        };
        if let Some(token) = single {
            found.push(token);
            rest = &rest[1..];
        } else if first.is_whitespace() {
            rest = &rest[first.len_utf8()..];
        } else if first == '\'' {
            let (quoted, after) = quoted(&rest[1..])?;
            found.push(Token::Quoted(quoted));
            rest = after;
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || "(),'".contains(c)).unwrap_or(rest.len());
            let word = &rest[..end];
            rest = &rest[end..];
            // `x:x/skuId` inside any(): a colon splits only where no time is meant.
            match word.split_once(':') {
                Some((name, path)) if name.chars().all(char::is_alphabetic) => {
                    found.extend([Token::Word(name.to_owned()), Token::Colon]);
                    if !path.is_empty() {
                        found.push(Token::Word(path.to_owned()));
                    }
                }
                _ => found.push(Token::Word(word.to_owned())),
            }
        }
    }
    Ok(found)
}

fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('\'').ok_or("There is an unterminated literal in $filter.")?;
        value.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return Ok((value, rest)),
        }
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    variable: Option<String>,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Result<Token, String> {
        let token = self.peek().cloned().ok_or("Syntax error: $filter ends too early.")?;
        self.at += 1;
        Ok(token)
    }

    fn word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(word)) if word == wanted);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), String> {
        let token = self.next()?;
        if token == *wanted {
            return Ok(());
        }
        Err(format!("Syntax error in $filter: '{}' instead of '{}'.", token.text(), wanted.text()))
    }

    fn either(&mut self) -> Result<Expression, String> {
        let mut left = self.both()?;
        while self.word("or") {
            left = Expression::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Expression, String> {
        let mut left = self.one()?;
        while self.word("and") {
            left = Expression::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Expression, String> {
        if self.word("not") {
            return Ok(Expression::Not(Box::new(self.one()?)));
        }
        match self.next()? {
            Token::Open => {
                let inner = self.either()?;
                self.expect(&Token::Close)?;
                Ok(inner)
            }
            Token::Word(word) if self.peek() == Some(&Token::Open) => self.call(&word),
            Token::Word(path) => self.comparison(&path),
            other => Err(format!("Syntax error in $filter at '{}'.", other.text())),
        }
    }

    fn call(&mut self, name: &str) -> Result<Expression, String> {
        self.expect(&Token::Open)?;
        let kind = match name.to_ascii_lowercase().as_str() {
            "startswith" => Some(TextTest::StartsWith),
            "endswith" => Some(TextTest::EndsWith),
            _ => None,
        };
        let expression = match kind {
            Some(kind) => {
                let Token::Word(path) = self.next()? else {
                    return Err(format!("Syntax error in $filter: {name} needs a property."));
                };
                let path = self.path(&path);
                self.expect(&Token::Comma)?;
                let Token::Quoted(wanted) = self.next()? else {
                    return Err(format!("Syntax error in $filter: {name} needs a quoted text."));
                };
                Expression::Text(kind, path, wanted)
            }
            None => self.any(name)?,
        };
        self.expect(&Token::Close)?;
        Ok(expression)
    }

    fn any(&mut self, name: &str) -> Result<Expression, String> {
        let unknown = || format!("An unknown function with name '{name}' was found.");
        let collection = name.strip_suffix("/any").ok_or_else(unknown)?;
        let Token::Word(variable) = self.next()? else {
            return Err("Syntax error in $filter: any() needs a variable.".to_owned());
        };
        self.expect(&Token::Colon)?;
        let outer = self.variable.replace(variable);
        let inner = self.either()?;
        self.variable = outer;
        Ok(Expression::Any(collection.to_owned(), Box::new(inner)))
    }

    fn comparison(&mut self, path: &str) -> Result<Expression, String> {
        let path = self.path(path);
        let Token::Word(operator) = self.next()? else {
            return Err(format!("Syntax error in $filter behind '{path}'."));
        };
        let operator = match operator.as_str() {
            "eq" => Operator::Eq,
            "ne" => Operator::Ne,
            "gt" => Operator::Gt,
            "ge" => Operator::Ge,
            "lt" => Operator::Lt,
            "le" => Operator::Le,
            other => return Err(format!("Syntax error: '{other}' is not an operator.")),
        };
        let literal = match self.next()? {
            Token::Quoted(text) => Literal::Text(text),
            Token::Word(word) => match word.as_str() {
                "null" => Literal::Null,
                "true" => Literal::Bool(true),
                "false" => Literal::Bool(false),
                _ => Literal::Bare(word),
            },
            other => return Err(format!("Syntax error in $filter at '{}'.", other.text())),
        };
        Ok(Expression::Compare(path, operator, literal))
    }

    /// Inside `any(x:…)` a path begins with the variable, which is dropped.
    fn path(&self, path: &str) -> String {
        let Some(variable) = &self.variable else { return path.to_owned() };
        match path.strip_prefix(variable.as_str()) {
            Some("") => String::new(),
            Some(rest) => rest.trim_start_matches('/').to_owned(),
            None => path.to_owned(),
        }
    }
}
