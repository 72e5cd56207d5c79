//! Colour, where the reader has said by nothing that he does not want it, and how wide a line may be.

/// How text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    coloured: bool,
    width: usize,
}

impl Style {
    /// With colour or without, for lines of this many characters.
    pub fn new(coloured: bool, width: usize) -> Self {
        Self { coloured, width }
    }

    /// No colour, for files and programs.
    pub fn plain() -> Self {
        Self::new(false, super::text::WIDTH)
    }

    /// How many characters a line may have.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Emphasis.
    pub fn bold(&self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// Of less weight.
    pub fn dim(&self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// Stopped, failed.
    pub fn red(&self, text: &str) -> String {
        self.wrap("31", text)
    }

    /// Good.
    pub fn green(&self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// A person must look, or time must pass.
    pub fn yellow(&self, text: &str) -> String {
        self.wrap("33", text)
    }

    fn wrap(&self, code: &str, text: &str) -> String {
        if self.coloured { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
